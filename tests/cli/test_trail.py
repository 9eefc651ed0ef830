"""`tieout audit replay` and `tieout audit history`: of the database, in words and as JSON."""

import json

import pytest

from tests.cli.test_settings import firm, tieout
from tests.store.databases import Store
from tests.store.firms import SEPTEMBER, imported
from tests.store.test_stored import plant
from tieout.store.banking.models import BankAccount
from tieout.store.postgres.tenant import tenant

pytestmark = pytest.mark.usefixtures("store")
DEMOTED = "update tenancy_member set role = 'auditor' where {}"


def test_a_log_is_replayed_and_what_departs_is_named(store: Store) -> None:
    name, _, caller = firm()
    imported(caller, SEPTEMBER)
    sound = tieout("audit", "replay", "--organisation", name)
    assert sound.exit_code == 0, sound.output
    assert "✓ gives what is kept" in sound.output
    where = f"organisation_id = '{caller.organisation_id}'"
    plant(store, "tenancy_member", DEMOTED.format(where))
    answer = tieout("audit", "replay", "--organisation", name)
    assert answer.exit_code == 1
    assert "role: the log says 'owner', the table 'auditor'" in answer.output
    [said] = json.loads(tieout("audit", "replay", "--organisation", name, "--json").stdout)
    assert (said["sound"], len(said["departures"])) == (False, 1)


def test_the_history_of_a_record_is_printed_a_line_a_field() -> None:
    name, email, caller = firm()
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        subject = f"bank_account:{BankAccount.objects.get().pk}"
    answer = tieout("audit", "history", subject, "--organisation", name)
    assert answer.exit_code == 0, answer.output
    told = f"2026-11-22 09:30  {email} (test)  import statement  currency: – → EUR"
    assert told in answer.output.splitlines()
    as_json = tieout("audit", "history", subject, "--organisation", name, "--json").stdout
    fields = [json.loads(each)["field"] for each in as_json.splitlines()]
    assert fields == ["currency", "exponent", "number", "bank_statement"]
    assert tieout("audit", "history", "person:1", "--organisation", name).exit_code == 2
    with tenant(caller.organisation_id):  # as a version without this log left it
        old = BankAccount.objects.create(
            organisation_id=caller.organisation_id, number="old", currency="EUR", exponent=2
        )
    nothing = tieout("audit", "history", f"bank_account:{old.pk}", "--organisation", name)
    assert nothing.output.strip() == f"No event concerns bank_account:{old.pk}."
