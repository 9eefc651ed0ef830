"""Runs as people watch them: all of an organisation, the newest first, or one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.core.access import Action
from tieout.core.errors import CODES
from tieout.core.jobs import ENDED, RunState, Task, Trend, trend
from tieout.store.operations.models import JobRun
from tieout.workflows.acting import Caller, looking
from tieout.workflows.ask_run import access_run

PAGE = 50


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run: where it stands, and what went in and came out."""

    run_id: int
    task: str
    subject: str
    state: RunState
    asked_by: str
    """The member's e-mail address; empty when a schedule asked."""
    asked_at: datetime
    attempt: int
    step: str
    step_done: int
    step_of: int
    started_at: datetime | None
    expected_by: datetime | None
    finished_at: datetime | None
    count_in: int
    count_out: int
    count_held: int
    error_code: str
    error: str
    next_step: str
    """What a person can do about the error."""
    is_stopping: bool
    is_late: bool

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; what is not given, all."""

    state: RunState | None = None
    task: Task | None = None
    code: str = ""
    """The error's code."""
    subject: str = ""
    """The record worked on: `received_file:9`."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """Runs of a task that failed for the same cause, again and again."""

    task: str
    code: str
    error: str
    """What the latest of them said."""
    next_step: str
    weeks: tuple[int, ...]
    """How many, week by week, the latest last."""
    last_run_id: int
    last_at: datetime

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(self.weeks)

    @property
    def trend(self) -> Trend:
        """Whether it fails more often than before."""
        return trend(self.weeks)


WEEKS = 8
"""How far back failures are counted."""


def runs(
    caller: Caller,
    *,
    where: RunFilter = RunFilter(),
    before: int | None = None,
    limit: int = PAGE,
    now: datetime,
) -> list[RunShown]:
    """A page of runs, the newest first; `before` is the last run's id of the page before."""
    wanted = {
        "id__lt": before,
        "state": where.state,
        "task": where.task,
        "error_code": where.code,
        "subject": where.subject,
    }
    with looking(caller, Action.VIEW):
        rows = JobRun.objects.select_related("asked_by").order_by("-id")
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return [_shown(each, now) for each in rows[:limit]]


def recurring(caller: Caller, *, now: datetime) -> list[Recurring]:
    """What failed at least twice for one cause in the last weeks, the most frequent first.

    A cause is a task and an error's code: ten files refused for one reason are one row.
    """
    since = now - timedelta(weeks=WEEKS)
    with looking(caller, Action.VIEW):
        failed = JobRun.objects.filter(state=RunState.FAILED, finished_at__gt=since)
        causes: dict[tuple[str, str], list[JobRun]] = defaultdict(list)
        for each in failed.order_by("id"):
            causes[each.task, each.error_code].append(each)
    told = [_recurring(causes[cause], now) for cause in causes]
    told = [each for each in told if each.count > 1]
    return sorted(told, key=lambda each: (-each.count, -each.last_run_id))


def _recurring(failed: Sequence[JobRun], now: datetime) -> Recurring:
    """Runs of one cause, in their order."""
    weeks = [0] * WEEKS
    for each in failed:
        ago = now - (each.finished_at or now)
        weeks[WEEKS - 1 - min(ago // timedelta(weeks=1), WEEKS - 1)] += 1
    last = failed[-1]
    known = CODES.get(last.error_code)
    return Recurring(
        last.task,
        last.error_code,
        last.error,
        known.next_step if known else "",
        tuple(weeks),
        last.pk,
        last.finished_at or now,
    )


def run_of(caller: Caller, *, run_id: int, now: datetime) -> RunShown:
    """One run as it is now."""
    with looking(caller, Action.VIEW):
        return _shown(access_run(run_id), now)


def _shown(run: JobRun, now: datetime) -> RunShown:
    known = CODES.get(run.error_code)
    is_running = run.state == RunState.RUNNING
    return RunShown(
        run.pk,
        run.task,
        run.subject,
        RunState(run.state),
        run.asked_by.email if run.asked_by else "",
        run.asked_at,
        run.attempt,
        run.step,
        run.step_done,
        run.step_of,
        run.started_at,
        run.expected_by,
        run.finished_at,
        run.count_in,
        run.count_out,
        run.count_held,
        run.error_code,
        run.error,
        known.next_step if known else "",
        run.cancel_asked_at is not None and run.state not in ENDED,
        is_running and run.expected_by is not None and now >= run.expected_by,
    )
