"""One ledger and period: the sentence at the top, the bridge, the area, the causes, the steps."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from tieout.core.access import Action
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import CAUSES, UNEXPLAINED, title_of
from tieout.core.explain.certifying import ClosingPolicy
from tieout.core.explain.headlines import Standing, headline_of
from tieout.core.explain.items import LOOK
from tieout.core.matching.bridge import Bar, Bridge, Step, waterfall
from tieout.store.closing.models import CauseItem, Contribution, Difference, Explained
from tieout.store.closing.runs import policies_of, standing_items, steps_of
from tieout.workflows.acting import Caller, looking
from tieout.workflows.certify_period import without_evidence
from tieout.workflows.set_books import access_books
from tieout.workflows.views.closing import (
    ExplainedView,
    PeriodStanding,
    StepView,
    explained_view,
    periods_of,
    step_view,
)
from tieout.workflows.views.closing_items import ItemView, access_period, item_view

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
    policy: ClosingPolicy
    bare: tuple[ItemView, ...]
    """Items that need evidence before the period is prepared, and have none."""
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
        policy = policies_of(books_id).get(ledger, ClosingPolicy())
        one_row = Difference.objects.filter(id=row.pk)
        return PeriodView(
            books.pk,
            books.name,
            explained_view(run),
            periods_of(run, one_row, now.date())[0],
            headline_of(_standing(row, causes), run.money),
            item_view(first) if first else None,
            *_bridge(run, row, causes),
            causes,
            tuple((each.period, each.called) for each in every),
            tuple(each.difference_minor for each in every),
            by_cause,
            policy,
            tuple(map(item_view, without_evidence(row, policy).select_related("case"))),
            tuple(map(step_view, steps_of(books_id).filter(ledger=ledger, period=period))),
        )


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
