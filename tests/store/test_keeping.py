"""A backup is of one instant, comes back elsewhere the same, and is whole or absent."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory

import tieout
from tests.store.databases import Store, home_folder
from tests.store.firms import KEY, NOW, firm, organisation
from tests.store.ledgers import Closing, files_of
from tieout.config.database import connect
from tieout.core.access import Role
from tieout.core.errors import Conflict, InvalidInput
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.keeping.backup import MANIFEST, take_backup
from tieout.keeping.facts import facts_of
from tieout.keeping.restore import restore_backup, verify_backup
from tieout.keeping.site import Site
from tieout.signatures import key_id, public_key_of
from tieout.signatures.keys import KeyStore
from tieout.store.audit.models import Event
from tieout.store.closing.models import CauseItem, Certification, Contribution, Explained
from tieout.store.postgres.binaries import find_programs
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Evidence
from tieout.testing.books import Shape, planted_books, write_books
from tieout.workflows.add_member import add_member
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.create_person import create_person
from tieout.workflows.import_statement import source_of
from tieout.workflows.sign_head import sign_heads
from tieout.workflows.take_snapshot import folder_of
from tieout.workflows.verify_audit import verify_audit

PASSWORD = "plum-kettle-orbit-74-fern"  # noqa: S105  invented
PUBLIC = public_key_of(KEY)
KEYS = {key_id(PUBLIC): PUBLIC}

PERSONS = "select email, password from tenancy_person order by 1"
GUARDED = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and relkind = 'r' and relrowsecurity and relforcerowsecurity
"""


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store.server.home, is_safe=False)


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    with home_folder() as home:
        yield Site(home, is_safe=False)


def test_everything_is_lost_and_comes_back_on_another_machine(
    store: Store, site: Site, elsewhere: Site, tmp_path: Path
) -> None:
    caller = firm("Keeping")
    store_of_keys = KeyStore(site.home)
    sign_heads(key=store_of_keys.signing(NOW), origin="test", now=NOW)
    (site.home / "secret.key").write_text("what signs sessions")
    with store.superuser() as plain:
        before = facts_of(plain)
    out = tmp_path / "site.backup"
    take_backup(site, out, now=NOW)
    assert out.stat().st_mode & 0o077 == 0

    restored = restore_backup(elsewhere, out, replaces=False, keys=KEYS, now=NOW)

    assert restored.kept_aside is None
    chain = restored.chains[str(caller.organisation_id)]
    assert chain.is_sound
    assert chain.head_count == 2
    assert KeyStore(elsewhere.home).public_keys() == store_of_keys.public_keys()
    assert (elsewhere.home / "secret.key").read_text() == "what signs sessions"
    assert (elsewhere.home / "secret.key").stat().st_mode & 0o077 == 0
    with elsewhere.all_seeing() as address, psycopg.connect(address.conninfo) as plain:
        after = facts_of(plain)
        rows = plain.execute(PERSONS).fetchall()
        owned = plain.execute(
            "select distinct tableowner from pg_tables where schemaname = 'public'"
        ).fetchall()
        guarded = plain.execute(GUARDED).fetchone()
    with store.superuser() as plain:
        assert rows == plain.execute(PERSONS).fetchall()
        assert guarded == plain.execute(GUARDED).fetchone()
    assert before.differences(after) == []
    assert owned == [(OWNER,)]
    assert before.balance_count > 0


def test_books_explained_and_certified_come_back_with_their_files_evidence_and_sign_in(
    site: Site, elsewhere: Site, tmp_path: Path
) -> None:
    folder = write_books(planted_books(5, Shape(documents=8)).books(), tmp_path / "books")
    desk = Closing(files_of(folder), "Closing")
    create_person(email="anna@closing.example", password=PASSWORD, name="Anna", now=NOW)
    desk.allow(unexplained_minor=10**12)
    desk.sign(1)
    with tenant(desk.owner.organisation_id):
        largest = CauseItem.objects.order_by("rank")[0].case_id
        signed = Certification.objects.latest("id").pk
    for kind, number in ((SubjectKind.CASE, largest), (SubjectKind.CERTIFICATION, signed)):
        about = Subject(kind, number)
        proof = Source("proof.pdf", f"signed by {kind}".encode())
        attach_evidence(desk.owner, subject=about, source=proof, now=NOW)
    before = told(desk)
    assert len(before.explained) > 20
    assert before.evidence == [b"signed by case", b"signed by certification"]
    assert before.may_sign_in == (True, False)
    take_backup(site, tmp_path / "site.backup", now=NOW)

    restored = restore_backup(
        elsewhere, tmp_path / "site.backup", replaces=False, keys=KEYS, now=NOW
    )

    assert restored.chains[str(desk.owner.organisation_id)].is_sound
    with opened_instead(elsewhere):
        assert told(desk) == before
        assert verify_audit(desk.owner, keys=KEYS, now=NOW).is_sound
        desk.allow(due_days=3)  # work goes on
    assert told(desk) == before, "and the first home knows nothing of it"


