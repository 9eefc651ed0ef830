"""`tieout run`, as a crontab has it: the same record of a run as a schedule makes."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import connections
from django.forms.models import model_to_dict

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, entry, imported
from tieout.cli.app import app
from tieout.core.access import Role
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.store.banking.models import BankAccount
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.create_person import create_person
from tieout.workflows.reconcile import set_reconciliation
from tieout.workflows.set_schedule import set_schedule

_NUMBERS = count(1)
DAY = timedelta(days=1)


class Roof:
    """What the commands are handed: the store of the tests is open already, the clock is theirs."""

    def now(self) -> datetime:
        return settings.CLOCK()

    def opened(self) -> AbstractContextManager[None]:
        return nullcontext()


def tieout(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), obj=Roof())


@pytest.fixture
def clock() -> Iterator[dict[str, datetime]]:
    at = {"now": NOW}
    earlier, settings.CLOCK = settings.CLOCK, lambda: at["now"]
    yield at
    settings.CLOCK = earlier


@pytest.fixture
def firm(store: Store, clock: dict[str, datetime]) -> tuple[str, str, Caller, int]:
    """An organisation's name, its owner's address, its owner, and a reconciliation."""
    assert clock
    number = next(_NUMBERS)
    name, email = f"Cron {number}", f"cron{number}@example.org"
    person = create_person(email=email, password="four unusual 7 words", name="", now=NOW)  # noqa: S106  of a test
    caller = create_organisation(
        name=name, owner_email=email, person_id=person, origin="test", now=NOW
    )
    with tenant(caller.organisation_id):
        entry(caller, "rent", ("bank", -1000), ("rent", 1000))
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        bank = BankAccount.objects.get().pk
    made = set_reconciliation(
        caller, name="current", bank_account_id=bank, account_code="bank", now=NOW
    )
    work_off(store, caller)
    return name, email, caller, made


def runs_of(organisation: UUID) -> list[dict[str, object]]:
    """Every run of the reconciliation, all its columns but those that are its own."""
    with tenant(organisation):
        rows = JobRun.objects.filter(task=Task.RECONCILE).order_by("id")
        kept = [model_to_dict(each) for each in rows]
    for each in kept:
        assert each.pop("id")
        each.pop("lease")
    return kept


@pytest.mark.req("R086")
def test_cron_and_schedule_make_the_same_record_of_a_run(
    store: Store, clock: dict[str, datetime], firm: tuple[str, str, Caller, int]
) -> None:
    name, email, caller, made = firm
    before = len(runs_of(caller.organisation_id))
    set_schedule(
        caller, task=Task.RECONCILE, arguments={"reconciliation_id": made}, every=Every.DAILY,
        now=NOW,
    )  # fmt: skip
    clock["now"] = NOW + DAY
    work_off(store, caller, until=clock["now"])
    line = ("run", "reconcile", "--organisation", name, "--reconciliation", made)
    asked = tieout(*line, "--json")
    assert asked.exit_code == 0, asked.output
    assert json.loads(asked.stdout)["state"] == "waiting"
    work_off(store, caller)
    assert tieout(*line, "--as", email).exit_code == 0
    work_off(store, caller)
    scheduled, by_cron, by_member = runs_of(caller.organisation_id)[before:]
    assert scheduled["state"] == "succeeded"
    assert scheduled["count_in"] == 4
    assert by_cron == scheduled
    assert by_member.pop("asked_by") == caller.member_id
    assert scheduled.pop("asked_by") is None
    assert by_member == scheduled


@pytest.mark.req("R086")
def test_who_waits_learns_how_it_ended(store: Store, firm: tuple[str, str, Caller, int]) -> None:
    name, _, caller, made = firm
    line = ("run", "reconcile", "--organisation", name, "--reconciliation", made, "--wait")

    def worker() -> None:
        time.sleep(1)
        work_off(store, caller)
        connections.close_all()

    other = threading.Thread(target=worker)
    other.start()
    done = tieout(*line)
    other.join()
    assert done.exit_code == 0, done.output
    assert "succeeded; 4 in, 4 out, 0 held" in " ".join(done.output.split())
    alone = tieout(*line, "--at-most", 0)
    assert alone.exit_code == 2, alone.output


@pytest.mark.req("R086")
def test_what_cannot_be_asked_for_is_said(firm: tuple[str, str, Caller, int]) -> None:
    name, _, caller, made = firm
    person = create_person(
        email=f"book{made}@example.org",
        password="four unusual 7 words",  # noqa: S106  of a test
        name="",
        now=NOW,
    )
    add_member(
        caller, email=f"book{made}@example.org", role=Role.AUDITOR, person_id=person, now=NOW
    )
    line = ("run", "reconcile", "--organisation", name)
    assert tieout(*line, "--reconciliation", 10**12).exit_code == 2
    assert tieout(*line).exit_code == 2
    refused = tieout(*line, "--reconciliation", made, "--as", f"book{made}@example.org")
    assert refused.exit_code == 2
    assert "access.denied" in refused.output
    assert tieout("run", "import_file", "--organisation", name).exit_code == 2
