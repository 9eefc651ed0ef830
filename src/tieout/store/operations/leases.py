"""Leases on runs: whoever works on a run writes with the lease it was given, or not at all."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tieout.store.postgres.constraints import TENANT_SETTING
from tieout.store.postgres.files import sql_text


class LeaseLost(Exception):  # noqa: N818  what has happened, not a fault of anybody's
    """Another worker has taken the run over, or it has ended: stop, and write nothing."""


class StopAsked(Exception):  # noqa: N818  as above
    """Somebody asked the run to stop."""


@dataclass
class Progress:
    """Tells how far a run is, on a connection of its own: at once, not when its work is done."""

    organisation_id: UUID
    run_id: int
    lease: UUID

    def __post_init__(self) -> None:
        """A connection that only ever works for this organisation; made when it is first used."""
        self._own = connection.copy()

    def __call__(self, step: str, done: int, of: int) -> None:
        """Raises `LeaseLost` when the run is another's, `StopAsked` when it shall stop."""
        is_new = self._own.connection is None
        with self._own.cursor() as cursor:
            if is_new:
                setting = [TENANT_SETTING, str(self.organisation_id)]
                cursor.execute("select set_config(%s, %s, false)", setting)
            named: dict[str, int | str] = {"run": self.run_id, "lease": str(self.lease)}
            named |= {"step": step, "done": done, "of": of}
            cursor.execute(sql_text("operations/progress"), named)
            row = cursor.fetchone()
        if row is None:
            raise LeaseLost
        if row[0]:
            raise StopAsked

    def close(self) -> None:
        """Let go of the connection."""
        self._own.close()
