"""One ledger and period: the sentence at the top, the bridge, the causes, their items, one item."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from tieout.core.access import Action
from tieout.core.errors import NotFound
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import CAUSES, UNEXPLAINED, title_of
from tieout.core.explain.headlines import Standing, headline_of
from tieout.core.explain.items import LOOK
from tieout.core.matching.bridge import Bar, Bridge, Step, waterfall
from tieout.core.money import format_minor
from tieout.core.subjects import Subject, SubjectKind
from tieout.store.closing.models import CauseItem, Contribution, Difference, Explained
from tieout.store.closing.runs import newest_run, steps_of
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, looking
from tieout.workflows.certify_period import standing_items
from tieout.workflows.set_books import access_books
from tieout.workflows.views.closing import (
    ExplainedView,
    PeriodStanding,
    StepView,
    explained_view,
    periods_of,
    step_view,
)
from tieout.workflows.views.paging import Page, paged

FIELDS = (
    ("id", "id", "id"),
    ("reference", "reference", "reference"),
    ("date", "date", "date"),
    ("entered", "entered", "entered"),
    ("period", "period", "period"),
    ("account", "account", "account"),
    ("amount", "amount", "amount"),
    ("currency", "currency", "currency"),
    ("amount in its currency", "doc_amount", "doc_amount"),
    ("rate", "rate", ""),
    ("direction", "", "direction"),
    ("status", "", "status"),
    ("what it says", "party", "narrative"),
)
"""What stands side by side: its name, and the field of the document and of the posting."""
Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause in a ledger and period."""

    cause: str
    title: str
    amount_minor: int
    before_minor: int
    """A period before."""
    item_count: int
    since_period: int | None
    """Of its oldest item that stands; 0 is brought forward."""
    since_period_called: str
    first_seen_at: datetime | None
    """When a run first saw the oldest of them."""
    action: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line of an explanation."""

    item_id: int
    case: Subject
    """What comments and evidence are about: the same through all runs."""
    case_name: str
    ledger: SubLedger
    cause: str
    title: str
    account: str
    currency: str
    amount_minor: int
    begins: int
    ends: int | None
    """The first period in which it is over; None while it lasts."""
    sentence: str
    action: str
    first_seen_at: datetime
    """Of its case, in whichever run."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of document and posting side by side."""

    name: str
    document: str
    posting: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with both sides of it."""

    item: ItemView
    run: ExplainedView
    differs: str
    """The field in which they differ; `presence`: one of them is not there."""
    fields: tuple[FieldView, ...]
    has_document: bool
    has_posting: bool
    ids: tuple[str, ...]
    """Of all entries and postings it is about; of a daily total there are many."""
    evidence_count: int


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A ledger and period with all that a person signs."""

    books_id: int
    books_name: str
    run: ExplainedView
    standing: PeriodStanding
    sentence: str
    """The one at the top."""
    largest: ItemView | None
    """The largest item that stands."""
    bars: tuple[Bar, ...]
    """The bridge: from the sub-ledger, less every cause, to the control accounts."""
    bar_causes: tuple[str, ...]
    """The cause of each bar; blank of the two totals."""
    causes: tuple[CauseView, ...]
    periods: tuple[tuple[int, str], ...]
    """All of the run by number and name: the area's horizontal axis."""
    difference_by_period: Row
    by_cause: Mapping[str, Row]
    """The area: what each cause adds in every one of these periods; they sum to the difference."""
    steps: tuple[StepView, ...]
    """All that was done to certify it, the oldest first."""


def period_view(
    caller: Caller, *, books_id: int, ledger: str, period: int, now: datetime
) -> PeriodView:
    """One ledger and period as the newest run found it."""
    with looking(caller, Action.VIEW):
        books = access_books(books_id)
        run, row = access_period(books_id, ledger, period)
        every = list(Difference.objects.filter(run=run, ledger=ledger).order_by("period"))
        by_cause = _by_cause(run, ledger, len(every))
        causes = _causes(run, row, by_cause, {each.period: each.called for each in every})
        largest = standing_items(run, ledger, period).select_related("case").order_by("rank")
        first = largest.first()
        one_row = Difference.objects.filter(id=row.pk)
        return PeriodView(
            books.pk,
            books.name,
            explained_view(run),
            periods_of(run, one_row, now.date())[0],
            headline_of(_standing(row, causes), lambda minor: _money(run, minor)),
            _item(first) if first else None,
            *_bridge(run, row, causes),
            causes,
            tuple((each.period, each.called) for each in every),
            tuple(each.difference_minor for each in every),
            by_cause,
            tuple(map(step_view, steps_of(books_id).filter(ledger=ledger, period=period))),
        )


