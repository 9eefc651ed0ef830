"""What a server command is handed by the roof: a database to work on, and the time."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import click


class Wiring(Protocol):
    """The roof's side; `tieout.__main__` gives it."""

    @property
    def home(self) -> Path:
        """The folder of the embedded database and of all keys."""

    def now(self) -> datetime:
        """This instant."""

    def opened(self, *, is_migrated: bool = False) -> AbstractContextManager[None]:
        """The database open and up to date; only inside may workflows be imported."""


def wiring(ctx: click.Context) -> Wiring:
    """The roof's side, as the program was started with it."""
    found: Wiring = ctx.find_root().obj
    return found
