"""Jobs: work that a worker does, asked for, followed, asked for again, stopped."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    BooksId,
    CursorText,
    FileId,
    In,
    Instant,
    JobId,
    Limit,
    Out,
    PageOut,
    ReconciliationId,
    Text,
    instant,
    job_subject,
    task_arguments,
)
from tieout.core.jobs import RunState, Task, Trend
from tieout.workflows import look_at_runs as views
from tieout.workflows.ask_run import ask_run, cancel_run, retry_run
from tieout.workflows.views.paging import before_of, cursor_after

router = Router(tags=["jobs"])


class JobIn(In):
    """What is to be done; the ids are for the tasks that work on one record."""

    task: Task
    file_id: FileId | None = None
    reconciliation_id: ReconciliationId | None = None
    books_id: BooksId | None = None


class JobMade(Out):
    """The job; one that waits for the same already is taken for it."""

    id: JobId


class StopIn(In):
    """Why it is stopped."""

    reason: Text = ""


class JobOut(Out):
    """One job: where it stands, and what went in (= out + held)."""

    id: JobId
    task: Task
    subject: str
    """The id of the record it works on; empty for the whole organisation."""
    state: RunState
    asked_by: str
    """The member's address; empty for a schedule or what followed from an act."""
    asked_at: Instant
    started_at: Instant | None
    expected_by: Instant | None
    finished_at: Instant | None
    attempt: int
    step: str
    step_done: int
    step_of: int
    count_in: int
    count_out: int
    count_held: int
    error_code: str
    error: str
    next_step: str
    is_late: bool
    """It runs for longer than it should."""


class FailureOut(Out):
    """Jobs of a task that failed for one cause."""

    task: Task
    error_code: str
    count: int
    weeks: list[int]
    """How many, week by week, the latest last."""
    trend: Trend
    error: str
    """What the latest of them said."""
    next_step: str
    last_at: Instant


class FailuresOut(Out):
    """The most frequent first."""

    items: list[FailureOut]


@router.get("/jobs", response=PageOut[JobOut])
def list_jobs(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    state: RunState | None = None,
    task: Task | None = None,
    error_code: Text = "",
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[JobOut]:
    """Jobs, newest first: all, or those in a state, of a task, that failed with a code."""
    before = before_of(cursor)
    where = views.RunFilter(state=state, task=task, code=error_code)
    found = views.runs(request.caller, where=where, before=before, limit=limit, now=request.at)
    last = cursor_after([each.run_id for each in found], limit)
    return PageOut(items=[_job(each) for each in found], next_cursor=last)


@router.get("/job-failures", response=FailuresOut)
def list_failures(request: Request) -> FailuresOut:
    """What failed more than once for one cause in the last eight weeks, and whether more often."""
    return FailuresOut(
        items=[
            FailureOut(
                task=Task(each.task),
                error_code=each.code,
                count=each.count,
                weeks=list(each.weeks),
                trend=each.trend,
                error=each.error,
                next_step=each.next_step,
                last_at=instant(each.last_at),
            )
            for each in views.recurring(request.caller, now=request.at)
        ]
    )


@router.post("/jobs", response={201: JobMade})
def ask_job(request: Request, body: JobIn) -> JobMade:
    """Ask for work; it waits for a worker. Follow it by its id."""
    arguments = task_arguments(body.task, body.file_id, body.reconciliation_id, body.books_id)
    made = ask_run(request.caller, task=body.task, arguments=arguments, now=request.at)
    return JobMade(id=made)


@router.get("/jobs/{job_id}", response=JobOut)
def show_job(request: Request, job_id: JobId) -> JobOut:
    """One job as it is now."""
    return _job(views.run_of(request.caller, run_id=job_id, now=request.at))


@router.post("/jobs/{job_id}/retry", response={204: None})
def retry_job(request: Request, job_id: JobId) -> None:
    """A job that failed or was stopped waits again."""
    retry_run(request.caller, run_id=job_id, now=request.at)


@router.post("/jobs/{job_id}/stop", response={204: None})
def stop_job(request: Request, job_id: JobId, body: StopIn) -> None:
    """It stops at its next step, and nothing of it is kept."""
    cancel_run(request.caller, run_id=job_id, reason=body.reason, now=request.at)


def _job(each: views.RunShown) -> JobOut:
    return JobOut(
        id=each.run_id,
        task=Task(each.task),
        subject=job_subject(each.subject),
        state=each.state,
        asked_by=each.asked_by,
        asked_at=instant(each.asked_at),
        started_at=each.started_at and instant(each.started_at),
        expected_by=each.expected_by and instant(each.expected_by),
        finished_at=each.finished_at and instant(each.finished_at),
        attempt=each.attempt,
        step=each.step,
        step_done=each.step_done,
        step_of=each.step_of,
        count_in=each.count_in,
        count_out=each.count_out,
        count_held=each.count_held,
        error_code=each.error_code,
        error=each.error,
        next_step=each.next_step,
        is_late=each.is_late,
    )
