"""What happened between two days: volume, matches, durations, errors, ages of open items."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Avg, Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from tieout.core.access import Action
from tieout.core.effectiveness import percent
from tieout.core.errors import InvalidInput
from tieout.core.jobs import RunState
from tieout.core.openitems import ageing_buckets
from tieout.store.banking.models import FileReading
from tieout.store.operations.models import JobRun
from tieout.store.reconciliation.models import Decision, MatchRun, RunRecord
from tieout.workflows.acting import Caller, looking

DAYS_MAX = 3660


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on a day (UTC), and what was done."""

    on: date
    files: int
    lines: int
    entries: int
    held: int
    """Records that could not be read."""
    decisions: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The newest run of a reconciliation in the range."""

    reconciliation_id: int
    name: str
    runs: int
    records: int
    unmatched: int
    confirmed: int
    suggested: int

    @property
    def matched_percent(self) -> str:
        """Records that found a partner, of all."""
        return percent(self.records - self.unmatched, self.records)

    @property
    def automatic_percent(self) -> str:
        """Groups that needed nobody, of all."""
        return percent(self.confirmed, self.confirmed + self.suggested)


@dataclass(frozen=True, slots=True)
class Working:
    """Jobs of one task in the range."""

    task: str
    count: int
    failed: int
    usual: timedelta | None
    """The mean of those that succeeded."""
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class Age:
    """Open records of the newest runs, by days since they were booked."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Analytics:
    """All of it."""

    days: tuple[Day, ...]
    matching: tuple[Matching, ...]
    working: tuple[Working, ...]
    ages: tuple[Age, ...]


def analytics(caller: Caller, *, first_on: date, last_on: date) -> Analytics:
    """The figures of these days, both included; ages are those of the last day."""
    if not timedelta() <= last_on - first_on < timedelta(days=DAYS_MAX):
        raise InvalidInput(
            "page.invalid",
            f"{first_on} to {last_on}",
            f"a first day, a last day, {DAYS_MAX} at most",
        )
    begins = datetime.combine(first_on, time(), UTC)
    ends = datetime.combine(last_on + timedelta(days=1), time(), UTC)
    with looking(caller, Action.VIEW):
        runs = list(
            MatchRun.objects.filter(started_at__gte=begins, started_at__lt=ends)
            .select_related("reconciliation")
            .order_by("id")
        )
        newest = {each.reconciliation_id: each for each in runs}
        times = Counter(each.reconciliation_id for each in runs)
        return Analytics(
            _days(begins, ends),
            tuple(_matching(each, times[each.reconciliation_id]) for each in newest.values()),
            _working(begins, ends),
            _ages(newest.values(), last_on),
        )


def _days(begins: datetime, ends: datetime) -> tuple[Day, ...]:
    read = (
        FileReading.objects.filter(read_at__gte=begins, read_at__lt=ends)
        .values(on=TruncDate("read_at", tzinfo=UTC))
        .annotate(
            files=Count("id"),
            lines=Sum("line_count"),
            entries=Sum("entry_count"),
            held=Sum("held_count"),
        )
    )
    decided = dict(
        Decision.objects.filter(decided_at__gte=begins, decided_at__lt=ends)
        .values_list(TruncDate("decided_at", tzinfo=UTC))
        .annotate(count=Count("id"))
    )
    by_day: dict[date, tuple[int, int, int, int]] = {
        row["on"]: (row["files"], row["lines"], row["entries"], row["held"]) for row in read
    }
    count = (ends - begins).days
    days = [begins.date() + timedelta(days=each) for each in range(count)]
    return tuple(Day(each, *by_day.get(each, (0, 0, 0, 0)), decided.get(each, 0)) for each in days)


def _matching(run: MatchRun, times: int) -> Matching:
    tallies = run.summary["tallies"]
    return Matching(
        run.reconciliation_id,
        run.reconciliation.name,
        times,
        run.left_count + run.right_count,
        sum(count for _, _, count, _ in tallies["unmatched"]),
        tallies["groups"].get("confirmed", (0,))[0],
        tallies["groups"].get("suggested", (0,))[0],
    )


def _working(begins: datetime, ends: datetime) -> tuple[Working, ...]:
    took = F("finished_at") - F("started_at")
    succeeded = Q(state=RunState.SUCCEEDED)
    rows = (
        JobRun.objects.filter(asked_at__gte=begins, asked_at__lt=ends)
        .values("task")
        .annotate(
            count=Count("id"),
            failed=Count("id", filter=Q(state=RunState.FAILED)),
            usual=Avg(took, filter=succeeded),
            longest=Max(took, filter=succeeded),
        )
        .order_by("task")
    )
    return tuple(Working(**row) for row in rows)


def _ages(runs: Iterable[MatchRun], on: date) -> tuple[Age, ...]:
    counts: Counter[str] = Counter()
    buckets = ageing_buckets((7, 30, 60, 90))
    for run in runs:
        for booked_on, count in _open_days(run):
            days = (on - booked_on).days if booked_on else 0
            counts[next(each.name for each in buckets if days in each)] += count
    return tuple(Age(each.name, counts[each.name]) for each in buckets)


def _open_days(run: MatchRun) -> Iterable[tuple[date | None, int]]:
    """How many records of each day a run left open; runs of earlier versions do not say it."""
    said = run.summary["tallies"].get("open_days")
    if said is not None:
        return [(date.fromisoformat(day) if day else None, count) for day, count in said]
    return (
        RunRecord.objects.filter(run=run, group__isnull=True)
        .values_list(Coalesce("line__booked_on", "posting__booked_on"))
        .annotate(count=Count("id"))
    )
