"""A real PostgreSQL for tests: one server and one database a session, and real commits.

Each test makes organisations of its own, and row security keeps them apart: that no test sees
another's rows is the first thing that all of them prove.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connections

from tieout.config import database
from tieout.store.postgres.address import Address
from tieout.store.postgres.roles import prepare_roles
from tieout.store.postgres.server import (
    APPLICATION,
    OWNER,
    SUPERUSER,
    UNSAFE,
    EmbeddedServer,
)


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


def make_template(into: Path) -> None:
    """A home whose tables are up to date, put there whole: it takes half a minute, once a run."""
    with home_folder() as home:
        server = EmbeddedServer(home)
        server.start()
        try:
            owner, application = server.address(OWNER), server.address(APPLICATION)
            prepare_roles(server.address(SUPERUSER), owner, application)
            database.migrate(owner, application)
            connections.close_all()
        finally:
            server.stop()
        part = into.with_suffix(".part")
        subprocess.run(["cp", "-a", home, part], check=True)  # with its owners, if we are root
        part.rename(into)


@contextmanager
def copied_home(template: Path, *, is_safe: bool = False) -> Iterator[Path]:
    """A home of one's own with all tables in it, and nothing else."""
    with home_folder() as home:
        subprocess.run(["cp", "-a", template, home], check=True)
        if not is_safe:
            with (home / "data" / "postgresql.conf").open("a") as file:
                file.write(UNSAFE)
        yield home


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
