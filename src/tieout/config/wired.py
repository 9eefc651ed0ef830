"""The roof's side of the commands that need a database."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from tieout.config import clock
from tieout.config.environment import Environment


class Wired:
    """Handed to the command line by `tieout.__main__`; nothing is read or started until asked."""

    @property
    def home(self) -> Path:
        return Environment.of().home

    def now(self) -> datetime:
        return clock.now()

    def opened(self, *, is_migrated: bool = False) -> AbstractContextManager[None]:
        from tieout.config.database import opened  # noqa: PLC0415  start-up time counts

        return opened(Environment.of(), is_migrated=is_migrated)
