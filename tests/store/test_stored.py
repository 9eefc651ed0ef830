"""All that is kept is proved again, and a fault that somebody planted round the rules is named."""

import pytest

from tests.store.databases import Store
from tests.store.firms import NOW, firm, organisation
from tieout.core.access import Role
from tieout.core.errors import AccessDenied
from tieout.workflows.add_member import add_member
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.verify_stored import verify_stored

CHECK = "ledger_posting_unsigned"
FAULTS = {
    "a posting one penny larger": (
        "ledger_posting",
        "update {} set weight_minor = weight_minor + 1 where {} and position = 1",
        "journal entry: unbalanced: entry",
    ),
    "a line gone from its statement": (
        "banking_bankline",
        "delete from {} where {} and position = 2",
        "bank statement: statement",
    ),
    "a record of a run a penny less": (
        "reconciliation_runrecord",
        "update {} set amount_minor = amount_minor - 1 where {} and side = 'left'",
        "match run: ",
    ),
    "a bank account that is no longer there": (
        "banking_bankaccount",
        "delete from {} where {}",
        "banking_bankstatement_account_key: ",
    ),
    "an entry gone from under its postings": (
        "ledger_journalentry",
        "delete from {} where {}",
        "journal entry: postings of entry",
    ),
    "an account gone from under its postings": (
        "ledger_account",
        "delete from {} where {} and code = 'rent'",
        "journal entry: postings of account",
    ),
    "a posting gone from under its run": (
        "ledger_posting",
        "delete from {} where {} and id in (select posting_id from reconciliation_runrecord)",
        "match run: a record of run",
    ),
    "an amount below nothing": (
        "ledger_posting",
        "update {} set amount_minor = -7 where {}",
        f"{CHECK}: ",
    ),
    "a byte of a file": (
        "banking_filepart",
        "update {} set content = set_byte(content, 3, 0) where {}",
        "received_file:",
    ),
}
"""What a superuser does to which table, and what is told of it."""


@pytest.mark.usefixtures("store")
def test_what_was_written_by_the_rules_holds() -> None:
    caller = firm()
    done = verify_stored(caller, now=NOW)
    assert done.is_sound, done.faults
    assert done.rule_count > 100
    assert done.file_count == 2
    reader = add_member(caller, email="client@example.org", role=Role.CLIENT, now=NOW)
    with pytest.raises(AccessDenied):
        verify_stored(reader, now=NOW)


@pytest.mark.req("R075")
@pytest.mark.parametrize("planted", FAULTS)
def test_a_planted_fault_is_found_and_told(store: Store, planted: str) -> None:
    caller, other = firm(), organisation("Beside")
    table, statement, told = FAULTS[planted]
    plant(store, table, statement.format(table, f"organisation_id = '{caller.organisation_id}'"))
    done = verify_stored(caller, now=NOW)
    assert any(each.startswith(told) for each in done.faults), done.faults
    assert verify_stored(other, now=NOW).is_sound
    raised, _ = raise_alerts(caller.organisation_id, origin="test", now=NOW)
    assert raised >= 1


def plant(store: Store, table: str, statement: str) -> None:
    """As a superuser who puts triggers, keys and a check out of force, and back."""
    with store.superuser() as plain, plain.transaction():
        always = plain.execute(
            "select tgname from pg_trigger where tgenabled = 'A' and tgrelid = %s::regclass",
            [table],
        ).fetchall()
        (check,) = plain.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [CHECK]
        ).fetchall()
        plain.execute(f"alter table {table} disable trigger all")
        plain.execute(f"alter table ledger_posting drop constraint {CHECK}")
        plain.execute(statement)
        plain.execute(f"alter table ledger_posting add constraint {CHECK} {check[0]} not valid")
        plain.execute(f"alter table {table} enable trigger all")
        for (name,) in always:
            plain.execute(f"alter table {table} enable always trigger {name}")
