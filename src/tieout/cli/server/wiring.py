"""What a server command is handed by the roof: a database to work on, and the time."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from tieout.keeping.site import Site

if TYPE_CHECKING:
    from tieout.signatures.keys import KeyStore


class Opened(Protocol):
    """The open database."""

    def keep_up(self) -> None:
        """Start the embedded server again if it has gone."""


class Wiring(Protocol):
    """The roof's side; `tieout.__main__` gives it."""

    @property
    def home(self) -> Path:
        """The folder of the embedded database and of all keys."""

    @property
    def keys(self) -> "KeyStore":
        """The keys that sign heads of chains; none is made until one is asked for."""

    def now(self) -> datetime:
        """This instant."""

    def opened(self, *, is_migrated: bool = False) -> AbstractContextManager[Opened]:
        """The database open and up to date; only inside may workflows be imported."""

    def settings_given(self) -> dict[str, bool]:
        """Every variable of the environment that is known, and whether it is set."""

    def site(self) -> Site:
        """Where everything is kept, for backups and restores; nothing is opened for it."""

    def work(self, *, concurrency: int, heartbeat_seconds: float) -> None:
        """Take jobs, with the database open, until told to stop."""


def wiring(ctx: click.Context) -> Wiring:
    """The roof's side, as the program was started with it."""
    found: Wiring = ctx.find_root().obj
    return found
