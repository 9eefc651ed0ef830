"""Compliance: which periods were certified on time, late, or not at all, and by whom."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tieout.core.access import Action
from tieout.core.explain.certifying import ClosingState, ClosingStep, Risk, Timeliness
from tieout.store.closing.models import Books, Certification, Difference
from tieout.store.closing.runs import newest_run, policies_of, steps_by_period
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, looking
from tieout.workflows.views.closing import PeriodStanding, periods_of


@dataclass(frozen=True, slots=True)
class CompliancePeriod:
    """A ledger's period that has ended, with who signed it."""

    books_id: int
    books_name: str
    risk: Risk
    standing: PeriodStanding
    currency: str
    exponent: int
    prepared_by: int | None
    """Members by id, of the last round; None where nobody has."""
    reviewed_by: int | None
    certified_by: int | None
    is_automatic: bool
    """Certified by the rule."""
    returned_count: int
    suspended_count: int
    """How often, in all its rounds."""


@dataclass(frozen=True, slots=True)
class CompliancePerson:
    """What one person has signed, and how much of it was late."""

    member_id: int
    name: str
    prepared_count: int
    reviewed_count: int
    certified_count: int
    late_count: int
    """Steps taken after the period's day."""
    suspended_count: int
    """Periods they prepared that are suspended now."""


@dataclass(frozen=True, slots=True)
class Compliance:
    """All books in use."""

    periods: tuple[CompliancePeriod, ...]
    """What needs work first: overdue, then due, then certified; the oldest first."""
    counts: Mapping[str, int]
    """How many are `on_time`, `late`, `overdue`, `due`; of all, `not_started`, `suspended`."""
    persons: tuple[CompliancePerson, ...]


_ORDER = (Timeliness.OVERDUE, Timeliness.DUE, Timeliness.LATE, Timeliness.ON_TIME)


def compliance(caller: Caller, *, now: datetime) -> Compliance:
    """How every ledger's ended periods stand to their days, up to the one that is looked at."""
    with looking(caller, Action.VIEW):
        periods: list[CompliancePeriod] = []
        steps: list[tuple[Certification, date]] = []
        for books in Books.objects.filter(ended_at__isnull=True).order_by("name", "id"):
            made, taken = _of_books(books, now.date())
            periods += made
            steps += taken
        counts = Counter(word for each in periods for word in _words(each.standing))
        return Compliance(tuple(sorted(periods, key=_place)), counts, _persons(periods, steps))


def _words(standing: PeriodStanding) -> Iterable[str]:
    if standing.timeliness is not None:
        yield standing.timeliness.value
    if standing.state in {ClosingState.NOT_STARTED, ClosingState.SUSPENDED}:
        yield standing.state.value


def _place(each: CompliancePeriod) -> tuple[int, date, str, str]:
    standing = each.standing
    assert standing.timeliness is not None
    assert standing.ends_on is not None
    return _ORDER.index(standing.timeliness), standing.ends_on, each.books_name, standing.ledger


def _of_books(
    books: Books, today: date
) -> tuple[list[CompliancePeriod], list[tuple[Certification, date]]]:
    """The periods of one set of books; and their steps, each with the period's day."""
    run = newest_run(books.pk)
    if run is None:
        return [], []
    steps, policies = steps_by_period(books.pk), policies_of(books.pk)
    found, taken = [], []
    rows = Difference.objects.filter(run=run, period__lte=run.period)
    for standing in periods_of(run, rows, today):
        if standing.timeliness is None or standing.due_on is None:
            continue
        own = steps.get((standing.ledger, standing.period), [])
        taken += [(each, standing.due_on) for each in own]
        policy = policies.get(standing.ledger)
        last = {each.step: each for each in own}
        found.append(
            CompliancePeriod(
                books.pk,
                books.name,
                policy.risk if policy else Risk.MEDIUM,
                standing,
                run.currency,
                run.exponent,
                _who(last, ClosingStep.PREPARED),
                _who(last, ClosingStep.REVIEWED),
                _who(last, ClosingStep.CERTIFIED),
                standing.state is ClosingState.CERTIFIED
                and _who(last, ClosingStep.CERTIFIED) is None,
                _times(own, ClosingStep.RETURNED),
                _times(own, ClosingStep.SUSPENDED),
            )
        )
    return found, taken


def _who(last: Mapping[str, Certification], step: ClosingStep) -> int | None:
    return last[step].taken_by_id if step in last else None


def _times(steps: Sequence[Certification], step: ClosingStep) -> int:
    return sum(each.step == step for each in steps)


def _persons(
    periods: Iterable[CompliancePeriod], steps: Iterable[tuple[Certification, date]]
) -> tuple[CompliancePerson, ...]:
    """Everybody who has signed something, by name."""
    counts: Counter[tuple[int, str]] = Counter()
    for each, due in steps:
        if each.taken_by_id is not None:
            counts[each.taken_by_id, each.step] += 1
            counts[each.taken_by_id, "late"] += each.taken_at.date() > due
    for one in periods:
        if one.standing.state is ClosingState.SUSPENDED and one.prepared_by is not None:
            counts[one.prepared_by, ClosingStep.SUSPENDED] += 1
    members = Member.objects.filter(id__in={member_id for member_id, _ in counts})
    return tuple(
        CompliancePerson(
            member.pk,
            member.name or member.email,
            counts[member.pk, ClosingStep.PREPARED],
            counts[member.pk, ClosingStep.REVIEWED],
            counts[member.pk, ClosingStep.CERTIFIED],
            counts[member.pk, "late"],
            counts[member.pk, ClosingStep.SUSPENDED],
        )
        for member in members.order_by("name", "email", "id")
    )
