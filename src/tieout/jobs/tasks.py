"""What a worker can be woken for; every job names an organisation and the number of a row.

A job is put beside its row by the database (`store/operations/sql/wake.sql`). A row is taken once,
whatever happens to the worker: its job is tried again until the row says that it is done.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.conf import settings
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from structlog.contextvars import bound_contextvars

from tieout.core.jobs import RunState
from tieout.jobs.work import WORK
from tieout.workflows.notify import send_notification
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.run_job import run_job
from tieout.workflows.set_schedule import start_due
from tieout.workflows.sign_head import sign_heads
from tieout.workflows.take_message import take_message

LONGEST_WAIT_SECONDS = 300


class Again(BaseRetryStrategy):
    """What the database's absence stopped, or what another works on, is tried after 2, 4, 8 … s.

    At most 300.

    There is no end to it: whether a row's work is given up, the row says.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002  the library's own
        wait = min(2 ** min(job.attempts + 1, 20), LONGEST_WAIT_SECONDS)
        return RetryDecision(retry_in={"seconds": wait})


AGAIN = Again()
KEPT_HOURS = 72


@app.task(name="take_message", retry=AGAIN)
def take(*, organisation_id: str, number: int, at: str | None) -> None:  # noqa: ARG001  all jobs have it
    """A message of the outbox."""
    take_message(UUID(organisation_id), message_id=number, now=settings.CLOCK())


@app.task(name="run_job", retry=AGAIN)
def run(*, organisation_id: str, number: int, at: str | None) -> str:  # noqa: ARG001  the same
    """A run that was asked for."""
    organisation = UUID(organisation_id)
    with bound_contextvars(run_id=number, organisation=organisation_id):
        state = run_job(WORK, organisation_id=organisation, run_id=number, clock=settings.CLOCK)
        if state is RunState.FAILED:
            raise_alerts(organisation, origin=f"job {number}", now=settings.CLOCK())
    return state or "not ours"


@app.task(name="start_due", retry=AGAIN)
def start(*, organisation_id: str, number: int, at: str) -> None:
    """A schedule that is due."""
    due_at = datetime.fromisoformat(at)
    start_due(UUID(organisation_id), schedule_id=number, due_at=due_at, now=settings.CLOCK())


@app.task(name="watch", retry=AGAIN)
def watch(*, organisation_id: str, number: int, at: str) -> None:  # noqa: ARG001  as above
    """A run that should have ended by now."""
    raise_alerts(UUID(organisation_id), origin=f"job {number}", now=settings.CLOCK())


@app.task(name="notify", retry=AGAIN)
def notify(*, organisation_id: str, number: int, at: str) -> None:  # noqa: ARG001  as above
    """A message about an alert."""
    send_notification(UUID(organisation_id), notification_id=number, now=settings.CLOCK())


async def rescue(stalled_seconds: float) -> int:
    """Jobs of workers that have been silent for so long go back to be taken by others; how many.

    Every worker does this; where two do it at once, the second finds nothing to do.
    """
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
        with suppress(ConnectorException):
            await app.job_manager.retry_job(job)
            count += 1
    return count


@app.periodic(cron="17 3 * * *")
@app.task(name="forget", queueing_lock="forget")
async def forget(timestamp: int) -> None:  # noqa: ARG001  the library's own
    """Jobs that ended days ago are removed; runs and messages stay."""
    await app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=True)


@app.periodic(cron="5 0 * * *")
@app.task(name="sign_heads", queueing_lock="sign_heads", retry=AGAIN)
def sign(timestamp: int) -> int:  # noqa: ARG001  the library's own
    """Where every chain stands, signed once a day; only where the key is, or a key is given."""
    if not settings.KEYS.can_sign:
        return 0
    now = settings.CLOCK()
    return len(sign_heads(key=settings.KEYS.signing(now), origin="job sign_heads", now=now))
