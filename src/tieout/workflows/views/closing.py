"""Books that are explained: how each ledger and period stands, why, and who signed it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from tieout.core.access import Action
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import (
    ClosingPolicy,
    ClosingState,
    ClosingStep,
    Timeliness,
    due_on,
    state_of,
    timeliness,
)
from tieout.store.closing.models import (
    Books,
    Certification,
    Difference,
    Explained,
    Snapshot,
)
from tieout.store.closing.runs import (
    PeriodKey,
    newest_run,
    policies_of,
    steps_by_period,
    taken_of,
)
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books


@dataclass(frozen=True, slots=True)
class ExplainedView:
    """A run over a snapshot."""

    run_id: int
    books_id: int
    snapshot_id: int
    snapshot: str
    """The hash of the files, as every report names it."""
    started_at: datetime
    program: str
    engine: str
    period: int
    """The one that is looked at."""
    currency: str
    exponent: int
    """Of the base currency, in which every amount of these views is counted."""
    problems: tuple[Mapping[str, str | int | None], ...]
    """Each with `code`, `file`, `row`, `column` and `message`."""
    untested: tuple[Mapping[str, str], ...]
    """Each with `cause` and `why`."""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of certifying a period, with the figures that were signed."""

    certification_id: int
    step: ClosingStep
    run_id: int
    member_id: int | None
    """Nobody: the automatic rule, or a run that suspends."""
    taken_at: datetime
    reason: str
    sub_ledger_minor: int
    control_minor: int
    unexplained_minor: int

    @property
    def difference_minor(self) -> int:
        """Sub-ledger less control accounts."""
        return self.sub_ledger_minor - self.control_minor


@dataclass(frozen=True, slots=True)
class PeriodStanding:
    """A ledger at the end of a period, and where its certification stands."""

    ledger: SubLedger
    period: int
    called: str
    """`October 2024`, or `period 10`."""
    ends_on: date | None
    """None of what was brought forward, and of what is dated after the last period."""
    is_closed: bool
    sub_ledger_minor: int
    control_minor: int
    difference_minor: int
    movement_minor: int
    item_count: int
    size_minor: int
    """The sum of the sizes of all items: above zero where a zero difference hides some."""
    unexplained_count: int
    unexplained_minor: int
    """The sum of the sizes of those without a cause."""
    state: ClosingState
    due_on: date | None
    timeliness: Timeliness | None
    """None of a period that cannot be certified, or has not ended."""
    automatic: str
    """Why the rule certified it, or why it did not; blank where there is no rule."""


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """One ledger of the newest run in all its periods."""

    ledger: SubLedger
    called: str
    now: PeriodStanding
    """At the period that is looked at."""
    last_matched: int | None
    """The greatest period without a difference."""
    offsetting_minor: int
    """What stands in that period although its sum is zero."""
    infinite_minor: int | None
    """The difference with all dates in and all that waits posted; None of large books."""
    policy: ClosingPolicy
    periods: tuple[PeriodStanding, ...]
    """From period 0 on."""


@dataclass(frozen=True, slots=True)
class BooksView:
    """Books and how they stood in their newest run."""

    books_id: int
    name: str
    mapping: str
    ended_at: datetime | None
    run: ExplainedView | None
    """None until they are explained for the first time."""
    waits: bool
    """A snapshot has come in that no run has explained."""
    ledgers: tuple[LedgerStanding, ...]


def books_list(caller: Caller, *, now: datetime) -> tuple[BooksView, ...]:
    """All books in use, by name, with their ledgers."""
    with looking(caller, Action.VIEW):
        every = Books.objects.filter(ended_at__isnull=True).order_by("name", "id")
        return tuple(_books(each, now.date()) for each in every)


def books_state(caller: Caller, *, books_id: int, now: datetime) -> BooksView:
    """One of them: ledgers by periods with difference, unexplained and certification."""
    with looking(caller, Action.VIEW):
        return _books(access_books(books_id), now.date())


def _books(books: Books, today: date) -> BooksView:
    run = newest_run(books.pk)
    newest = Snapshot.objects.filter(books=books).order_by("-id").first()
    return BooksView(
        books.pk,
        books.name,
        books.mapping,
        books.ended_at,
        explained_view(run) if run else None,
        newest is not None and (run is None or run.snapshot_id != newest.pk),
        _ledgers(run, today) if run else (),
    )


def explained_view(run: Explained) -> ExplainedView:
    """A run as views show it."""
    return ExplainedView(
        run.pk,
        run.books_id,
        run.snapshot_id,
        run.snapshot.content_hash,
        run.started_at,
        run.program,
        run.engine,
        run.period,
        run.currency,
        run.exponent,
        tuple(run.problems),
        tuple(run.untested),
    )


def _ledgers(run: Explained, today: date) -> tuple[LedgerStanding, ...]:
    standing: dict[str, list[PeriodStanding]] = defaultdict(list)
    for each in periods_of(run, Difference.objects.filter(run=run), today):
        standing[each.ledger].append(each)
    policies = policies_of(run.books_id)
    return tuple(
        LedgerStanding(
            SubLedger(each["ledger"]),
            SubLedger(each["ledger"]).called,
            next(one for one in standing[each["ledger"]] if one.period == run.period),
            each["last_matched"],
            each["offsetting_minor"],
            each["infinite_minor"],
            policies.get(each["ledger"], ClosingPolicy()),
            tuple(standing[each["ledger"]]),
        )
        for each in run.ledgers
    )


def periods_of(
    run: Explained, rows: QuerySet[Difference], today: date
) -> tuple[PeriodStanding, ...]:
    """Rows of a run, each with where its certification stands, by ledger and period."""
    policies = policies_of(run.books_id)
    steps = steps_by_period(run.books_id)
    return tuple(
        _period(each, steps, policies.get(each.ledger, ClosingPolicy()), today)
        for each in rows.order_by("ledger", "period")
    )


def _period(
    row: Difference,
    steps: Mapping[PeriodKey, Sequence[Certification]],
    policy: ClosingPolicy,
    today: date,
) -> PeriodStanding:
    own = steps.get((row.ledger, row.period), ())
    state = state_of(taken_of(own))
    certified = own[-1].taken_at.date() if state is ClosingState.CERTIFIED else None
    due = due_on(row.ends_on, policy) if row.ends_on else None
    has_ended = row.ends_on is not None and (row.ends_on < today or certified is not None)
    return PeriodStanding(
        SubLedger(row.ledger),
        row.period,
        row.called,
        row.ends_on,
        row.is_closed,
        row.sub_ledger_minor,
        row.control_minor,
        row.difference_minor,
        row.movement_minor,
        row.item_count,
        row.size_minor,
        row.unexplained_count,
        row.unexplained_minor,
        state,
        due,
        timeliness(due, certified, today) if due and has_ended else None,
        row.automatic,
    )


def step_view(each: Certification) -> StepView:
    """A step as views show it."""
    return StepView(
        each.pk,
        ClosingStep(each.step),
        each.run_id,
        each.taken_by_id,
        each.taken_at,
        each.reason,
        each.sub_ledger_minor,
        each.control_minor,
        each.unexplained_minor,
    )
