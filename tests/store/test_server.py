"""The embedded server's life: shared, stopped by the last to leave, back after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests.store.databases import Store, home_folder
from tieout.config.database import check
from tieout.config.environment import Environment
from tieout.core.errors import InvalidInput, NotFound
from tieout.store.postgres import files
from tieout.store.postgres.address import Address
from tieout.store.postgres.binaries import copied, find_programs, version_of
from tieout.store.postgres.files import BACK
from tieout.store.postgres.server import SUPERUSER, EmbeddedServer

HOLDER = """
import sys
from pathlib import Path
from tieout.store.postgres.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), is_safe=False)
server.start()
print("held", flush=True)
sys.stdin.read()
print(server.stop(), flush=True)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with home_folder() as folder:
        yield folder


def holder(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def answers(server: EmbeddedServer) -> bool:
    try:
        with psycopg.connect(server.address(SUPERUSER, "postgres").conninfo) as plain:
            return plain.execute("select 6 * 7").fetchone() == (42,)
    except psycopg.OperationalError:
        return False


def test_the_last_user_stops_the_server_and_a_killed_one_does_not_count(home: Path) -> None:
    server = EmbeddedServer(home, is_safe=False)
    server.start()
    other = holder(home)
    assert server.stop() is False
    assert answers(server)
    server.start()
    os.kill(other.pid, signal.SIGKILL)
    other.communicate()
    assert server.stop() is True
    assert not answers(server)
    assert server.stop() is False


def test_after_a_kill_of_the_whole_server_the_next_start_brings_it_back(home: Path) -> None:
    server = EmbeddedServer(home, is_safe=False)
    server.start()
    with psycopg.connect(server.address(SUPERUSER, "postgres").conninfo, autocommit=True) as plain:
        plain.execute("create table if not exists kept (n int)")
        plain.execute("checkpoint")
    killed = [each.pid for each in server._processes()]
    assert len(killed) > 3
    for number in killed:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    again = EmbeddedServer(home, is_safe=False)
    again.start()
    assert answers(again)
    again.stop()
    server.stop()


def test_a_lock_file_whose_number_is_another_programs_now_does_not_stop_the_start(
    home: Path,
) -> None:
    server = EmbeddedServer(home, is_safe=False)
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    server.start()
    assert answers(server)
    server.stop()


def test_nothing_outside_its_home_is_touched(home: Path) -> None:
    server = EmbeddedServer(home, is_safe=False)
    server.start()
    try:
        assert home.parent.stat().st_mode & 0o777 == 0o711
        assert server.data.stat().st_mode & 0o077 == 0
        with psycopg.connect(server.address(SUPERUSER, "postgres").conninfo) as plain:
            assert plain.execute("show listen_addresses").fetchone() == ("",)
            methods = plain.execute("select distinct auth_method from pg_hba_file_rules")
            assert methods.fetchall() == [("scram-sha-256",)]
    finally:
        server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_folder() -> None:
    server = EmbeddedServer(Path("/tmp") / ("long" * 40), is_safe=False)  # noqa: S108  not made
    assert len(str(server.sockets)) < 60
    assert EmbeddedServer(Path("/x")).sockets == Path("/x/data")


def test_the_programs_can_be_copied_for_an_account_that_cannot_reach_them(tmp_path: Path) -> None:
    programs = find_programs()
    copy = copied(programs, tmp_path)
    assert version_of(copy) == version_of(programs)
    assert copied(programs, tmp_path) == copy


def test_without_programs_the_next_step_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as raised:
        find_programs(tmp_path)
    assert raised.value.code == "store.no-server"
    assert "DATABASE_URL" in raised.value.next_step


def test_an_address_keeps_its_password_to_itself() -> None:
    address = Address.of("postgresql://app:secret@db.example:6432/books?sslmode=require")
    assert "secret" not in repr(address)
    assert (address.host, address.port, address.database) == ("db.example", 6432, "books")
    assert address.django["OPTIONS"] == {"sslmode": "require"}
    assert Address.of(address.conninfo) == address
    with pytest.raises(InvalidInput):
        Address.of("postgresql://[")


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(InvalidInput) as raised:
        check(Address("127.0.0.1", "tieout", "tieout_app", port=1))
    assert raised.value.code == "store.no-server"


def test_the_environment_is_read_in_one_place(tmp_path: Path) -> None:
    said = Environment.of({"TIEOUT_HOME": str(tmp_path), "DATABASE_URL": "postgresql:///x"})
    assert (said.home, said.database_url, said.programs) == (tmp_path, "postgresql:///x", None)
    with pytest.raises(InvalidInput):
        Environment.of({"TIEOUT_OWNER_URL": "postgresql:///x"})
    assert Environment.of({}).home.is_absolute()


@pytest.mark.usefixtures("store")
def test_no_model_differs_from_its_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_function_in_the_database_is_the_one_in_its_file(store: Store) -> None:
    folder = Path(files.__file__).parent.parent
    texts = "\n".join(each.read_text().partition(BACK)[0] for each in folder.glob("*/sql/*.sql"))
    with store.superuser() as plain:
        found = plain.execute(
            "select proname, prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
            "where n.nspname = 'public' and proname not like 'procrastinate%'"
        ).fetchall()
    assert len(found) >= 14
    assert [name for name, source in found if source not in texts] == []


LIBRARIES = ("account_", "auth_", "django_", "mfa_", "procrastinate_", "usersessions_")
"""Tables of sign-in and of waiting jobs. They name persons and ids, and nothing of a tenant."""


def test_every_table_has_a_policy_that_holds_for_its_owner_too(store: Store) -> None:
    with store.superuser() as plain:
        bare = plain.execute(
            "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = 'public' and relkind = 'r' and not "
            "(relrowsecurity and relforcerowsecurity)"
        ).fetchall()
        by_row = plain.execute(
            "select conrelid::regclass::text from pg_constraint where contype = 'f' "
            "and array_length(conkey, 1) = 1 and confrelid not in "
            "('tenancy_organisation'::regclass, 'tenancy_person'::regclass)"
        ).fetchall()
    ours = {name for (name,) in bare if not name.startswith(LIBRARIES)}
    # A person is one sign-in to many organisations; notes last as long as their transaction.
    assert ours == {"tenancy_person", "tieout_noted", "tieout_unproved"}
    ours = {name for (name,) in by_row if not name.startswith(LIBRARIES)}
    assert ours == set(), "a key without the organisation in it does not know row security"
    assert connection.settings_dict["USER"] == "tieout_app"
