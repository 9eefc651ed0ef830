"""How well the imports and match runs of some days did (`core/effectiveness.py` says by what)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef

from tieout.core.access import Action
from tieout.core.decisions import Verdict
from tieout.core.effectiveness import Days, Judged, Part, days_of
from tieout.core.errors import CODES, InvalidInput, Severity
from tieout.core.matching.words import Pass, Status
from tieout.store.banking.models import BankLine, FileReading, ReadingProblem
from tieout.store.ledger.models import JournalEntry
from tieout.store.reconciliation.models import Decision, MatchRun
from tieout.workflows.acting import Caller, looking
from tieout.workflows.views.analytics import DAYS_MAX

SHOWN = 200
"""The newest of each kind; a shorter range shows the others."""


@dataclass(frozen=True, slots=True)
class ImportDone:
    """A file that was read, and how well."""

    reading_id: int
    file_id: int
    name: str
    read_at: datetime
    completeness: Part
    timeliness: Days | None
    """From a record's own day to the day it was read; None where no record has a day."""
    held: tuple[tuple[str, int], ...]
    """Why records were held back: the code's title, and how many."""


@dataclass(frozen=True, slots=True)
class MatchDone:
    """A match run, and how well; None where a run of an earlier version does not tell."""

    run_id: int
    reconciliation_id: int
    name: str
    started_at: datetime
    completeness: Part | None
    timeliness: Days | None
    """How long what it left open had been open."""
    automatic: Part | None
    accuracy: Part | None


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """Newest first."""

    imports: tuple[ImportDone, ...]
    matches: tuple[MatchDone, ...]


def effectiveness(caller: Caller, *, first_on: date, last_on: date) -> Effectiveness:
    """The runs of these days (UTC), both included."""
    if not timedelta() <= last_on - first_on < timedelta(days=DAYS_MAX):
        expected = f"a first day, a last day, {DAYS_MAX} at most"
        raise InvalidInput("page.invalid", f"{first_on} to {last_on}", expected)
    begins = datetime.combine(first_on, time(), UTC)
    ends = datetime.combine(last_on + timedelta(days=1), time(), UTC)
    with looking(caller, Action.VIEW):
        readings = FileReading.objects.filter(read_at__gte=begins, read_at__lt=ends)
        runs = MatchRun.objects.filter(started_at__gte=begins, started_at__lt=ends)
        return Effectiveness(
            _imports(list(readings.select_related("file").order_by("-id")[:SHOWN])),
            matched(list(runs.select_related("reconciliation").order_by("-id")[:SHOWN])),
        )


def match_done(caller: Caller, *, run_id: int) -> MatchDone | None:
    """One match run."""
    with looking(caller, Action.VIEW):
        found = MatchRun.objects.filter(id=run_id).select_related("reconciliation")
        return next(iter(matched(list(found))), None)


def _imports(readings: Sequence[FileReading]) -> tuple[ImportDone, ...]:
    held: dict[int, Counter[str]] = defaultdict(Counter)
    found = ReadingProblem.objects.filter(reading__in=readings, severity=Severity.HELD)
    for reading_id, code, count in found.values_list("reading_id", "code").annotate(n=Count("id")):
        held[reading_id][CODES[code].title] += count
    return tuple(
        ImportDone(
            each.pk,
            each.file_id,
            each.file.name,
            each.read_at,
            _complete(each, held[each.pk].total()),
            days_of(_days(each)),
            _reasons(held[each.pk], each.held_count),
        )
        for each in readings
    )


def _reasons(unreadable: Counter[str], held: int) -> tuple[tuple[str, int], ...]:
    """By title; what is held back and was readable does not balance."""
    unbalanced = held - unreadable.total()
    also = Counter({CODES["entry.unbalanced"].title: unbalanced} if unbalanced else {})
    return tuple(sorted((unreadable + also).items()))


def _complete(reading: FileReading, unreadable: int) -> Part:
    """Entries that do not balance are among those of the file, and held back."""
    of = (reading.entry_count if reading.books else reading.line_count) + unreadable
    return Part(of - reading.held_count, of)


def _days(reading: FileReading) -> Counter[int]:
    """By how many days after its own day it was read: the records that it brought first."""
    rows = (
        JournalEntry.objects.filter(source=reading.books, recorded_at=reading.read_at)
        if reading.books
        else BankLine.objects.filter(statement__reading=reading, repeats__isnull=True)
    )
    dated = rows.filter(booked_on__isnull=False).values_list("booked_on").annotate(n=Count("id"))
    days: Counter[int] = Counter()
    for booked_on, count in dated.order_by():
        days[(reading.read_at.date() - booked_on).days] += count
    return days


def matched(runs: Sequence[MatchRun]) -> tuple[MatchDone, ...]:
    """Within a tenant: how well each of these runs did; nothing of it is counted over records."""
    judged = _judged(runs)
    return tuple(_matched(each, judged[each.pk]) for each in runs)


def _matched(run: MatchRun, decided: Counter[str]) -> MatchDone:
    tallies = run.summary["tallies"]
    records = run.left_count + run.right_count
    placed = tallies.get("placed")
    is_open = sum(count for _, _, count, _ in tallies["unmatched"])
    made = (run.pk, run.reconciliation_id, run.reconciliation.name, run.started_at)
    on = run.started_at.date()
    waited: Counter[int] = Counter()
    for day, count in tallies.get("open_days", ()):
        if day:
            waited[(on - date.fromisoformat(day)).days] += count
    if placed is None:
        return MatchDone(*made, None, days_of(waited), None, None)
    by_rule = placed["by rule"]
    accuracy = Judged(
        by_rule[0], decided["rejected"], decided["confirmed"], decided["undone"]
    ).accuracy
    in_groups = sum(count for _, count in placed.values())
    return MatchDone(
        *made,
        Part(in_groups + is_open, records),
        days_of(waited),
        Part(by_rule[1], records),
        accuracy,
    )


def _judged(runs: Sequence[MatchRun]) -> dict[int, Counter[str]]:
    """By run: what people said since of its groups, as far as it stands."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    of_runs = Decision.objects.filter(
        reconciliation__in={each.reconciliation_id for each in runs}, group__run__in=runs
    ).exclude(verdict=Verdict.UNDO)
    undone = Exists(Decision.objects.filter(undoes=OuterRef("pk")))
    rows = of_runs.values_list("group__run_id", "verdict", "group__status", "group__made_by")
    for run_id, verdict, status, made_by, is_undone, count in (
        rows.annotate(is_undone=undone).annotate(n=Count("id", distinct=True)).order_by()
    ):
        if verdict == Verdict.CONFIRM and status != Status.CONFIRMED:
            said[run_id]["confirmed"] += count
            said[run_id]["undone"] += count if is_undone else 0
        is_rule = status == Status.CONFIRMED and made_by != Pass.DECISION
        if verdict == Verdict.REJECT and is_rule and not is_undone:
            said[run_id]["rejected"] += count
    return said
