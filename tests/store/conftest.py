"""Every test of the store works on a real PostgreSQL, through the application's own role.

The tables are migrated once, as their owner. The server keeps nothing safe from a power cut, so
that it is quick.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.store.databases import Store
from tieout.config import database
from tieout.store.postgres.roles import prepare_roles
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER, EmbeddedServer

database.set_up()


@pytest.fixture(scope="session")
def served() -> Iterator[Store]:
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    home = Path(tempfile.mkdtemp(prefix="tieout-test-", dir=where))  # others must reach it
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
        shutil.rmtree(home)


@pytest.fixture
def store(served: Store) -> Iterator[Store]:
    yield served
    assert not connection.in_atomic_block
