"""Every test of the store works on a real PostgreSQL, through the application's own role.

The tables are migrated once, as their owner, into a template; each test has a copy of it and
really commits. The server keeps nothing safe from a power cut, so that it is quick.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.store.databases import TEMPLATE, Databases, Store
from tieout.config import database
from tieout.store.postgres.roles import prepare_roles
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER, EmbeddedServer


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    home = Path(tempfile.mkdtemp(prefix="tieout-test-"))  # another account must reach it
    server = EmbeddedServer(home, is_safe=False)
    server.start()
    try:
        owner, application = (server.address(role, TEMPLATE) for role in (OWNER, APPLICATION))
        prepare_roles(server.address(SUPERUSER), owner, application)
        database.set_up(application)
        database.migrate(owner, application)
        connections.close_all()
        yield Databases(server)
    finally:
        connections.close_all()
        server.stop()
        shutil.rmtree(home)


@pytest.fixture
def store(databases: Databases) -> Iterator[Store]:
    with databases.copy() as name:
        yield Store(databases, name)
        assert not connection.in_atomic_block
