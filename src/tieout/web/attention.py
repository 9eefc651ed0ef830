"""What needs attention, and where it is mended: alerts, ledgers that differ, periods that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from tieout.core.alerts import AlertKind
from tieout.core.explain.certifying import ClosingState, Timeliness
from tieout.core.explain.headlines import apart_of
from tieout.core.jobs import RunState
from tieout.core.money import format_minor
from tieout.web.access import MemberRequest
from tieout.workflows.look_at_alerts import AlertShown
from tieout.workflows.views.closing import BooksView, LedgerStanding, PeriodStanding, books_list


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at, and where."""

    symbol: str
    said: str
    address: str
    todo: str


_LEADS = {
    "reconciliation": ("reconciliation", "See what differs"),
    "job_run": ("job", "See how far it is"),
    "bank_account": ("account", "See its statements"),
    "books": ("books", "See what is unexplained"),
}
"""For what an alert is about: the page, and what is done there."""


def alerted(request: MemberRequest, alert: AlertShown) -> Attention:
    """An alert, and the page on which what it tells can be mended."""
    inside = request.membership.organisation_id
    kind, _, number = alert.subject.rpartition(":")
    if alert.kind == AlertKind.JOB_FAILED:
        task, _, subject = alert.subject.partition(" ")
        asked = urlencode({"task": task, "subject": subject, "state": RunState.FAILED})
        where, todo = f"{reverse('runs', args=[inside])}?{asked}", "See why, and run it again"
    elif alert.kind == AlertKind.VERIFICATION_FAILED:
        where, todo = reverse("audit", args=[inside]), "Verify it again"
    elif kind in _LEADS and number.isdecimal():
        page, todo = _LEADS[kind]
        where = reverse(page, args=[inside, int(number)])
    else:
        where, todo = reverse("runs", args=[inside]), "See the runs"
    return Attention("!", alert.text, where, todo)


def control_accounts(request: MemberRequest) -> list[Attention]:
    """Ledgers that differ, the largest difference first; then periods that wait for somebody."""
    found = books_list(request.caller, now=settings.CLOCK())
    standing = [(each, one) for each in found for one in each.ledgers]
    standing.sort(key=lambda pair: -pair[1].now.size_minor)
    differing = [_differs(request, *pair) for pair in standing if pair[1].now.item_count]
    return [
        *differing,
        *(each for pair in standing for each in _waiting(request, *pair)),
        *(_not_explained(request, each) for each in found if each.run is None or each.waits),
    ]


def _differs(request: MemberRequest, books: BooksView, ledger: LedgerStanding) -> Attention:
    assert books.run is not None
    now, run = ledger.now, books.run

    def money(minor: int) -> str:
        return f"{format_minor(minor, run.exponent)} {run.currency}"

    rest = "nothing is unexplained"
    if now.unexplained_count:
        rest = f"{now.unexplained_count:,} unexplained, {money(now.unexplained_minor)}"
    said = (
        f"{books.name}: {apart_of(ledger.called, now.called, now.difference_minor, money)}; {rest}"
    )
    symbol = "?" if now.unexplained_count else "≠"
    return Attention(symbol, said, _period(request, books, now), "See why")


def _waiting(request: MemberRequest, books: BooksView, ledger: LedgerStanding) -> list[Attention]:
    """Suspended, overdue, due: one line each, which goes to the oldest period."""
    past = [each for each in ledger.periods if books.run and each.period <= books.run.period]
    suspended = [each for each in ledger.periods if each.state is ClosingState.SUSPENDED]
    others = [each for each in past if each not in suspended]
    kinds: tuple[tuple[str, str, Sequence[PeriodStanding], str], ...] = (
        ("‖", "suspended", suspended, "See what changed"),
        (
            "!",
            "overdue",
            [each for each in others if each.timeliness is Timeliness.OVERDUE],
            "Sign",
        ),
        ("○", "due", [each for each in others if each.timeliness is Timeliness.DUE], "Sign"),
    )
    return [
        Attention(
            symbol,
            f"{books.name}: {ledger.called}, {_counted(several)} {word}",
            _period(request, books, several[0]),
            todo,
        )
        for symbol, word, several, todo in kinds
        if several
    ]


def _counted(several: Sequence[PeriodStanding]) -> str:
    first = several[0].called
    return f"{first} is" if len(several) == 1 else f"{len(several)} periods from {first} on are"


def _not_explained(request: MemberRequest, books: BooksView) -> Attention:
    said = "new files wait to be explained" if books.waits else "no files yet"
    place = reverse("books", args=[request.membership.organisation_id, books.books_id])
    return Attention("○", f"{books.name}: {said}", place, "Open the books")


def _period(request: MemberRequest, books: BooksView, one: PeriodStanding) -> str:
    ids = [request.membership.organisation_id, books.books_id, one.ledger, one.period]
    return reverse("period", args=ids)
