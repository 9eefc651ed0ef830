"""A real PostgreSQL for tests: one server and one database a session, and real commits.

Each test makes organisations of its own, and row security keeps them apart: that no test sees
another's rows is the first thing that all of them prove.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tieout.store.postgres.address import Address
from tieout.store.postgres.server import APPLICATION, SUPERUSER, EmbeddedServer


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
