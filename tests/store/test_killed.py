"""Server, worker, clerk, backup and database are killed at random: nothing is lost or doubled.

Twenty kills in `make test`, five hundred in `make soak`.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from tests.api.programs import program
from tests.store.actors import FILE_LINES
from tests.store.databases import copied_home
from tests.store.firms import NOW, SEPTEMBER, entry, imported, organisation
from tieout.config import database
from tieout.core.audit import ChainId, verify
from tieout.core.errors import Conflict
from tieout.core.jobs import RunState, Task
from tieout.keeping.restore import verify_backup
from tieout.keeping.site import Site
from tieout.store.audit.chain import events, tail_of
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount, BankLine, FileReading, ReceivedFile
from tieout.store.ledger.models import JournalEntry, Posting
from tieout.store.operations.models import JobRun, OutboxMessage
from tieout.store.postgres.server import APPLICATION, SUPERUSER, EmbeddedServer
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Comment, DecidedRecord, Decision, MatchRun
from tieout.testing.corpus import PROJECT
from tieout.workflows.acting import Caller
from tieout.workflows.ask_run import retry_run
from tieout.workflows.reconcile import set_reconciliation

SEED = 2026
QUIET_SECONDS = 300
KINDS = ("worker", "clerk", "server", "keeper", "database")
ACTORS = ("server", "worker 1", "worker 2", "clerk", "program", "keeper")
OPEN_JOBS = (
    "select count(*) from procrastinate_jobs where status in ('todo', 'doing') "
    "and task_name <> 'watch'"  # a look at a run when it should have ended: long after this test
)


@dataclass
class Campaign:
    """A server of its own, and who works on it."""

    server: EmbeddedServer
    caller: Caller
    acknowledged: Path
    zygote: subprocess.Popen[str]
    chance: random.Random
    reconciliation_id: int
    token: str
    port: int
    number: int = 0
    alive: dict[str, int] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    next: list[str] = field(default_factory=list)

    @property
    def backup(self) -> Path:
        return self.acknowledged.with_name("site.backup")

    def command(self, who: str) -> str:
        """How the zygote is told to start that actor."""
        kind, told, owner = who.split(maxsplit=1)[0], self.acknowledged, self.caller
        return {
            "worker": "worker",
            "server": f"server {self.port}",
            "keeper": f"keeper {self.server.home} {self.backup} {told}",
            "clerk": f"clerk {owner.organisation_id} {owner.member_id} {self.number} {told}",
            "program": f"program {self.port} {self.token} rec_{self.reconciliation_id} "
            f"{self.number} {told}",
        }[kind]

    def start(self, who: str) -> None:
        """An actor, unless it lives."""
        if psutil.pid_exists(self.alive.get(who, 0)):
            return
        self.number += 1000
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(self.command(who) + "\n")
        self.zygote.stdin.flush()
        self.alive[who] = int(self.zygote.stdout.readline())

    def kill(self, who: str) -> None:
        """With -9, as a power cut or the kernel would."""
        self.killed[who.split(maxsplit=1)[0]] += 1
        if who == "database":
            text = (self.server.data / "postmaster.pid").read_text()
            head = psutil.Process(int(text.split(maxsplit=1)[0]))
            victims = [head, *(head.children() if self.chance.random() < 0.5 else [])]
            for each in victims:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            psutil.wait_procs(victims, timeout=10)
            self.server.keep_up()
        else:
            with suppress(psutil.NoSuchProcess):
                victim = psutil.Process(self.alive.pop(who))
                victim.kill()
                psutil.wait_procs([victim], timeout=10)  # the next server wants its port

    def round(self) -> None:
        """All work for a moment, then one is killed; of each kind as many as of the others."""
        for who in ACTORS:
            self.start(who)
        self.wait_for_work()
        time.sleep(self.chance.uniform(0.0, 0.8))
        if not self.next:
            self.next = self.chance.sample(KINDS, len(KINDS))
        who = self.next.pop()
        self.kill(f"worker {self.chance.choice((1, 2))}" if who == "worker" else who)

    def wait_for_work(self) -> None:
        """Until a clerk has done something more, or some seconds: a busy machine is slow."""
        before, until = self.told(), time.monotonic() + 4
        while self.told() == before and time.monotonic() < until:
            time.sleep(0.02)

    def told(self) -> int:
        """How much was acknowledged."""
        return self.acknowledged.stat().st_size if self.acknowledged.exists() else 0

    def end_program(self) -> None:
        """It finishes what it is at, so there must be a server."""
        pid, until = self.alive["program"], time.monotonic() + QUIET_SECONDS
        while psutil.pid_exists(pid):
            self.start("server")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            assert time.monotonic() < until, "the program is never answered"
            time.sleep(0.05)

    def asked_again(self) -> int:
        """Runs that were given up after too many kills, asked for again as a person would."""
        connection.close()
        with tenant(self.caller.organisation_id):
            given_up = JobRun.objects.filter(error_code="job.given-up")
            ids = list(given_up.values_list("id", flat=True))
        for run_id in ids:
            with suppress(Conflict):  # the same waits or went well since
                retry_run(self.caller, run_id=run_id, now=NOW)
                self.given_up += 1
        return len(ids)

    def settle(self) -> None:
        """Nobody begins anything new; workers until nothing is left to do."""
        self.end_program()
        for who in ("clerk", "keeper"):
            if who in self.alive:
                self.kill(who)
        until = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < until:
            for who in ("worker 1", "worker 2"):
                self.start(who)
            with psycopg.connect(self.server.address(SUPERUSER).conninfo) as plain:
                left = plain.execute(OPEN_JOBS).fetchone()
            if left == (0,) and not self.asked_again():
                return
            time.sleep(0.5)
        with psycopg.connect(self.server.address(SUPERUSER).conninfo) as plain:
            jobs = plain.execute(
                "select task_name, status::text, attempts, count(*), min(scheduled_at - now()) "
                "from procrastinate_jobs where status in ('todo', 'doing') group by 1, 2, 3"
            ).fetchall()
            active = plain.execute(
                "select pid, state, wait_event_type, left(query, 120) from pg_stat_activity "
                "where datname = 'tieout' and state is distinct from 'idle'"
            ).fetchall()
        raise AssertionError(f"work is left after {QUIET_SECONDS} s: {jobs} {active}")


@contextmanager
def campaign(template: Path, tmp_path: Path) -> Iterator[Campaign]:
    with copied_home(template, is_safe=True) as home:  # what it acknowledges must outlive it
        server = EmbeddedServer(home)
        server.start()
        application = server.address(APPLICATION)
        earlier = dict(connection.settings_dict)
        database.connect(application)
        environment = os.environ | {
            "DATABASE_URL": application.conninfo, "TIEOUT_HOME": str(tmp_path),
            "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}",
        }  # fmt: skip
        said = (tmp_path / "said").open("w")
        zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.store.actors"], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
        )  # fmt: skip
        made = None
        try:
            caller = organisation()
            imported(caller, SEPTEMBER)
            with tenant(caller.organisation_id):
                entry(caller, "rent", ("bank", -1000), ("rent", 1000))
                bank = BankAccount.objects.get()
            reconciliation_id = set_reconciliation(
                caller, name="current", bank_account_id=bank.pk, account_code="bank", now=NOW
            )
            made = Campaign(
                server, caller, tmp_path / "acknowledged", zygote,
                random.Random(SEED),  # noqa: S311  a seed
                reconciliation_id, program(caller).token, free_port(),
            )  # fmt: skip
            yield made
        finally:
            for pid in made.alive.values() if made else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            zygote.kill()
            zygote.communicate()
            said.close()
            connection.close()
            connection.settings_dict.update(earlier)
            server.stop()


def free_port() -> int:
    """One that nobody listens on now: each server of the campaign takes it again."""
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        port: int = taken.getsockname()[1]
    return port


def acknowledged(made: Campaign, kind: str) -> set[int]:
    words = [each.split() for each in made.acknowledged.read_text().splitlines()]
    return {int(each[1]) for each in words if len(each) == 2 and each[0] == kind}


def check(made: Campaign) -> None:
    """What must hold whatever was killed."""
    connection.close()
    organisation_id = made.caller.organisation_id
    with tenant(organisation_id):
        assert not acknowledged(made, "refused")
        files = acknowledged(made, "file")
        kept = set(ReceivedFile.objects.values_list("id", flat=True))
        readings = Counter(FileReading.objects.values_list("file_id", flat=True))
        assert files <= kept
        assert kept == set(readings), ("every file wholly in", fates(kept - set(readings)))
        assert set(readings.values()) == {1}
        assert BankLine.objects.count() == FILE_LINES * len(kept)
        imports = Counter(
            Event.objects.filter(verb="import_statement").values_list("subject", flat=True)
        )
        assert set(imports.values()) == {1}, "no job doubled"
        states = Counter(JobRun.objects.values_list("state", flat=True))
        assert set(states) == {RunState.SUCCEEDED}, (states, errors())
        subjects = JobRun.objects.filter(task=Task.IMPORT_FILE).values_list("subject", flat=True)
        by_api = ReceivedFile.objects.filter(name__startswith="api-").count()
        own = len(kept) - by_api - 1  # read at once: what programs sent, and the first of all
        assert len(subjects) == len(set(subjects)) == own, "no job lost"
        said = Counter(Comment.objects.values_list("text", flat=True))
        calls = {f"call {each}" for each in acknowledged(made, "call")}
        assert calls == set(said), "every call worked on"
        assert set(said.values()) <= {1}, "and once, however often it was asked"
        assert not OutboxMessage.objects.filter(taken_at__isnull=True).exists()
        entries = {f"e{each}" for each in acknowledged(made, "entry")}
        assert entries <= set(JournalEntry.objects.values_list("entry_id", flat=True))
        decisions = acknowledged(made, "decision")
        assert decisions <= set(Decision.objects.values_list("id", flat=True))
        assert DecidedRecord.objects.count() == 2 * Decision.objects.count()
        last = MatchRun.objects.latest("id")
        assert last.left_count == BankLine.objects.count()
        assert last.right_count == Posting.objects.filter(account__code="bank").count()
        name = ChainId(str(organisation_id))
        assert verify(events(organisation_id), name, (), tail_of(organisation_id)) == ()
    if made.backup.exists():  # whole, as of one instant, whatever was killed meanwhile
        assert verify_backup(Site(made.server.home), made.backup, keys={}).is_sound


def fates(files: set[int]) -> list[object]:
    """What became of the messages and runs of files that were not imported."""
    return [
        (
            list(OutboxMessage.objects.filter(payload__file_id=each).values("id", "taken_at")),
            list(
                JobRun.objects.filter(subject=f"received_file:{each}").values(
                    "id", "state", "attempt", "error_code", "error"
                )
            ),
        )
        for each in sorted(files)
    ]


def errors() -> list[str]:
    return list(JobRun.objects.exclude(error="").values_list("error", flat=True))


def run(template: Path, tmp_path: Path, rounds: int, seconds: float) -> Campaign:
    with campaign(template, tmp_path) as made:
        until = time.monotonic() + seconds
        for done in range(rounds):
            made.round()
            if time.monotonic() > until:
                assert done >= rounds // 4, "this machine is too slow for the campaign"
                break
            if done % 50 == 49:
                made.settle()
                check(made)
        made.settle()
        check(made)
        for kind in ("file", "entry", "decision", "call", "backup"):
            assert acknowledged(made, kind), kind
    return made


@pytest.mark.req("R102")
def test_twenty_kills_lose_nothing(template: Path, tmp_path: Path) -> None:
    assert set(run(template, tmp_path, 20, 120).killed) == set(KINDS)


@pytest.mark.soak
@pytest.mark.req("R102")
def test_five_hundred_kills_lose_nothing(template: Path, tmp_path: Path) -> None:
    made = run(template, tmp_path, 500, 3600)
    assert sum(made.killed.values()) >= 500
