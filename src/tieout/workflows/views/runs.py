"""Reconciliations with their newest run, the bridge of a run, and sign-offs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef

from tieout.core.access import Action
from tieout.core.decisions import Figures, SignOffStep
from tieout.core.errors import NotFound
from tieout.core.matching.bridge import Bridge, Tally, bridge_of
from tieout.store.reconciliation.models import MatchRun, Reconciliation, SignOff, Suspension
from tieout.store.reconciliation.signed import figures_signed
from tieout.workflows.acting import Caller, looking
from tieout.workflows.views.paging import Page, paged


@dataclass(frozen=True, slots=True)
class RunView:
    """A run's figures as they were stored with it: nothing is counted to show them."""

    run_id: int
    reconciliation_id: int
    started_at: datetime
    engine: str
    program: str
    currency: str
    exponent: int
    left_count: int
    right_count: int
    left_minor: int
    right_minor: int
    confirmed_count: int
    suggested_count: int
    suggested_left_minor: int
    unmatched_left: Tally
    unmatched_right: Tally
    """How many and how much, a side."""
    notes: tuple[str, ...]
    seconds: dict[str, float]
    bridge: Bridge

    @property
    def agrees(self) -> bool:
        """Whether the totals are the same and nothing is open."""
        return self.left_minor == self.right_minor and not (
            self.unmatched_left[0] or self.unmatched_right[0] or self.suggested_count
        )


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """Which two populations, and how they stood in the newest run."""

    reconciliation_id: int
    name: str
    bank_account_id: int
    bank_account: str
    account_code: str
    newest: RunView | None
    """None until it has been run."""


@dataclass(frozen=True, slots=True)
class SignOffView:
    """A sign-off, in force unless something changed under it."""

    sign_off_id: int
    reconciliation_id: int
    run_id: int
    cut_off_on: date
    step: SignOffStep
    member_id: int
    member: str
    signed_at: datetime
    figures: Figures
    suspended_at: datetime | None
    suspended_because: str


def reconciliations(caller: Caller) -> tuple[ReconciliationView, ...]:
    """The reconciliations that the settings hold, by name, each with its newest run."""
    with looking(caller, Action.VIEW):
        found = Reconciliation.objects.select_related("bank_account", "account")
        found = found.filter(ended_at__isnull=True)
        return tuple(_viewed(found.order_by("name", "id")))


def reconciliation(caller: Caller, *, reconciliation_id: int) -> ReconciliationView:
    """One of them."""
    with looking(caller, Action.VIEW):
        found = Reconciliation.objects.select_related("bank_account", "account")
        views = list(_viewed(found.filter(id=reconciliation_id)))
        if not views:
            raise NotFound("store.not-found", f"reconciliation:{reconciliation_id}", "one of yours")
        return views[0]


def _viewed(found: Iterable[Reconciliation]) -> Iterable[ReconciliationView]:
    several = list(found)
    newest = (
        MatchRun.objects.filter(reconciliation_id__in=[each.pk for each in several])
        .values("reconciliation_id")
        .annotate(newest=Max("id"))
        .values_list("newest", flat=True)
    )
    runs = {each.reconciliation_id: each for each in MatchRun.objects.filter(id__in=list(newest))}
    for each in several:
        run = runs.get(each.pk)
        yield ReconciliationView(
            each.pk,
            each.name,
            each.bank_account_id,
            str(each.bank_account),
            each.account.code,
            _run(run) if run else None,
        )


def runs(
    caller: Caller, *, reconciliation_id: int, cursor: str | None = None, limit: int = 100
) -> Page[RunView]:
    """The runs of a reconciliation, newest first."""
    with looking(caller, Action.VIEW):
        query = MatchRun.objects.filter(reconciliation_id=reconciliation_id)
        return paged(query, ("id",), _run, cursor=cursor, limit=limit)


def run(caller: Caller, *, run_id: int) -> RunView:
    """One run."""
    with looking(caller, Action.VIEW):
        return _run(access_run(run_id))


def access_run(run_id: int) -> MatchRun:
    """The caller's run of that id; part of a reading verb."""
    found = MatchRun.objects.filter(id=run_id).first()
    if found is None:
        raise NotFound("store.not-found", f"match_run:{run_id}", "a run of yours")
    return found


def _run(run: MatchRun) -> RunView:
    tallies: dict[str, Any] = run.summary["tallies"]
    groups = tallies["groups"]
    unmatched = {
        (side, reason): (count, minor) for side, reason, count, minor in tallies["unmatched"]
    }
    residuals = {cause: (count, minor) for cause, (count, minor) in tallies["residuals"].items()}
    totals = ((run.left_count, run.left_minor), (run.right_count, run.right_minor))
    sides = [_sum(tally for (side, _), tally in unmatched.items() if side == name)
             for name in ("left", "right")]  # fmt: skip
    suggested = groups.get("suggested", (0, 0, 0))
    return RunView(
        run.pk,
        run.reconciliation_id,
        run.started_at,
        run.engine,
        run.program,
        run.currency,
        run.exponent,
        run.left_count,
        run.right_count,
        run.left_minor,
        run.right_minor,
        groups.get("confirmed", (0, 0, 0))[0],
        suggested[0],
        suggested[1],
        sides[0],
        sides[1],
        tuple(map(str, run.summary.get("notes", ()))),
        dict(run.summary.get("seconds", {})),
        bridge_of(run.currency, totals, residuals, unmatched),
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    several = list(tallies)
    return sum(count for count, _ in several), sum(minor for _, minor in several)


def sign_offs(
    caller: Caller,
    *,
    reconciliation_id: int | None = None,
    in_force_only: bool = False,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[SignOffView]:
    """Sign-offs, newest first, of one reconciliation or of all."""
    with looking(caller, Action.VIEW):
        query = SignOff.objects.select_related("signed_by")
        if reconciliation_id is not None:
            query = query.filter(reconciliation_id=reconciliation_id)
        suspended = Suspension.objects.filter(
            organisation_id=OuterRef("organisation_id"), sign_off_id=OuterRef("pk")
        )
        if in_force_only:
            query = query.filter(~Exists(suspended))
        page = paged(query, ("id",), lambda each: each, cursor=cursor, limit=limit)
        ids = [each.pk for each in page.rows]
        found = {each.sign_off_id: each for each in Suspension.objects.filter(sign_off_id__in=ids)}
        rows = tuple(_sign_off(each, found.get(each.pk)) for each in page.rows)
        return Page(rows, page.next_cursor)


def _sign_off(each: SignOff, suspension: Suspension | None) -> SignOffView:
    return SignOffView(
        each.pk,
        each.reconciliation_id,
        each.run_id,
        each.cut_off_on,
        SignOffStep(each.step),
        each.signed_by_id,
        each.signed_by.name or each.signed_by.email,
        each.signed_at,
        figures_signed(each),
        suspension.suspended_at if suspension else None,
        str(suspension) if suspension else "",
    )
