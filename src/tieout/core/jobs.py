"""Tasks and their runs: what can run, who may ask for it, and how long a run may take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tieout.core.access import Action


class Task(StrEnum):
    """What can run by itself, each a verb of `workflows`."""

    IMPORT_FILE = "import_file"
    TRY_IMPORT = "try_import"
    RECONCILE = "reconcile"
    EXPLAIN_BOOKS = "explain_books"
    MAKE_REPORT = "make_report"
    VERIFY_AUDIT = "verify_audit"
    RAISE_ALERTS = "raise_alerts"


ASKS: Mapping[Task, Action] = {
    Task.IMPORT_FILE: Action.IMPORT,
    Task.TRY_IMPORT: Action.IMPORT,
    Task.RECONCILE: Action.MATCH,
    Task.EXPLAIN_BOOKS: Action.MATCH,
    Task.MAKE_REPORT: Action.VIEW,
    Task.VERIFY_AUDIT: Action.VIEW_AUDIT,
    Task.RAISE_ALERTS: Action.MANAGE_ACCOUNTS,
}
"""Who may ask for a run, ask again or stop it: whoever may do the same by hand."""

OF_ORGANISATION = (Task.VERIFY_AUDIT, Task.RAISE_ALERTS)
"""Scheduled tasks that work on the organisation, not on one of its records."""
SCHEDULED = (Task.RECONCILE, Task.EXPLAIN_BOOKS, *OF_ORGANISATION)
"""Tasks that make sense again and again."""


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    """Asked for; no worker has it yet."""
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """For good: it says why, and can be asked for again."""
    CANCELLED = "cancelled"


ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})
ATTEMPTS_MAX = 5
"""A run whose worker died this often is given up: what it reads may be what kills it."""


class Trend(StrEnum):
    """Whether something happens more often than before."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


def trend(weeks: Sequence[int]) -> Trend:
    """How often it happened, week by week, the latest last: the later half against the earlier.

    Half as many again is more often, two thirds less often; a week is too short to say either.
    """
    half = len(weeks) // 2
    earlier, later = sum(weeks[:half]), sum(weeks[len(weeks) - half :])
    if 2 * later > 3 * earlier:
        return Trend.RISING
    return Trend.FALLING if 3 * later < 2 * earlier else Trend.STEADY


@dataclass(frozen=True, slots=True)
class Counts:
    """What went into a run: came out + held back."""

    count_in: int = 0
    count_out: int = 0
    count_held: int = 0

    def __post_init__(self) -> None:
        """Nothing is lost on the way."""
        if self.count_in != self.count_out + self.count_held:
            raise ValueError(f"{self.count_in} in, {self.count_out} out, {self.count_held} held")


SHORTEST = timedelta(minutes=5)
"""No run is called slow before this, whatever its history says."""
UNKNOWN = timedelta(minutes=30)
"""What a run may take while little is known of its like."""
HISTORY_MIN = 5
TIMES_USUAL = 4


def allowed(took: Sequence[timedelta], fixed: timedelta | None = None) -> timedelta:
    """How long a run may take before somebody is told: as fixed, or learned from earlier ones.

    Learned: four times the median, at least as long as the longest, never under five minutes.
    """
    if fixed is not None:
        return fixed
    if len(took) < HISTORY_MIN:
        return max([UNKNOWN, *took])
    return max(SHORTEST, TIMES_USUAL * median(took), *took)


def median(spans: Iterable[timedelta]) -> timedelta:
    """The middle one; of two middle ones the longer."""
    ordered = sorted(spans)
    return ordered[len(ordered) // 2]
