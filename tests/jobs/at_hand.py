"""Jobs worked off at hand: what a worker would do for one organisation, in the test itself."""

from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from tests.store.databases import Store
from tests.store.firms import NOW
from tieout.jobs import tasks  # noqa: F401  registers them
from tieout.workflows.acting import Caller

Job = tuple[int, str, dict[str, Any]]


def waiting(store: Store, caller: Caller, *, until: datetime | None = None) -> list[Job]:
    """The organisation's jobs that are due by then, in order; None: those without a time."""
    with store.superuser() as plain:
        found = plain.execute(
            "select id, task_name, args from procrastinate_jobs where status = 'todo' and "
            "args ->> 'organisation_id' = %s and (scheduled_at is null or scheduled_at <= %s) "
            "order by id",
            [str(caller.organisation_id), until],
        ).fetchall()
    return [(number, name, args) for number, name, args in found]


def work_off(store: Store, caller: Caller, *, until: datetime | None = NOW) -> list[str]:
    """Run them all, and what they ask for in turn; their names."""
    done: list[str] = []
    while jobs := waiting(store, caller, until=until):
        for number, name, args in jobs:
            app.tasks[name].func(**args)
            done.append(name)
            with store.superuser() as plain:
                plain.execute(
                    "update procrastinate_jobs set status = 'doing' where id = %s", [number]
                )
                plain.execute("delete from procrastinate_jobs where id = %s", [number])
    return done
