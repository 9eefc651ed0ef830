"""A worker: takes jobs from the database until it is told to stop. Any machine can run one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from tieout.jobs import tasks
from tieout.store.postgres.files import sql_text

STALLED_TIMES = 3
"""A worker that has missed so many heartbeats counts as dead, and its jobs go to others."""
GRACE_SECONDS = 5.0
"""How long a job may go on after the worker was told to stop; then another worker has it."""
LOG = structlog.stdlib.get_logger("tieout.jobs")


@dataclass
class InFlight:
    """What this worker is really doing; the queue may believe more.

    When the connection breaks while a job is fetched or its end is told, the job stays with a
    worker that lives and does not have it. Two looks in a row find it so, and it goes back.
    """

    app: App
    worker_id: int | None = None
    ids: set[int] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)

    async def around(
        self,
        call_next: Callable[[], Awaitable[Any]],
        context: JobContext,
        worker: Any,  # noqa: ANN401  the library's own, of a module that is not public
    ) -> Any:  # noqa: ANN401  whatever the job answers
        """Around every job."""
        self.worker_id = worker.worker_id
        assert context.job.id is not None
        self.ids.add(context.job.id)
        try:
            return await call_next()
        finally:
            self.ids.discard(context.job.id)

    async def give_back(self) -> int:
        """Return what was lost twice in a row; how many."""
        rows = await self.app.connector.execute_query_all_async(
            sql_text("operations/jobs_of_worker"), worker_id=self.worker_id
        )
        lost = {row["id"] for row in rows} - self.ids
        found, self.suspects = lost & self.suspects, lost - self.suspects
        for job_id in found:
            await self.app.job_manager.retry_job_by_id_async(
                job_id=job_id, retry_at=settings.CLOCK()
            )
        return len(found)


def work(*, concurrency: int, heartbeat_seconds: float) -> None:
    """Work until SIGTERM or SIGINT."""
    with app.replace_connector(app.connector.get_worker_connector()) as replaced:
        asyncio.run(_work(replaced, concurrency, heartbeat_seconds))


async def _work(replaced: App, concurrency: int, heartbeat_seconds: float) -> None:
    stalled = heartbeat_seconds * STALLED_TIMES
    async with replaced.open_async():
        in_flight = InFlight(replaced)
        rescuing = asyncio.create_task(_rescue(in_flight, stalled))
        try:
            await replaced.run_worker_async(
                concurrency=concurrency,
                update_heartbeat_interval=heartbeat_seconds,
                stalled_worker_timeout=stalled,
                shutdown_graceful_timeout=GRACE_SECONDS,
                worker_middleware=[in_flight.around],
            )
        finally:
            rescuing.cancel()


async def _rescue(in_flight: InFlight, stalled_seconds: float) -> None:
    """Look for the dead for as long as this worker lives."""
    while True:
        try:
            count = await tasks.rescue(stalled_seconds) + await in_flight.give_back()
        except ConnectorException as error:
            LOG.warning("no rescue", error="store.busy", fault=type(error).__name__)
        else:
            if count:
                LOG.info("rescued", jobs=count)
        await asyncio.sleep(stalled_seconds)