@dataclass(frozen=True)
class Told:
    """What is kept of explained books, as people get to see it."""

    explained: list[tuple[object, ...]]
    again: object
    """The files explained once more, by themselves."""
    steps: list[tuple[str, str, int]]
    evidence: list[bytes]
    head: tuple[int, bytes]
    may_sign_in: tuple[bool, ...]


def told(desk: Closing) -> Told:
    request = RequestFactory().post("/")
    with tenant(desk.owner.organisation_id):
        run = Explained.objects.latest("id")
        rows = Contribution.objects.filter(run=run).order_by("id").values_list(
            "ledger", "period", "cause", "account", "currency", "amount_minor"
        )  # fmt: skip
        with folder_of(run.snapshot) as (folder, _):
            made = tieout.explain(folder)
        evidence = []
        for each in Evidence.objects.order_by("id"):
            with source_of(each.file) as source:
                evidence.append(source.data(1000))
        steps = Certification.objects.order_by("id").values_list("ledger", "step", "period")
        last = Event.objects.latest("sequence")
        return Told(
            list(rows),
            [each.explanation.by_cause() for each in made.ledgers],
            list(steps),
            evidence,
            (last.sequence, bytes(last.hash)),
            tuple(
                authenticate(request, email="anna@closing.example", password=each) is not None
                for each in (PASSWORD, "another-kettle-74-fern")
            ),
        )


@contextmanager
def opened_instead(site: Site) -> Iterator[None]:
    """Django on another home's server, as the application is."""
    earlier = dict(connection.settings_dict)
    server = site.server()
    server.start()
    connect(server.address(APPLICATION))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(earlier)
        server.stop()


def test_a_home_that_holds_something_is_refused_or_kept_aside(
    site: Site, elsewhere: Site, tmp_path: Path
) -> None:
    organisation("Aside")
    out = tmp_path / "site.backup"
    take_backup(site, out, now=NOW)
    elsewhere.home.mkdir()
    (elsewhere.home / "secret.key").write_text("mine")
    with pytest.raises(Conflict) as raised:
        restore_backup(elsewhere, out, replaces=False, keys=KEYS, now=NOW)
    assert raised.value.code == "restore.not-empty"
    restored = restore_backup(elsewhere, out, replaces=True, keys=KEYS, now=NOW)
    assert restored.kept_aside is not None
    assert (restored.kept_aside / "secret.key").read_text() == "mine"
    assert elsewhere.is_set_up
    with pytest.raises(Conflict) as raised:
        restore_backup(site, out, replaces=True, keys=KEYS, now=NOW)
    assert "at work" in str(raised.value), "somebody uses the home of the test's own server"


def test_a_backup_taken_while_work_goes_on_is_of_one_instant(site: Site, tmp_path: Path) -> None:
    caller = organisation("Busy")
    stop = threading.Event()

    def work() -> None:
        number = 0
        from django.db import connection  # noqa: PLC0415  each thread has its own

        while not stop.is_set():
            number += 1
            add_member(caller, email=f"m{number}@example.org", role=Role.BOOKKEEPER, now=NOW)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        take_backup(site, tmp_path / "busy.backup", now=NOW)
    finally:
        stop.set()
        worker.join()
    restored = verify_backup(site, tmp_path / "busy.backup", keys=KEYS)
    chain = restored.chains[str(caller.organisation_id)]
    assert chain.is_sound
    assert chain.event_count == restored.manifest.facts.chains[str(caller.organisation_id)][0]


def test_a_chain_that_was_tampered_with_before_the_backup_is_named_after_it(
    store: Store, site: Site, tmp_path: Path
) -> None:
    caller = organisation("Tampered")
    add_member(caller, email="m@example.org", role=Role.BOOKKEEPER, now=NOW)
    with store.superuser() as plain:
        plain.execute("alter table audit_event disable trigger all")
        plain.execute(
            "update audit_event set body = body || ' ' where sequence = 1 and organisation_id = %s",
            [caller.organisation_id],
        )
        plain.execute("alter table audit_event enable trigger all")
    take_backup(site, tmp_path / "site.backup", now=NOW)
    restored = verify_backup(site, tmp_path / "site.backup", keys=KEYS)
    assert not restored.is_sound
    found = restored.chains[str(caller.organisation_id)].findings
    assert [(each.kind, each.sequence) for each in found] == [("altered", 1)]


