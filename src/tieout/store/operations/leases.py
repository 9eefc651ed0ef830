"""Who works on a run: one process that lives, and writes with its lease or not at all.

A run is held by a lock of the database's that ends with the connection: it is free as soon as its
holder is dead, and never while it lives, however slow it is. The lease is for the rest: a holder
that was cut off and comes back finds another lease on the run, and nothing it did is committed.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import connection

from tieout.store.postgres.constraints import TENANT_SETTING
from tieout.store.postgres.files import sql_text


class LeaseLost(Exception):  # noqa: N818  what has happened, not a fault of anybody's
    """Another worker has taken the run over, or it has ended: stop, and write nothing."""


class HeldElsewhere(Exception):  # noqa: N818  as above
    """A process that lives works on the run: whoever asks comes back later."""


class StopAsked(Exception):  # noqa: N818  as above
    """Somebody asked the run to stop."""


@dataclass
class Holding:
    """A run held by this process, on a connection of its own; with it, how far the run is.

    What it tells is seen at once, not when the run's work is committed.
    """

    organisation_id: UUID
    run_id: int
    lease: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        """Raises `HeldElsewhere` when another process holds the run."""
        self._own = connection.copy()
        name = f"job_run {self.organisation_id} {self.run_id}"
        try:
            with self._own.cursor() as cursor:
                setting = [TENANT_SETTING, str(self.organisation_id)]
                cursor.execute("select set_config(%s, %s, false)", setting)
                cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
                row = cursor.fetchone()
        except BaseException:
            self._own.close()
            raise
        if row is None or not row[0]:
            self._own.close()
            raise HeldElsewhere(name)

    def __call__(self, step: str, done: int, of: int) -> None:
        """Raises `LeaseLost` when the run is another's, `StopAsked` when it shall stop."""
        with self._own.cursor() as cursor:
            named: dict[str, int | str] = {"run": self.run_id, "lease": str(self.lease)}
            named |= {"step": step, "done": done, "of": of}
            cursor.execute(sql_text("operations/progress"), named)
            row = cursor.fetchone()
        if row is None:
            raise LeaseLost
        if row[0]:
            raise StopAsked

    def close(self) -> None:
        """Let go of the run."""
        self._own.close()
