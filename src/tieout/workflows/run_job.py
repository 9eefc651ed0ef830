"""`run_job`: one run of a task, once: its effects and its end are one transaction.

A run is held by one process at a time, and worked on under a lease. All that it records, its end
included, is committed together, and only while the lease still holds: a worker that was thought
dead and wakes up later commits nothing. A run whose worker died is taken again, up to
`ATTEMPTS_MAX` times.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from tieout.core.errors import CODES, TieoutError
from tieout.core.jobs import ATTEMPTS_MAX, ENDED, Counts, RunState, Task, allowed
from tieout.store.operations.leases import Holding, LeaseLost, StopAsked
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.alert_rules import longest_run
from tieout.workflows.progress import reporting_to

_LOG = logging.getLogger(__name__)
HISTORY = 20
"""Runs of the same task that tell how long one takes."""
Work = Callable[[Caller, Mapping[str, object], datetime], Counts]
"""A task at work: who calls, the run's arguments, the instant; what went in and came out."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that is held, and what is to be done."""

    holding: Holding
    task: Task
    arguments: Mapping[str, object]
    caller: Caller


def run_job(
    work: Mapping[Task, Work], *, organisation_id: UUID, run_id: int, clock: Clock
) -> RunState | None:
    """How the run ended; None when it had ended before.

    What is raised lets the caller try again later: an error of the database, `HeldElsewhere` while
    another works on the run, `LeaseLost` when another has taken it over.
    """
    with closing(Holding(organisation_id, run_id)) as holding:
        return _held(work, holding, clock)


def _held(work: Mapping[Task, Work], holding: Holding, clock: Clock) -> RunState | None:
    taken = _take(holding, clock())
    if not isinstance(taken, Taken):
        return taken
    try:
        return _worked(taken, work[taken.task], clock)
    except LeaseLost:
        raise
    except StopAsked:
        return _ended_aside(taken, RunState.CANCELLED, clock())
    except (DatabaseError, InterfaceError) as error:
        if _is_passing(error):
            raise
        return _ended_aside(taken, RunState.FAILED, clock(), *_as_fault(error))
    except Exception as error:  # noqa: BLE001  a fault of ours is told on the run, not to the worker
        return _ended_aside(taken, RunState.FAILED, clock(), *_as_fault(error))


def _take(holding: Holding, now: datetime) -> Taken | RunState | None:
    """The run with a new lease: whoever had it before can write nothing more."""
    with tenant(holding.organisation_id):
        run = JobRun.objects.select_for_update().filter(id=holding.run_id).first()
        if run is None or run.state in ENDED:
            return None
        if run.attempt >= ATTEMPTS_MAX:
            _say_ended(run, RunState.FAILED, now)
            run.error_code = "job.given-up"
            run.error = _sentence(run.error_code, f"{run.attempt} attempts that ended unfinished")
            run.keep()
            return RunState.FAILED
        if run.cancel_asked_at is not None:
            _say_ended(run, RunState.CANCELLED, now)
            run.keep()
            return RunState.CANCELLED
        task = Task(run.task)
        run.state, run.lease, run.attempt = RunState.RUNNING, holding.lease, run.attempt + 1
        run.started_at, run.step, run.step_done, run.step_of = now, "", 0, 0
        run.expected_by = now + allowed(_history(task), longest_run(task))
        run.keep()
        caller = Caller.system(holding.organisation_id, f"job {run.pk}", run.asked_by_id)
        return Taken(holding, task, run.arguments, caller)


def _history(task: Task) -> list[timedelta]:
    """How long the latest runs of the task took."""
    ended = JobRun.objects.filter(task=task, state=RunState.SUCCEEDED).order_by("-id")[:HISTORY]
    return [
        each.finished_at - each.started_at
        for each in ended
        if each.finished_at is not None and each.started_at is not None
    ]


def _worked(taken: Taken, work: Work, clock: Clock) -> RunState:
    """The work and its end, committed together and only under the lease."""
    with tenant(taken.caller.organisation_id), reporting_to(taken.holding):
        try:
            taken.holding(str(taken.task), 0, 0)
            counts = work(taken.caller, taken.arguments, clock())
        except TieoutError as error:
            state, code = RunState.FAILED, error.code
            _end(taken, state, clock(), error_code=code, error=str(error))
        else:
            state, code = RunState.SUCCEEDED, ""
            _end(taken, state, clock(), counts=counts)
    return _logged(taken, state, code)


def _end(  # noqa: PLR0913  what an end is made of, by name
    taken: Taken,
    state: RunState,
    now: datetime,
    *,
    error_code: str = "",
    error: str = "",
    counts: Counts | None = None,
) -> None:
    """End the run under its lease; `LeaseLost` undoes the whole transaction."""
    told = counts or Counts()
    changed = JobRun.objects.filter(
        id=taken.holding.run_id, lease=taken.holding.lease, state=RunState.RUNNING
    ).update(
        state=state,
        finished_at=now,
        error_code=error_code,
        error=error,
        count_in=told.count_in,
        count_out=told.count_out,
        count_held=told.count_held,
    )
    if not changed:
        raise LeaseLost


def _ended_aside(
    taken: Taken, state: RunState, now: datetime, error_code: str = "", error: str = ""
) -> RunState:
    """The work was undone; only the end is recorded."""
    with tenant(taken.caller.organisation_id):
        _end(taken, state, now, error_code=error_code, error=error)
    return _logged(taken, state, error_code)


def _logged(taken: Taken, state: RunState, error_code: str) -> RunState:
    """A line in the log, once the end is committed."""
    told = {"task": str(taken.task), "state": str(state), "error": error_code}
    _LOG.info("run ended", extra=told)
    return state


def _say_ended(run: JobRun, state: RunState, now: datetime) -> None:
    run.state, run.finished_at, run.lease = state, now, None


def _is_passing(error: Exception) -> bool:
    """Whether it may work a moment later: the connection went, or two were in each other's way.

    SQLSTATE 08 is the connection, 40 rollback, 53 resources, 57P shutdown; none: it just went.
    """
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state[:2] in {"08", "40", "53"} or state.startswith("57P")


def _as_fault(error: Exception) -> tuple[str, str]:
    """Our own fault, as it is told: its kind, never its text, which may quote a record."""
    return "internal.fault", _sentence("internal.fault", type(error).__name__)


def _sentence(code: str, found: str) -> str:
    return f"{CODES[code].title}: {found}. [{code}]"
