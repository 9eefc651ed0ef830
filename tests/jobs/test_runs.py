"""A run of a task: from the act that causes it to its end, once, whatever happens on the way."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError

from tests.jobs.at_hand import waiting, work_off
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, account, entry, imported, organisation
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.core.jobs import ATTEMPTS_MAX, Counts, RunState, Task
from tieout.formats.common.source import Source
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.operations.leases import HeldElsewhere, Holding, LeaseLost
from tieout.store.operations.models import JobRun, OutboxMessage
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchRun
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.ask_run import ask_run, cancel_run, retry_run
from tieout.workflows.look_at_runs import run_of, runs
from tieout.workflows.progress import report
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import set_reconciliation
from tieout.workflows.run_job import Work, run_job
from tieout.workflows.take_message import take_message


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    earlier, settings.CLOCK = settings.CLOCK, lambda: NOW
    yield
    settings.CLOCK = earlier


def run(caller: Caller, work: Work, run_id: int, at: datetime = NOW) -> RunState | None:
    return run_job(
        {Task.RAISE_ALERTS: work},
        organisation_id=caller.organisation_id,
        run_id=run_id,
        clock=lambda: at,
    )


def asked(caller: Caller) -> int:
    return ask_run(caller, task=Task.RAISE_ALERTS, now=NOW)


def two_records(*_: object) -> Counts:
    return Counts(2, 1, 1)


@pytest.mark.req("R003")
def test_a_file_is_imported_and_reconciled_by_itself(store: Store) -> None:
    caller = organisation()
    with tenant(caller.organisation_id):
        entry(caller, "rent", ("bank", -1000), ("rent", 1000))
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        bank = BankAccount.objects.get()
    work_off(store, caller)  # what came in by hand is known; nothing follows from it yet
    set_reconciliation(
        caller, name="current", bank_account_id=bank.pk, account_code="bank", now=NOW
    )
    later = SEPTEMBER.replace(b"RENT", b"RENT SEPT").replace(b"28C:1/1", b"28C:2/1")
    receive_file(caller, source=Source("more.sta", later), import_after=True, now=NOW)
    done = work_off(store, caller)
    assert done.count("run_job") == 3  # imported, reconciled, looked for alerts
    shown = {each.task: each for each in runs(caller, now=NOW)}
    read = shown["import_file"]
    assert (read.state, read.count_in, read.count_out, read.count_held) == ("succeeded", 3, 3, 0)
    assert read.asked_by == "owner@example.org"
    assert shown["reconcile"].state == "succeeded"
    assert shown["reconcile"].count_in == shown["reconcile"].count_out > 0
    with tenant(caller.organisation_id):
        assert MatchRun.objects.count() == 1
        assert not OutboxMessage.objects.filter(taken_at__isnull=True).exists()
        event = Event.objects.filter(verb="import_statement").latest("sequence")
    assert event.actor == "system"
    assert f'"origin":"job {read.run_id}"'.encode() in bytes(event.body)


def test_a_file_that_nobody_wants_imported_waits(store: Store) -> None:
    caller = organisation()
    receive_file(caller, source=Source("s.sta", SEPTEMBER), now=NOW)
    work_off(store, caller)
    assert runs(caller, now=NOW) == []


def test_a_message_is_taken_once(store: Store) -> None:
    caller = organisation()
    receive_file(caller, source=Source("s.sta", SEPTEMBER), import_after=True, now=NOW)
    with tenant(caller.organisation_id):
        message = OutboxMessage.objects.get(kind="file_received").pk
    org = caller.organisation_id
    first, second = (take_message(org, message_id=message, now=NOW) for _ in range(2))
    assert len(first) == 1
    assert second == ()
    assert len([name for _, name, _ in waiting(store, caller) if name == "run_job"]) == 1


@pytest.mark.req("R099")
def test_what_the_queue_shows_of_an_organisation_is_its_id_and_a_number(store: Store) -> None:
    caller = organisation("Very Secret Ltd")
    receive_file(caller, source=Source("secret.sta", SEPTEMBER), import_after=True, now=NOW)
    asked(caller)
    jobs = waiting(store, caller)
    assert {name for _, name, _ in jobs} == {"take_message", "run_job"}
    for _, _, args in jobs:
        assert args.keys() == {"organisation_id", "number", "at"}
        assert isinstance(args["number"], int)
    with store.application() as plain:
        assert plain.execute("select count(*) from operations_jobrun").fetchone() == (0,)
        assert plain.execute("select count(*) from operations_outboxmessage").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), plain.transaction():
            plain.execute("update operations_jobrun set organisation_id = gen_random_uuid()")


@pytest.mark.usefixtures("store")
def test_another_organisations_row_is_not_taken() -> None:
    one, other = organisation("One"), organisation("Other")
    run_id = asked(one)
    assert run(other, two_records, run_id) is None
    assert run_of(one, run_id=run_id, now=NOW).state is RunState.WAITING
    for verb in (retry_run, cancel_run, run_of):
        with pytest.raises(NotFound):
            verb(other, run_id=run_id, now=NOW)
    assert run(one, two_records, run_id) is RunState.SUCCEEDED


@pytest.mark.usefixtures("store")
def test_a_run_ends_once_and_its_counts_add_up() -> None:
    caller = organisation()
    run_id = asked(caller)
    assert run(caller, two_records, run_id) is RunState.SUCCEEDED
    assert run(caller, two_records, run_id) is None
    shown = run_of(caller, run_id=run_id, now=NOW)
    assert (shown.count_in, shown.count_out, shown.count_held) == (2, 1, 1)
    assert shown.has_ended
    assert not shown.is_late
    with pytest.raises(ValueError, match="3 in"):
        Counts(3, 1, 1)


@pytest.mark.usefixtures("store")
def test_an_error_stands_on_the_run_with_what_to_do() -> None:
    caller = organisation()
    received = receive_file(caller, source=Source("odd.bin", b"\x00\x01"), now=NOW)
    run_id = ask_run(
        caller, task=Task.IMPORT_FILE, arguments={"file_id": received.file_id}, now=NOW
    )

    def refused(*_: object) -> Counts:
        raise InvalidInput("file.unknown-format", "two bytes")

    work = {Task.IMPORT_FILE: refused}
    org = caller.organisation_id
    assert run_job(work, organisation_id=org, run_id=run_id, clock=lambda: NOW) is RunState.FAILED
    shown = run_of(caller, run_id=run_id, now=NOW)
    assert (shown.state, shown.error_code) == (RunState.FAILED, "file.unknown-format")
    assert "two bytes" in shown.error
    assert "--format" in shown.next_step
    retry_run(caller, run_id=run_id, now=NOW)
    assert run_of(caller, run_id=run_id, now=NOW).state is RunState.WAITING


@pytest.mark.usefixtures("store")
def test_a_fault_of_ours_undoes_the_work_and_tells_no_details() -> None:
    caller = organisation()
    run_id = asked(caller)

    def faulty(*_: object) -> Counts:
        account(caller, "half-done")
        raise RuntimeError("amount 123.45 of Mrs Marlowe")

    assert run(caller, faulty, run_id) is RunState.FAILED
    shown = run_of(caller, run_id=run_id, now=NOW)
    assert shown.error_code == "internal.fault"
    assert "RuntimeError" in shown.error
    assert "Marlowe" not in shown.error
    with tenant(caller.organisation_id):
        assert not BankLine.objects.exists()
        from tieout.store.ledger.models import Account  # noqa: PLC0415  beside its one use

        assert not Account.objects.filter(code="half-done").exists()


@pytest.mark.usefixtures("store")
def test_what_the_databases_absence_stopped_is_tried_again() -> None:
    caller = organisation()
    run_id = asked(caller)

    def cut_off(*_: object) -> Counts:
        raise OperationalError

    with pytest.raises(OperationalError):
        run(caller, cut_off, run_id)
    assert run_of(caller, run_id=run_id, now=NOW).state is RunState.RUNNING
    assert run(caller, two_records, run_id) is RunState.SUCCEEDED
    assert run_of(caller, run_id=run_id, now=NOW).attempt == 2


@pytest.mark.usefixtures("store")
def test_a_worker_that_wakes_up_after_another_took_over_writes_nothing() -> None:
    caller = organisation()
    run_id = asked(caller)

    def sleeps(*_: object) -> Counts:
        account(caller, "of the sleeper")
        # Meanwhile another worker takes the run: on a connection of its own.
        with psycopg_connection() as plain:
            plain.execute(
                "select set_config('tieout.organisation', %s, false)", [str(caller.organisation_id)]
            )
            plain.execute(
                "update operations_jobrun set lease = %s, attempt = 2 where id = %s",
                [uuid4(), run_id],
            )
        return Counts(9, 9)

    with pytest.raises(LeaseLost):  # its job goes on: another worker may have died over it
        run(caller, sleeps, run_id)
    shown = run_of(caller, run_id=run_id, now=NOW)
    assert (shown.state, shown.count_in, shown.attempt) == (RunState.RUNNING, 0, 2)
    with tenant(caller.organisation_id):
        from tieout.store.ledger.models import Account  # noqa: PLC0415  beside its one use

        assert not Account.objects.exists()


@pytest.mark.usefixtures("store")
def test_a_slow_worker_that_lives_keeps_its_run() -> None:
    caller = organisation()
    run_id = asked(caller)

    def slow(*_: object) -> Counts:
        with pytest.raises(HeldElsewhere):  # thought dead; its job was given to another worker
            Holding(caller.organisation_id, run_id)
        return Counts(2, 2)

    assert run(caller, slow, run_id) is RunState.SUCCEEDED
    assert run_of(caller, run_id=run_id, now=NOW).attempt == 1
    Holding(caller.organisation_id, run_id).close()


def psycopg_connection() -> psycopg.Connection:
    from django.db import connection  # noqa: PLC0415  its address is known only now

    named = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{key: named[key] for key in keys if key in named}, autocommit=True)


@pytest.mark.usefixtures("store")
def test_what_kills_its_worker_every_time_is_given_up_and_says_so() -> None:
    caller = organisation()
    run_id = asked(caller)

    class Killed(BaseException):
        """Nothing catches it, as nothing catches kill -9."""

    def deadly(*_: object) -> Counts:
        raise Killed

    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(Killed):
            run(caller, deadly, run_id)
    assert run(caller, two_records, run_id) is RunState.FAILED
    shown = run_of(caller, run_id=run_id, now=NOW)
    assert shown.error_code == "job.given-up"
    assert str(ATTEMPTS_MAX) in shown.error
    retry_run(caller, run_id=run_id, now=NOW)
    assert run(caller, two_records, run_id) is RunState.SUCCEEDED


@pytest.mark.req("R052")
@pytest.mark.usefixtures("store")
def test_progress_is_seen_while_the_work_is_not_committed() -> None:
    caller = organisation()
    run_id = asked(caller)
    seen = []

    def steady(_: Caller, __: Mapping[str, object], ___: datetime) -> Counts:
        report("lines", 2000, 10_000)
        with psycopg_connection() as plain:
            plain.execute(
                "select set_config('tieout.organisation', %s, false)", [str(caller.organisation_id)]
            )
            seen.append(
                plain.execute(
                    "select state, step, step_done, step_of from operations_jobrun where id = %s",
                    [run_id],
                ).fetchone()
            )
        return Counts(1, 1)

    assert run(caller, steady, run_id) is RunState.SUCCEEDED
    assert seen == [("running", "lines", 2000, 10_000)]


@pytest.mark.usefixtures("store")
def test_a_run_is_stopped_at_its_next_step_and_undone() -> None:
    caller = organisation()
    run_id = asked(caller)

    def long(*_: object) -> Counts:
        account(caller, "half-done")
        with psycopg_connection() as plain:  # somebody asks, from elsewhere
            plain.execute(
                "select set_config('tieout.organisation', %s, false)", [str(caller.organisation_id)]
            )
            plain.execute("update operations_jobrun set cancel_asked_at = now()")
        report("next")
        raise AssertionError("not reached")

    assert run(caller, long, run_id) is RunState.CANCELLED
    assert run_of(caller, run_id=run_id, now=NOW).state is RunState.CANCELLED
    with tenant(caller.organisation_id):
        from tieout.store.ledger.models import Account  # noqa: PLC0415  beside its one use

        assert not Account.objects.exists()
    with pytest.raises(Conflict, match="cancelled"):
        cancel_run(caller, run_id=run_id, now=NOW)


@pytest.mark.usefixtures("store")
def test_a_waiting_run_is_stopped_at_once_and_asked_for_once() -> None:
    caller = organisation()
    run_id = asked(caller)
    assert asked(caller) == run_id
    cancel_run(caller, run_id=run_id, reason="not today", now=NOW)
    assert run(caller, two_records, run_id) is None
    again = asked(caller)
    assert again != run_id
    with pytest.raises(Conflict, match="waiting already"):
        retry_run(caller, run_id=run_id, now=NOW)


@pytest.mark.usefixtures("store")
def test_who_may_not_do_it_by_hand_may_not_have_it_done() -> None:
    owner = organisation()
    auditor = add_member(owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    run_id = asked(owner)
    with pytest.raises(AccessDenied):
        ask_run(auditor, task=Task.RECONCILE, arguments={"reconciliation_id": 1}, now=NOW)
    for verb in (retry_run, cancel_run):
        with pytest.raises(AccessDenied):
            verb(auditor, run_id=run_id, now=NOW)
    assert run_of(auditor, run_id=run_id, now=NOW).run_id == run_id


@pytest.mark.usefixtures("store")
def test_a_slow_run_shows_while_it_runs() -> None:
    caller = organisation()
    run_id = asked(caller)
    late = []

    def slow(*_: object) -> Counts:
        shown = run_of(caller, run_id=run_id, now=NOW + timedelta(hours=1))
        late.append(shown.is_late)
        return Counts()

    assert run(caller, slow, run_id) is RunState.SUCCEEDED
    assert late == [True]
    with tenant(caller.organisation_id):
        assert JobRun.objects.get().expected_by == NOW + timedelta(minutes=30)
