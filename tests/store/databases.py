"""A real PostgreSQL for tests: one server and one database a session, and real commits.

Each test makes organisations of its own, and row security keeps them apart: that no test sees
another's rows is the first thing that all of them prove.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tieout.store.postgres.address import Address
from tieout.store.postgres.server import APPLICATION, SUPERUSER, EmbeddedServer


@contextmanager
def home_folder() -> Iterator[Path]:
    """A home for a server: in memory where that can be, and where another account reaches it."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="tieout-test-", dir=where))
    folder.chmod(0o711)
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Store:
    """The session's server and its database."""

    server: EmbeddedServer

    def address(self, role: str) -> Address:
        return self.server.address(role)

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """What nobody of the application may do."""
        with psycopg.connect(self.address(SUPERUSER).conninfo, autocommit=True) as plain:
            yield plain

    @contextmanager
    def application(self) -> Iterator[psycopg.Connection]:
        """A second connection of the application's."""
        with psycopg.connect(self.address(APPLICATION).conninfo) as plain:
            yield plain
