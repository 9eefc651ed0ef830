"""`ask_run`, `retry_run`, `cancel_run`: a task is asked for, asked for again, or asked to stop."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tieout.core.access import SYSTEM_ID, require
from tieout.core.errors import Conflict, NotFound
from tieout.core.jobs import ASKS, ENDED, SCHEDULED, RunState, Task
from tieout.core.subjects import Subject
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import TenantModel
from tieout.workflows.acting import Act, Caller, access_actor, alone
from tieout.workflows.comment import MODELS

SUBJECTS = {
    Task.IMPORT_FILE: ("received_file", "file_id"),
    Task.TRY_IMPORT: ("received_file", "file_id"),
    Task.RECONCILE: ("reconciliation", "reconciliation_id"),
    Task.EXPLAIN_BOOKS: ("books", "books_id"),
    Task.MAKE_REPORT: ("books", "books_id"),
}
"""What a task works on, and the argument that names it; the others work on the organisation."""


def ask_run(
    caller: Caller, *, task: Task, arguments: Mapping[str, int | str] | None = None, now: datetime
) -> int:
    """The run, waiting for a worker; one that waits for the same already is taken for it."""
    given = dict(arguments or {})
    with tenant(caller.organisation_id):
        act = _act(caller, task, "ask_run", now)
        access_record(task, given)
        run = wanted(caller.organisation_id, task, given, caller.asked_by_id, now)
        if given.get("as_tried") and access_run(run).arguments != given:
            expected = "none: an import that is to do exactly what was tried waits for no other"
            raise Conflict("job.not-possible", "another import of it that waits", expected)
        act.record(f"job_run:{run}", after={"task": str(task), "arguments": given})
    return run


def wanted(
    organisation_id: UUID,
    task: Task,
    arguments: Mapping[str, int | str],
    asked_by_id: int | None,
    now: datetime,
) -> int:
    """Within a verb's transaction: the waiting run of this task and subject, made when needed.

    A snapshot is explained once, whether the page asks or what follows the act: a run that works
    on it already, or is done with it, is the answer.
    """
    if task is Task.EXPLAIN_BOOKS and "snapshot_id" in arguments:
        alone(organisation_id, f"explain snapshot {arguments['snapshot_id']}")
        known = JobRun.objects.filter(
            task=task,
            subject=subject_of(task, arguments),
            arguments__snapshot_id=arguments["snapshot_id"],
            state__in=[RunState.WAITING, RunState.RUNNING, RunState.SUCCEEDED],
        ).first()
        if known is not None:
            return known.pk
    run, _ = JobRun.objects.get_or_create(
        organisation_id=organisation_id,
        task=task,
        subject=subject_of(task, arguments),
        state=RunState.WAITING,
        defaults={"arguments": dict(arguments), "asked_by_id": asked_by_id, "asked_at": now},
    )
    return run.pk


def subject_of(task: Task, arguments: Mapping[str, object]) -> str:
    """What a run works on, as the audit chain names it."""
    kind, name = SUBJECTS.get(task, ("", ""))
    if kind and name not in arguments:
        raise NotFound("store.not-found", f"{task} without {name}", f"the number of a {kind}")
    return f"{kind}:{arguments[name]}" if kind else ""


def retry_run(caller: Caller, *, run_id: int, now: datetime) -> None:
    """A run that failed or was stopped waits again, with all its attempts."""
    with tenant(caller.organisation_id):
        run = access_run(run_id, is_locked=True)
        act = _act(caller, Task(run.task), "retry_run", now)
        others = JobRun.objects.filter(
            task=run.task, subject=run.subject, state=RunState.WAITING
        ).exists()
        if run.state not in {RunState.FAILED, RunState.CANCELLED} or others:
            found = "the same waiting already" if others else f"a run that is {run.state}"
            raise Conflict("job.not-possible", found, "a run that failed or was stopped")
        before = {"state": run.state, "error": run.error_code}
        run.state, run.attempt, run.finished_at = RunState.WAITING, 0, None
        run.error_code, run.error, run.cancel_asked_at, run.lease = "", "", None, None
        run.asked_by_id, run.asked_at = caller.asked_by_id, now
        run.keep()
        act.record(f"job_run:{run.pk}", before=before, after={"state": run.state})


def cancel_run(caller: Caller, *, run_id: int, reason: str = "", now: datetime) -> None:
    """A waiting run is stopped at once, a running one at its next step; its work is undone."""
    with tenant(caller.organisation_id):
        run = access_run(run_id, is_locked=True)
        act = _act(caller, Task(run.task), "cancel_run", now)
        if run.state in ENDED:
            raise Conflict(
                "job.not-possible", f"a run that is {run.state}", "one that has not ended"
            )
        before = {"state": run.state}
        run.cancel_asked_at = now
        if run.state == RunState.WAITING:
            run.state, run.finished_at = RunState.CANCELLED, now
        run.keep()
        act.record(
            f"job_run:{run.pk}", reason=reason, before=before, after={"cancel_asked_at": now}
        )


def access_record(task: Task, arguments: Mapping[str, int | str]) -> None:
    """Raise `NotFound` unless what the task would work on is the caller's."""
    name = subject_of(task, arguments)
    if not name:
        return
    subject = Subject.of(name)
    rows: QuerySet[TenantModel] = QuerySet(MODELS[subject.kind])
    if not rows.filter(id=subject.record_id).exists():
        raise NotFound("store.not-found", name, "one of yours")


def access_run(run_id: int, *, is_locked: bool = False) -> JobRun:
    """The caller's run of that id."""
    rows = JobRun.objects.select_for_update() if is_locked else JobRun.objects.all()
    found = rows.filter(id=run_id).first()
    if found is None:
        raise NotFound("store.not-found", f"job_run:{run_id}", "a run of yours")
    return found


def _act(caller: Caller, task: Task, verb: str, now: datetime) -> Act:
    """The caller, who may do by hand what the task does; the system asks as a schedule does."""
    actor = access_actor(caller)
    if actor.member_id != SYSTEM_ID or task not in SCHEDULED:
        require(actor, ASKS[task])
    return Act(caller, actor, verb, now)
