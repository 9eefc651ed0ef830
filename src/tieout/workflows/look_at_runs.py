"""Runs as people watch them: all of an organisation, the newest first, or one."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import CODES
from tieout.core.jobs import ENDED, RunState
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


def runs(  # noqa: PLR0913  filters by name
    caller: Caller,
    *,
    state: RunState | None = None,
    subject: str = "",
    before: int | None = None,
    limit: int = PAGE,
    now: datetime,
) -> list[RunShown]:
    """A page of runs, the newest first; `before` is the last run's id of the page before."""
    with looking(caller, Action.VIEW):
        rows = JobRun.objects.select_related("asked_by").order_by("-id")
        rows = rows.filter(id__lt=before) if before is not None else rows
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(subject=subject) if subject else rows
        return [_shown(each, now) for each in rows[:limit]]


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
