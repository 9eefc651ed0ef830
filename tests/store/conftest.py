"""Every test of the store works on a real PostgreSQL, through the application's own role.

The tables are migrated once, as their owner. The server keeps nothing safe from a power cut, so
that it is quick.
"""

import os
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from tests.store.databases import Store, home_folder
from tieout.config import database
from tieout.store.postgres.roles import prepare_roles
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER, EmbeddedServer

os.environ.setdefault("TIEOUT_SECRET_KEY", "of the tests alone")
database.set_up()


@pytest.fixture(scope="session")
def served() -> Iterator[Store]:
    with home_folder() as home:
        server = EmbeddedServer(home, is_safe=False)
        server.start()
        try:
            owner, application = server.address(OWNER), server.address(APPLICATION)
            prepare_roles(server.address(SUPERUSER), owner, application)
            database.migrate(owner, application)
            yield Store(server)
        finally:
            connections.close_all()
            server.stop()


@pytest.fixture
def store(served: Store) -> Iterator[Store]:
    yield served
    assert not connection.in_atomic_block
