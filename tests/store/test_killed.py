"""Workers, clerks and the database are killed at random; nothing is lost, halved or doubled.

Twenty and five hundred rounds, both in `make soak`: the twenty pass, and take minutes.
"""

import os
import random
import signal
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

from tests.store.actors import FILE_LINES
from tests.store.databases import copied_home
from tests.store.firms import NOW, SEPTEMBER, entry, imported, organisation
from tieout.config import database
from tieout.core.audit import ChainId, verify
from tieout.core.errors import Conflict
from tieout.core.jobs import RunState, Task
from tieout.store.audit.chain import events, tail_of
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount, BankLine, FileReading, ReceivedFile
from tieout.store.ledger.models import JournalEntry, Posting
from tieout.store.operations.models import JobRun, OutboxMessage
from tieout.store.postgres.server import APPLICATION, SUPERUSER, EmbeddedServer
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import DecidedRecord, Decision, MatchRun
from tieout.testing.corpus import PROJECT
from tieout.workflows.acting import Caller
from tieout.workflows.ask_run import retry_run
from tieout.workflows.reconcile import set_reconciliation

SEED = 2026
QUIET_SECONDS = 300
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
    number: int = 0
    alive: dict[str, int] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    given_up: int = 0

    def start(self, who: str) -> None:
        """An actor, unless it lives."""
        if psutil.pid_exists(self.alive.get(who, 0)):
            return
        self.number += 1000
        command = "worker" if who.startswith("worker") else (
            f"clerk {self.caller.organisation_id} {self.caller.member_id} {self.number} "
            f"{self.acknowledged}"
        )  # fmt: skip
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(command + "\n")
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
            with suppress(ProcessLookupError):
                os.kill(self.alive.pop(who), signal.SIGKILL)

    def round(self) -> None:
        """All work for a moment, then one is killed."""
        for who in ("worker 1", "worker 2", "clerk"):
            self.start(who)
        self.wait_for_work()
        time.sleep(self.chance.uniform(0.0, 0.8))
        self.kill(self.chance.choice(("worker 1", "worker 2", "clerk", "database")))

    def wait_for_work(self) -> None:
        """Until a clerk has done something more, or some seconds: a busy machine is slow."""
        before, until = self.told(), time.monotonic() + 4
        while self.told() == before and time.monotonic() < until:
            time.sleep(0.02)

    def told(self) -> int:
        """How much was acknowledged."""
        return self.acknowledged.stat().st_size if self.acknowledged.exists() else 0

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
        """No more clerks; workers until nothing is left to do."""
        if "clerk" in self.alive:
            self.kill("clerk")
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
            set_reconciliation(
                caller, name="current", bank_account_id=bank.pk, account_code="bank", now=NOW
            )
            seen = tmp_path / "acknowledged"
            made = Campaign(server, caller, seen, zygote, random.Random(SEED))  # noqa: S311  a seed
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


def acknowledged(made: Campaign, kind: str) -> set[int]:
    words = [each.split() for each in made.acknowledged.read_text().splitlines()]
    return {int(each[1]) for each in words if len(each) == 2 and each[0] == kind}


def check(made: Campaign) -> None:
    """What must hold whatever was killed."""
    connection.close()
    organisation_id = made.caller.organisation_id
    with tenant(organisation_id):
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
        assert len(subjects) == len(set(subjects)) == len(kept) - 1, "no job lost"
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
        assert len(acknowledged(made, "file")) >= 3
    return made


@pytest.mark.soak
@pytest.mark.req("R102")
def test_twenty_kills_lose_nothing(template: Path, tmp_path: Path) -> None:
    assert len(run(template, tmp_path, 20, 90).killed) >= 2


@pytest.mark.soak
@pytest.mark.req("R102")
def test_five_hundred_kills_lose_nothing(template: Path, tmp_path: Path) -> None:
    made = run(template, tmp_path, 500, 3600)
    assert sum(made.killed.values()) >= 500
