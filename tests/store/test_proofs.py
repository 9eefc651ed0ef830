"""What must hold when a transaction ends, holds, whatever wrote the rows."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from psycopg import errors

from tests.store.databases import Store
from tests.store.firms import (
    NOW,
    SEPTEMBER,
    a_run,
    account,
    confirm,
    entry,
    firm,
    imported,
    organisation,
    sign,
)
from tieout.core.access import Role
from tieout.store.banking.models import BankAccount, BankLine, BankStatement, FilePart, ReceivedFile
from tieout.store.ledger.models import JournalEntry, Posting
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import (
    Decision,
    MatchGroup,
    MatchRun,
    Reconciliation,
    RunRecord,
    SignOff,
)
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member

pytestmark = pytest.mark.usefixtures("store")


def constraint_of(error: IntegrityError) -> str | None:
    assert isinstance(error.__cause__, errors.Error)
    return error.__cause__.diag.constraint_name


def test_an_unbalanced_entry_is_refused_when_the_transaction_ends() -> None:
    caller = organisation()
    with pytest.raises(IntegrityError, match=r"is out by 0.01 EUR") as raised:
        with tenant(caller.organisation_id):
            entry(caller, "one", ("bank", 1000), ("rent", -999))
    assert constraint_of(raised.value) == "ledger_journalentry_balanced"


def test_an_entry_without_postings_is_refused() -> None:
    caller = organisation()
    with pytest.raises(IntegrityError, match="has no postings"), tenant(caller.organisation_id):
        entry(caller, "empty")


def test_a_balanced_entry_is_not_unbalanced_later() -> None:
    caller = organisation()
    with tenant(caller.organisation_id):
        made = entry(caller, "one", ("bank", 1000), ("rent", -1000))[0]
    with pytest.raises(IntegrityError, match="out by"), tenant(caller.organisation_id):
        made.pk, made.position = None, 3
        made.save(force_insert=True)


def test_changing_the_organisation_before_the_commit_does_not_hide_an_unbalanced_entry() -> None:
    caller, other = organisation("Marlowe"), organisation("Timberline")
    with pytest.raises(IntegrityError, match="out by"), tenant(caller.organisation_id):
        entry(caller, "one", ("bank", 1000), ("rent", -999))
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('tieout.organisation', %s, true)", [str(other.organisation_id)]
            )


def test_finer_counts_of_one_currency_balance_exactly() -> None:
    caller = organisation()
    for finer, fits in ((-10_000, True), (-10_001, False)):
        name = f"fuel {finer}"
        try:
            with tenant(caller.organisation_id):
                [first] = entry(caller, name, ("bank", 100))
                first.pk, first.position, first.weight_exponent = None, 2, 4
                first.weight_minor, first.amount_minor = finer, -finer
                first.save(force_insert=True)
        except IntegrityError:
            assert not fits
        else:
            assert fits


@pytest.mark.parametrize(
    "change", [{"amount_minor": -5}, {"direction": "left"}, {"exponent": 19}], ids=str
)
def test_a_posting_that_no_posting_can_be_is_refused(change: dict[str, object]) -> None:
    caller = organisation()
    with pytest.raises(IntegrityError), tenant(caller.organisation_id):
        made = entry(caller, "one", ("bank", 5), ("rent", -5))[0]
        made.pk, made.position = None, 3
        for name, value in change.items():
            setattr(made, name, value)
        made.save(force_insert=True)


def test_a_posting_is_of_an_entry_and_an_account_that_are_there_and_of_its_organisation() -> None:
    caller, other = organisation("Marlowe"), organisation("Timberline")
    with tenant(other.organisation_id):
        theirs = entry(other, "theirs", ("bank", 5), ("rent", -5))[0]
    with tenant(caller.organisation_id):
        mine = entry(caller, "mine", ("bank", 5), ("rent", -5))[0]
    for named in ({"entry_id": theirs.entry_id}, {"account_id": theirs.account_id}):
        with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
            postings = entry(caller, "pair", ("bank", 0), ("rent", 0))
            postings[0].pk, postings[0].position = None, 9
            for name, foreign in named.items():
                setattr(postings[0], name, foreign)
            postings[0].save(force_insert=True)
        assert constraint_of(raised.value) == f"ledger_posting_{next(iter(named))[:-3]}_key"
    with tenant(caller.organisation_id):
        assert list(Posting.objects.filter(entry__entry_id="mine", position=1)) == [mine]


def test_a_posting_counts_on_its_own_day_or_its_entrys() -> None:
    caller = organisation()
    for posted_on, booked_on, fits in (
        (None, date(2026, 9, 2), True),
        (date(2026, 9, 5), date(2026, 9, 5), True),
        (date(2026, 9, 5), date(2026, 9, 2), False),
        (None, date(2026, 9, 5), False),
        (None, None, False),
    ):
        try:
            with tenant(caller.organisation_id):
                one = entry(caller, f"{posted_on} {booked_on}", ("bank", 0), ("rent", 0))[0]
                one.pk, one.position = None, 3
                one.posted_on, one.booked_on = posted_on, booked_on
                one.save(force_insert=True)
        except IntegrityError as error:
            assert (fits, constraint_of(error)) == (False, "ledger_posting_day")
        else:
            assert fits


def test_a_file_is_there_wholly_or_not_at_all() -> None:
    caller = organisation()
    with pytest.raises(IntegrityError, match="states 5 bytes, its parts hold 4"):
        with tenant(caller.organisation_id):
            file = a_file(caller)
            FilePart.objects.create(
                organisation_id=caller.organisation_id, file=file, number=1, content=b"four"
            )
    with pytest.raises(IntegrityError, match="states 5 bytes, its parts hold 0"):
        with tenant(caller.organisation_id):
            a_file(caller)


def a_file(caller: Caller) -> ReceivedFile:
    return ReceivedFile.objects.create(
        organisation_id=caller.organisation_id,
        name="x",
        sha256=bytes(32),
        size=5,
        received_at=NOW,
        received_by_id=caller.member_id,
    )


def test_nothing_is_added_to_a_statement_or_a_file_afterwards() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    with pytest.raises(IntegrityError, match="states 3 lines"), tenant(caller.organisation_id):
        line = BankLine.objects.order_by("position").first()
        assert line is not None
        line.pk, line.position = None, 4
        line.save(force_insert=True)
    with pytest.raises(IntegrityError, match="its parts hold"), tenant(caller.organisation_id):
        FilePart.objects.create(
            organisation_id=caller.organisation_id,
            file=ReceivedFile.objects.get(),
            number=2,
            content=b"more",
        )


def test_the_database_says_itself_whether_a_statement_ties() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    imported(caller, SEPTEMBER.replace(b"EUR114,25", b"EUR114,26"), "other.sta")
    with tenant(caller.organisation_id):
        ties = BankStatement.objects.order_by("id").values_list("ties", flat=True)
        assert list(ties) == [True, False]


def test_a_run_that_loses_a_record_is_refused() -> None:
    caller = firm()
    with tenant(caller.organisation_id):
        reconciliation = Reconciliation.objects.get()
        lines = list(BankLine.objects.order_by("position"))
        posting = Posting.objects.filter(account__code="bank").get()
    with pytest.raises(IntegrityError, match=r"states 3 and 1 records") as raised:
        with tenant(caller.organisation_id):
            run = a_run(caller, reconciliation, lines[:2], [posting])
            again = MatchRun.objects.get(pk=run.pk)
            again.pk, again.left_count = None, 3
            again.save(force_insert=True)
    assert constraint_of(raised.value) == "reconciliation_matchrun_accounted"


@pytest.mark.parametrize("what", ["run", "line", "posting", "group"])
def test_a_record_of_a_run_names_what_is_there_in_its_organisation(what: str) -> None:
    caller, other = firm(), firm("Timberline")
    side = "right" if what == "posting" else "left"
    with tenant(other.organisation_id):
        theirs = getattr(RunRecord.objects.filter(group__isnull=False, side=side).get(), what).pk
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        lines = list(BankLine.objects.order_by("position"))
        posting = Posting.objects.filter(account__code="bank").get()
        run = a_run(caller, Reconciliation.objects.get(), lines[:1], [posting])
        record = RunRecord.objects.get(run=run, side=side)
        record.pk = None
        if what in {"run", "group"}:
            record.line = lines[1]
        setattr(record, f"{what}_id", theirs)
        record.save(force_insert=True)
    assert constraint_of(raised.value) == f"reconciliation_runrecord_{what}_key"


def test_a_record_of_a_run_is_in_a_group_of_that_run() -> None:
    caller = firm()
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        earlier = MatchGroup.objects.get()
        lines = list(BankLine.objects.order_by("position"))
        posting = Posting.objects.filter(account__code="bank").get()
        run = a_run(caller, Reconciliation.objects.get(), lines[:1], [posting])
        record = RunRecord.objects.get(run=run, side="left")
        record.pk, record.line, record.group = None, lines[1], earlier
        record.save(force_insert=True)
    assert constraint_of(raised.value) == "reconciliation_runrecord_group_key"


def test_a_record_is_consumed_once_in_a_run() -> None:
    caller = firm()
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        record = RunRecord.objects.filter(line__isnull=False).first()
        assert record is not None
        record.pk = None
        record.save(force_insert=True)
    assert constraint_of(raised.value) == "reconciliation_runrecord_line"


def test_a_group_leaves_exactly_its_residual() -> None:
    caller = firm()
    with (
        pytest.raises(IntegrityError, match=r"leaves nothing, not 5"),
        tenant(caller.organisation_id),
    ):
        lines = list(BankLine.objects.order_by("position"))
        posting = Posting.objects.filter(account__code="bank").get()
        run = a_run(caller, Reconciliation.objects.get(), lines[:1], [posting])
        group = MatchGroup.objects.get(run=run)
        group.pk, group.name, group.residual_minor, group.residual_cause = None, "2", 5, "fee"
        group.save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


def test_a_residual_has_a_cause_and_an_unmatched_record_a_reason() -> None:
    caller = firm()
    with pytest.raises(IntegrityError, match="cause"), tenant(caller.organisation_id):
        group = MatchGroup.objects.get()
        group.pk, group.name, group.residual_minor = None, "2", 5
        group.save(force_insert=True)
    with pytest.raises(IntegrityError, match="placed"), tenant(caller.organisation_id):
        record = RunRecord.objects.filter(group__isnull=True).first()
        assert record is not None
        record.pk, record.reason = None, ""
        record.save(force_insert=True)


def test_two_confirmations_in_force_never_hold_one_record() -> None:
    caller = firm()
    with tenant(caller.organisation_id):
        reconciliation = Reconciliation.objects.get()
        line = BankLine.objects.order_by("position")[0]
        posting = Posting.objects.filter(account__code="bank").get()
        first = Decision.objects.get()
    with pytest.raises(IntegrityError, match="is in 2 confirmations") as raised:
        with tenant(caller.organisation_id):
            confirm(caller, reconciliation, None, line, posting)
    assert constraint_of(raised.value) == "reconciliation_decision_exclusive"
    with tenant(caller.organisation_id):
        undo(caller, first)
        confirm(caller, reconciliation, None, line, posting)
    with pytest.raises(IntegrityError, match="undoes"), tenant(caller.organisation_id):
        undo(caller, first)


def undo(caller: Caller, decision: Decision) -> None:
    Decision.objects.create(
        organisation_id=caller.organisation_id,
        reconciliation_id=decision.reconciliation_id,
        verdict="undo",
        undoes=decision,
        decided_by_id=caller.member_id,
        decided_at=NOW,
    )


def test_two_people_who_decide_at_once_wait_for_each_other(store: Store) -> None:
    caller = firm()
    with tenant(caller.organisation_id):
        reconciliation = Reconciliation.objects.get()
        undo(caller, Decision.objects.get())
        line = BankLine.objects.order_by("position")[0]
        posting = Posting.objects.filter(account__code="bank").get()
    insert = """
        with d as (insert into reconciliation_decision (organisation_id, reconciliation_id, verdict,
          decided_by_id, decided_at, reason) values (%(o)s, %(r)s, 'confirm', %(m)s, now(), '')
          returning id)
        insert into reconciliation_decidedrecord (organisation_id, decision_id, side, line_id,
          amount_minor) select %(o)s, id, 'left', %(l)s, -1000 from d"""
    values = {
        "o": caller.organisation_id, "r": reconciliation.pk, "m": caller.member_id, "l": line.pk
    }  # fmt: skip
    setting = "select set_config('tieout.organisation', %s, true)"
    with store.application() as one:
        one.execute(setting, [str(caller.organisation_id)])
        one.execute(insert, values)
        with tenant(caller.organisation_id):
            confirm(caller, reconciliation, None, line, posting)
        with pytest.raises(errors.UniqueViolation, match="2 confirmations"):
            one.commit()


def test_a_review_needs_a_preparation_by_somebody_else() -> None:
    caller = firm()
    colleague = add_member(caller, email="c@example.org", role=Role.ACCOUNTANT, now=NOW)
    with tenant(caller.organisation_id):
        lines = list(BankLine.objects.order_by("position"))
        run = a_run(
            caller,
            Reconciliation.objects.get(),
            lines[:1],
            [Posting.objects.filter(account__code="bank").get()],
        )
    for steps, refused in (
        ([("reviewed", colleague.member_id)], True),
        ([("prepared", caller.member_id), ("reviewed", caller.member_id)], True),
        ([("prepared", caller.member_id), ("reviewed", colleague.member_id)], False),
    ):
        try:
            with tenant(caller.organisation_id):
                for step, member_id in steps:
                    sign(caller, run, step, member_id, date(2026, 10, 31))
        except IntegrityError as error:
            assert constraint_of(error) == "reconciliation_signoff_four_eyes"
            assert refused
        else:
            assert not refused


def test_an_entry_id_of_a_source_and_an_account_code_are_used_once() -> None:
    caller = organisation()
    with tenant(caller.organisation_id):
        entry(caller, "one", ("bank", 5), ("rent", -5))
    with pytest.raises(IntegrityError, match="once"), tenant(caller.organisation_id):
        entry(caller, "one", ("bank", 5), ("rent", -5))
    with pytest.raises(IntegrityError, match="once"), tenant(caller.organisation_id):
        made = account(caller, "bank")
        made.pk = None
        made.save(force_insert=True)


def test_the_tables_hold_what_the_tests_think_they_hold() -> None:
    caller = firm()
    with tenant(caller.organisation_id):
        assert BankAccount.objects.get().counted_in().code == "EUR"
        assert JournalEntry.objects.count() == 1
        assert set(SignOff.objects.values_list("cut_off_on", flat=True)) == {
            date(2026, 8, 31),
            date(2026, 9, 30),
        }


def refused_line(caller: Caller, **changed: object) -> str | None:
    """What refuses a statement of one line, its sums as they should be, with that line changed."""
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        statement = BankStatement.objects.order_by("id")[0]
        line = BankLine.objects.filter(statement=statement).order_by("position")[0]
        signed = line.amount_minor if line.direction == "credit" else -line.amount_minor
        statement.pk, statement.line_count, statement.booked_minor = None, 1, signed
        statement.repeated_count = 1 if changed.get("repeats_id") else 0
        statement.save(force_insert=True)
        line.pk, line.position, line.statement = None, 1, statement
        for name, value in changed.items():
            setattr(line, name, value)
        line.save(force_insert=True)
    return constraint_of(raised.value)


def another_account(caller: Caller) -> BankAccount:
    with tenant(caller.organisation_id):
        return BankAccount.objects.create(
            organisation_id=caller.organisation_id, number="other", currency="EUR", exponent=2
        )


def test_a_line_is_of_its_statements_account() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    other = another_account(caller)
    assert refused_line(caller, account_id=other.pk) == "banking_bankline_statement_key"


def test_one_line_of_another_account_among_many_is_refused() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    other = another_account(caller)
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        lines = list(BankLine.objects.order_by("position"))
        statement = BankStatement.objects.get()
        statement.pk = None
        statement.save(force_insert=True)
        for line in lines:
            line.pk, line.statement = None, statement
        lines[1].account = other
        BankLine.objects.bulk_create(lines)
    assert constraint_of(raised.value) == "banking_bankline_statement_key"


def test_a_line_is_of_a_statement_of_its_own_organisation() -> None:
    caller, other = organisation("Marlowe"), organisation("Timberline")
    imported(caller, SEPTEMBER)
    imported(other, SEPTEMBER)
    with tenant(other.organisation_id):
        foreign = BankStatement.objects.get().pk
    for statement_id in (foreign, 2**40):
        with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
            line = BankLine.objects.order_by("position")[0]
            line.pk, line.position, line.statement_id = None, 9, statement_id
            line.save(force_insert=True)
        assert constraint_of(raised.value) == "banking_bankline_statement_key"


def test_a_line_put_there_for_another_organisation_is_refused_at_once() -> None:
    caller, other = organisation("Marlowe"), organisation("Timberline")
    imported(caller, SEPTEMBER)
    with pytest.raises(ProgrammingError, match="row-level security"):
        with tenant(caller.organisation_id):
            line = BankLine.objects.order_by("position")[0]
            line.pk, line.position, line.organisation_id = None, 9, other.organisation_id
            line.save(force_insert=True)


def test_a_line_repeats_a_line_of_its_account_that_repeats_nothing() -> None:
    caller, other = organisation("Marlowe"), organisation("Timberline")
    imported(caller, SEPTEMBER)
    imported(caller, SEPTEMBER + b"\n", "again.sta")
    imported(caller, SEPTEMBER.replace(b":25:", b":25:9"), "elsewhere.sta")
    imported(other, SEPTEMBER)
    with tenant(other.organisation_id):
        foreign = BankLine.objects.order_by("id")[0].pk
    with tenant(caller.organisation_id):
        again = BankLine.objects.filter(repeats__isnull=False).order_by("id")[0].pk
        account_id = BankStatement.objects.order_by("id")[0].account_id
        elsewhere = BankLine.objects.exclude(account_id=account_id).order_by("id")[0].pk
    for repeated in (foreign, again, elsewhere, 2**40):
        assert refused_line(caller, repeats_id=repeated) == "banking_bankline_repeats_key"


def test_lines_put_there_after_their_statement_was_proved_are_proved_again() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    other = another_account(caller)
    with pytest.raises(IntegrityError) as raised, tenant(caller.organisation_id):
        line = BankLine.objects.order_by("position")[0]
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        line.pk, line.position, line.account = None, 9, other
        line.save(force_insert=True)
    assert constraint_of(raised.value) == "banking_bankline_statement_key"