def test_a_backup_that_is_not_whole_is_refused(site: Site, tmp_path: Path) -> None:
    organisation("Whole")
    out = tmp_path / "site.backup"
    take_backup(site, out, now=NOW)
    data = out.read_bytes()
    cut, changed, altered = (tmp_path / name for name in ("cut", "changed", "altered"))
    cut.write_bytes(data[: len(data) // 2])
    changed.write_bytes(data[:2000] + bytes([data[2000] ^ 1]) + data[2001:])
    with zipfile.ZipFile(out) as archive, zipfile.ZipFile(altered, "w") as forged:
        for name in archive.namelist():
            content = archive.read(name)
            if name == MANIFEST:
                said = json.loads(content)
                said["facts"]["rows"]["audit_event"] += 1
                content = json.dumps(said).encode()
            forged.writestr(name, content)
    for path in (cut, changed, tmp_path / "none"):
        with pytest.raises(Exception, match=r"backup.not-usable|file.not-found"):
            verify_backup(site, path, keys={})
    with pytest.raises(Exception, match="rows became"):
        verify_backup(site, altered, keys={})


CUT = """#!/bin/sh
"{real}" "$@" | head -c 20000
echo the disk is full >&2
exit 1
"""


@pytest.fixture
def cutting(site: Site, tmp_path: Path) -> Site:
    """The site with a pg_dump that stops halfway and says so as it ends."""
    programs = tmp_path / "bin"
    programs.mkdir()
    real = find_programs(site.programs)
    for each in real.iterdir():
        (programs / each.name).symlink_to(each)
    (programs / "pg_dump").unlink()
    (programs / "pg_dump").write_text(CUT.format(real=real / "pg_dump"))
    (programs / "pg_dump").chmod(0o755)
    return replace(site, programs=programs)


@pytest.fixture(params=["heard", "ignored"])
def children(request: pytest.FixtureRequest) -> Iterator[str]:
    """How programs end is heard; or ignored, as some that start us would have it."""
    earlier = signal.getsignal(signal.SIGCHLD)
    if request.param == "ignored":
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    yield request.param
    signal.signal(signal.SIGCHLD, earlier)


def test_a_dump_that_is_cut_short_is_no_backup(
    cutting: Site, children: str, tmp_path: Path
) -> None:
    organisation(f"Cut {children}")
    out = tmp_path / "site.backup"
    with pytest.raises(InvalidInput, match="the disk is full"):
        take_backup(cutting, out, now=NOW)
    assert not out.exists()
    assert signal.getsignal(signal.SIGCHLD) == (
        signal.SIG_IGN if children == "ignored" else signal.SIG_DFL
    )


def test_where_nobody_can_hear_how_the_dump_ended_there_is_no_backup(
    site: Site, tmp_path: Path
) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with ThreadPoolExecutor(1) as pool, pytest.raises(InvalidInput, match="SIGCHLD"):
            pool.submit(take_backup, site, tmp_path / "site.backup", now=NOW).result()
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


TAKE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.keeping.backup import take_backup
from tieout.keeping.site import Site
print("ready", flush=True)
site = Site(Path(sys.argv[1]), is_safe=False)
take_backup(site, Path(sys.argv[2]), now=datetime(2026, 11, 22, tzinfo=UTC))
print("done", flush=True)
"""


def test_a_backup_killed_at_any_moment_leaves_the_earlier_one_whole(
    site: Site, tmp_path: Path
) -> None:
    organisation("Killed")
    out = tmp_path / "site.backup"
    chance = random.Random(20261122)  # noqa: S311  moments, not secrets
    begun = time.monotonic()
    take_backup(site, out, now=NOW)
    usual = time.monotonic() - begun
    with zipfile.ZipFile(out) as archive:
        whole = sorted(archive.namelist())
    killed = 0
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", TAKE, str(site.home), str(out)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.1, 1.0) * usual)
        os.kill(process.pid, signal.SIGKILL)
        if process.communicate()[0] == "":
            killed += 1
        else:  # it was quicker than the one that was timed: the next is killed sooner
            usual /= 2
        assert verify_names(tmp_path) == ["site.backup"]
        with zipfile.ZipFile(out) as archive:  # the earlier one, or a later one to its end
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == whole
    assert killed > 0
    take_backup(site, out, now=NOW)
    assert list(tmp_path.iterdir()) == [out], "what killed ones left behind is gone"


def verify_names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if not each.name.endswith(".part")]


def test_a_database_of_ones_own_is_backed_up_and_restored(store: Store, tmp_path: Path) -> None:
    organisation("Own")
    own = Site(
        tmp_path / "home",
        database_url=store.address("tieout_app").conninfo,
        owner_url=store.address(OWNER).conninfo,
        backup_url=store.address(SUPERUSER).conninfo,
    )
    out = tmp_path / "own.backup"
    manifest = take_backup(own, out, now=NOW)
    with pytest.raises(Conflict):
        restore_backup(own, out, replaces=False, keys=KEYS, now=NOW)
    with store.superuser() as plain:
        plain.execute("create database tieout_restored owner tieout_owner")
    empty = Site(
        tmp_path / "home",
        database_url=store.address("tieout_app").to("tieout_restored").conninfo,
        owner_url=store.address(OWNER).to("tieout_restored").conninfo,
        backup_url=store.address(SUPERUSER).to("tieout_restored").conninfo,
    )
    restored = restore_backup(empty, out, replaces=False, keys=KEYS, now=NOW)
    assert restored.chains.keys() == manifest.facts.chains.keys()
    with store.superuser() as plain:
        plain.execute("drop database tieout_restored")
    bare = Site(tmp_path / "home", database_url="postgresql:///x")
    with pytest.raises(InvalidInput, match="TIEOUT_BACKUP_URL"):
        take_backup(bare, out, now=NOW)
