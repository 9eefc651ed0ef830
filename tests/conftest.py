"""What all tests share: the golden switch, the corpus or the reason why it is not there, the store.

Every test of the store works on a real PostgreSQL, through the application's own role. The tables
are migrated once a run, as their owner, and copied. The server keeps nothing safe from a power cut,
so it is quick.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tieout.testing.corpus import corpus_folder

if TYPE_CHECKING:
    from tests.store.databases import Store

os.environ.setdefault("TIEOUT_SECRET_KEY", "of the tests alone")
os.environ.setdefault("TIEOUT_SECRETS_KEYS", "b2YgdGhlIHRlc3RzIGFsb25lOiBpdCBzZWFscyBubyA=")
# A busy machine is no fault of the code: time is measured by the benchmarks, not by properties.
# The same examples each time: no change lands or fails by luck. `make soak` draws them anew.
settings.register_profile(
    "tieout",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="TIEOUT_DRAW_ANEW" not in os.environ,
)
settings.load_profile("tieout")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def write_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-golden"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all tables: whichever process of the run needs it first makes it for all."""
    from tests.store.databases import make_template  # noqa: PLC0415  only these tests need Django
    from tieout.config import database  # noqa: PLC0415  as above

    database.set_up()
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = folder / "template"
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make_template(made)
    return made


@pytest.fixture(scope="session")
def served(template: Path) -> "Iterator[Store]":
    from django.db import connections  # noqa: PLC0415  as above

    from tests.store.databases import Store, copied_home  # noqa: PLC0415  as above
    from tieout.config import database  # noqa: PLC0415  as above
    from tieout.store.postgres.server import APPLICATION, EmbeddedServer  # noqa: PLC0415  as above

    with copied_home(template) as home:
        server = EmbeddedServer(home, is_safe=False)
        server.start()
        try:
            database.connect(server.address(APPLICATION))
            yield Store(server)
        finally:
            connections.close_all()
            server.stop()


@pytest.fixture
def store(served: "Store") -> "Iterator[Store]":
    from django.db import connection  # noqa: PLC0415  as above

    yield served
    assert not connection.in_atomic_block


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the corpus of real files is not here (set TIEOUT_CORPUS to its folder)")
    return folder
