"""The database opened as a door opens it: embedded from nothing, and one's own by its address."""

import os
import subprocess
import sys
from pathlib import Path

from tests.store.databases import Store, home_folder
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER

OPEN = """
import sys
from datetime import UTC, datetime
from tieout.config.database import opened
from tieout.config.environment import Environment
from tieout.core.errors import TieoutError
try:
    with opened(Environment.of()):
        from tieout.workflows.create_organisation import create_organisation
        from tieout.workflows.verify_audit import verify_audit
        now = datetime(2026, 11, 22, tzinfo=UTC)
        caller = create_organisation(
            name="Marlowe", owner_email="a@example.org", origin="test", now=now
        )
        print(verify_audit(caller, keys={}, now=now).is_sound)
except TieoutError as error:
    print(error.code)
"""


def opened_with(**variables: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TIEOUT_OWNER_URL"}}
    done = subprocess.run(
        [sys.executable, "-c", OPEN], env={**kept, **variables}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def test_from_an_empty_folder_to_a_sound_chain() -> None:
    with home_folder() as home:
        assert opened_with(TIEOUT_HOME=str(home)) == "True"
        assert not (home / "data" / "postmaster.pid").exists()


def test_a_database_of_ones_own(store: Store, tmp_path: Path) -> None:
    address = {role: store.address(role).conninfo for role in (APPLICATION, OWNER, SUPERUSER)}
    home = str(tmp_path)  # left as it is: what signs sessions is given too
    for application, owner, answer in (
        (APPLICATION, OWNER, "True"),
        (SUPERUSER, "", "store.unsafe-role"),
    ):
        said = {
            "TIEOUT_SECRET_KEY": "given",
            "DATABASE_URL": address[application],
            "TIEOUT_OWNER_URL": address.get(owner, ""),
        }
        assert opened_with(TIEOUT_HOME=home, **said) == answer
    assert list(tmp_path.iterdir()) == []
