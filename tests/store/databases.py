"""A real PostgreSQL for tests: one server a session, a fresh database a test, real commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import psycopg
from django.db import connections

from tieout.config import database
from tieout.store.postgres.address import Address
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER, EmbeddedServer

TEMPLATE = "tieout_template"
_numbers = count(1)


@dataclass(frozen=True)
class Databases:
    """The session's server."""

    server: EmbeddedServer

    def address(self, role: str, name: str) -> Address:
        return self.server.address(role, name)

    @contextmanager
    def superuser(self, name: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.address(SUPERUSER, name).conninfo, autocommit=True) as plain:
            yield plain

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A fresh database, and Django connected to it as the application."""
        name = f"tieout_test_{next(_numbers)}"
        with self.superuser("postgres") as plain:
            plain.execute(
                f"create database {name} template {TEMPLATE} owner {OWNER} strategy file_copy"
            )
            plain.execute(f"grant connect, temporary on database {name} to {APPLICATION}")
        database.connect(self.address(APPLICATION, name))
        try:
            yield name
        finally:
            connections.close_all()
            with self.superuser("postgres") as plain:
                plain.execute(f"drop database {name} with (force)")


@dataclass(frozen=True)
class Store:
    """One test's database."""

    databases: Databases
    name: str

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """What nobody of the application may do."""
        with self.databases.superuser(self.name) as plain:
            yield plain

    @contextmanager
    def application(self) -> Iterator[psycopg.Connection]:
        """A second connection of the application's."""
        address = self.databases.address(APPLICATION, self.name)
        with psycopg.connect(address.conninfo) as plain:
            yield plain