def items(  # noqa: PLR0913  which of them, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    period: int,
    cause: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[ItemView]:
    """The items that stand in a period, of one cause or of all, the largest first."""
    with looking(caller, Action.VIEW):
        run, _ = access_period(books_id, ledger, period)
        found = standing_items(run, ledger, period).select_related("case")
        if cause:
            found = found.filter(cause=cause)
        return paged(found, ("rank", "id"), _item, cursor=cursor, limit=limit, is_descending=False)


def item(caller: Caller, *, item_id: int) -> ItemDetail:
    """One item: document and posting with the differing field marked, sentence, action, age."""
    with looking(caller, Action.VIEW):
        found = CauseItem.objects.select_related("case", "run__snapshot").filter(id=item_id).first()
        if found is None:
            raise NotFound("store.not-found", f"cause_item:{item_id}", "an item of yours")
        document, posting = found.document or {}, found.posting or {}
        fields = [
            FieldView(
                name,
                document.get(of_document, ""),
                posting.get(of_posting, ""),
                differs=found.differs == name,
            )
            for name, of_document, of_posting in FIELDS
        ]
        return ItemDetail(
            _item(found),
            explained_view(found.run),
            found.differs,
            tuple(each for each in fields if each.document or each.posting),
            found.document is not None,
            found.posting is not None,
            tuple(found.ids),
            Evidence.objects.filter(about_case_id=found.case_id).count(),
        )


def access_period(books_id: int, ledger: str, period: int) -> tuple[Explained, Difference]:
    """The newest run of the caller's books, and its row of that ledger and period."""
    access_books(books_id)
    run = newest_run(books_id)
    row = Difference.objects.filter(run=run, ledger=ledger, period=period).first()
    if run is None or row is None:
        where = f"books:{books_id} {ledger} {period}"
        raise NotFound("store.not-found", where, "a ledger and period of the newest run")
    return run, row


def _money(run: Explained, amount_minor: int) -> str:
    return f"{format_minor(amount_minor, run.exponent)} {run.currency}"


def _by_cause(run: Explained, ledger: str, count: int) -> dict[str, Row]:
    """What each cause adds up to in each period, in the order of the causes."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0] * count)
    found = Contribution.objects.filter(run=run, ledger=ledger)
    for cause, period, amount in found.values_list("cause", "period", "amount_minor"):
        rows[cause][period] += amount
    return {cause: tuple(rows[cause]) for cause in (*CAUSES, UNEXPLAINED) if cause in rows}


def _causes(
    run: Explained, row: Difference, by_cause: Mapping[str, Row], called: Mapping[int, str]
) -> tuple[CauseView, ...]:
    """The causes that stand now or stood a period before, the largest first."""
    counted = _counted(standing_items(run, row.ledger, row.period))
    made = []
    for cause in dict.fromkeys((*by_cause, *counted)):
        amounts = by_cause.get(cause, (0,) * (row.period + 1))
        count, since, seen = counted.get(cause, (0, None, None))
        before = amounts[row.period - 1] if row.period else 0
        if not count and not before:
            continue
        made.append(
            CauseView(
                cause,
                title_of(cause),
                amounts[row.period],
                before,
                count,
                since,
                called.get(since, "") if since is not None else "",
                seen,
                CAUSES[cause].action if cause in CAUSES else LOOK,
            )
        )
    return tuple(sorted(made, key=lambda each: -abs(each.amount_minor)))


def _counted(
    standing: QuerySet[CauseItem],
) -> dict[str, tuple[int, int | None, datetime | None]]:
    """By cause, how many items stand, the oldest's first period, and when one was first seen."""
    counted = standing.values("cause").annotate(
        times=Count("id"), since=Min("begins"), seen=Min("case__first_seen_at")
    )
    return {
        each["cause"]: (each["times"], each["since"], each["seen"])
        for each in counted.order_by("cause")
    }


def _standing(row: Difference, causes: tuple[CauseView, ...]) -> Standing:
    now = [each for each in causes if each.item_count]
    left = sum(each.amount_minor for each in now if each.cause == UNEXPLAINED)
    return Standing(
        called=SubLedger(row.ledger).called,
        where=row.called,
        difference_minor=row.difference_minor,
        cause_count=sum(each.cause != UNEXPLAINED for each in now),
        item_count=row.item_count,
        size_minor=row.size_minor,
        unexplained_count=row.unexplained_count,
        unexplained_minor=left,
    )


def _bridge(
    run: Explained, row: Difference, causes: tuple[CauseView, ...]
) -> tuple[tuple[Bar, ...], tuple[str, ...]]:
    now = [each for each in causes if each.item_count]
    steps = tuple(Step(each.title, -each.amount_minor, each.item_count) for each in now)
    bridge = Bridge(run.currency, row.sub_ledger_minor, row.control_minor, 0, 0, steps)
    bars = waterfall(bridge, "Sub-ledger", "Control accounts")
    return bars, ("", *(each.cause for each in now), "")


def _item(each: CauseItem) -> ItemView:
    return ItemView(
        each.pk,
        Subject(SubjectKind.CASE, each.case_id),
        each.case.name,
        SubLedger(each.ledger),
        each.cause,
        title_of(each.cause),
        each.account,
        each.currency,
        each.amount_minor,
        each.begins,
        each.ends,
        each.sentence,
        each.action,
        each.case.first_seen_at,
    )
