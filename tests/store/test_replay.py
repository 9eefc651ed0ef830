"""The log is replayed and compared with the tables: what somebody altered is named, by field."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.apps import apps

from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, imported, organisation
from tests.store.test_sign_offs import Signed
from tests.store.test_stored import plant
from tieout.cli.app import app
from tieout.core.access import Role
from tieout.core.errors import AccessDenied
from tieout.store.audit.models import Event
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import PartModel, TenantModel
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.export_audit import export_audit
from tieout.workflows.kept_records import KEPT, NOT_KEPT
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.replay import Replayed, replay

pytestmark = pytest.mark.usefixtures("store")

ALTERED = {
    "a role": (
        "tenancy_member",
        "update {} set role = 'owner' where {} and role = 'reviewer'",
        "role: the log says 'reviewer', the table 'owner'",
    ),
    "a balance of a statement": (
        "banking_bankstatement",
        "update {} set closing_minor = closing_minor + 1 where {}",
        "closing_minor: the log says 11425, the table 11426",
    ),
    "what a bank account is called": (
        "banking_bankaccount",
        "update {} set number = 'NL00' where {}",
        "number: the log says 'NL55BANK0123456789', the table 'NL00'",
    ),
    "the hash of a file": (
        "banking_receivedfile",
        "update {} set sha256 = set_byte(sha256, 0, 0) where {}",
        "sha256: the log says",
    ),
    "a text of the settings": (
        "tenancy_settingsversion",
        "update {} set document = 'schema = 2' where {} and verb <> 'found'",
        "document: the log says",
    ),
    "a figure that was signed": (
        "reconciliation_signoff",
        "update {} set left_minor = 0 where {} and step = 'prepared'",
        "left_minor: the log says 1425, the table 0",
    ),
    "a sign-off that is gone": (
        "reconciliation_signoff",
        "delete from {} where {} and step = 'reviewed'",
        "the table does not have it",
    ),
    "a posting a penny more": (
        "ledger_posting",
        "update {} set amount_minor = amount_minor + 1 where {} and position = 1",
        "debit_minor EUR 2: the log says 2550, the table 2551",
    ),
    "an entry that says something else": (
        "ledger_journalentry",
        "update {} set digest = '\\x00' where {}",
        "journal:books, digests: the log says",
    ),
    "the way from an account to an event": (
        "audit_concern",
        "delete from {} where {} and subject like 'bank_account:%' and 'sign_off' = any (fields)",
        "found from: the log says 'bank_account:",
    ),
    "the bytes of an event": (
        "audit_event",
        "update {} set body = set_byte(body, 0, 32) where {} and sequence = 2",
        "event 2, bytes: the log says 'an event'",
    ),
    "somebody whom nobody added": (
        "tenancy_member",
        (
            "insert into {} (organisation_id, email, name, role, joined_at) "
            "select distinct organisation_id, 'ghost@example.org', '', 'owner', joined_at "
            "from tenancy_member where {}"
        ),
        "the log does not know it",
    ),
}
"""What a superuser does to which table, and what is told of it."""


def test_every_table_of_an_organisation_is_replayed_or_says_why_not() -> None:
    tables = {
        each
        for each in apps.get_models()
        if issubclass(each, TenantModel) and each not in {TenantModel, PartModel}
    }
    assert tables == KEPT.keys() | NOT_KEPT.keys()
    assert not KEPT.keys() & NOT_KEPT.keys()
    assert all(NOT_KEPT.values())
    assert len({each.kind for each in KEPT.values()}) == len(KEPT)


@pytest.mark.req("R087")
@pytest.mark.parametrize("altered", ALTERED)
def test_whatever_is_altered_in_a_table_is_named(store: Store, altered: str) -> None:
    desk, other = Signed(), organisation("Beside")
    assert replay(desk.owner, now=NOW).is_sound
    table, statement, told = ALTERED[altered]
    where = f"organisation_id = '{desk.owner.organisation_id}'"
    plant(store, table, statement.format(table, where))
    done = replay(desk.owner, now=NOW)
    assert any(told in each for each in done.departures), done.departures
    assert replay(other, now=NOW).is_sound
    raised, _ = raise_alerts(desk.owner.organisation_id, origin="test", now=NOW)
    assert raised >= 1


def test_a_replay_is_itself_in_the_log_and_asks_for_the_trail() -> None:
    owner = organisation()
    imported(owner, SEPTEMBER)
    first = replay(owner, now=NOW)
    assert replay(owner, now=NOW) == Replayed(first.event_count + 1, first.record_count, ())
    clerk = add_member(owner, email="c@example.org", role=Role.BOOKKEEPER, now=NOW)
    with pytest.raises(AccessDenied):
        replay(clerk, now=NOW)


def test_a_log_older_than_the_records_in_it_is_given_what_there_is_once(store: Store) -> None:
    owner = organisation()
    imported(owner, SEPTEMBER)
    forget_records(store, owner)
    noted = replay(owner, now=NOW)
    assert (noted.is_sound, noted.record_count) == (True, 0)
    assert noted.noted_count == 6, "organisation, owner, file, reading, bank account, statement"
    imported(owner, SEPTEMBER + b"\n", "again.sta")
    after = replay(owner, now=NOW)
    assert (after.departures, after.noted_count) == ((), 0)
    assert after.record_count == noted.noted_count + 3


def forget_records(store: Store, owner: Caller) -> None:
    """The chain as an earlier version wrote it, without records; its hashes do not matter here."""
    with tenant(owner.organisation_id):
        kept = {each.pk: json.loads(bytes(each.body)) for each in Event.objects.all()}
    with store.superuser() as plain, plain.transaction():
        plain.execute("alter table audit_event disable trigger all")
        for number, said in kept.items():
            said["after"].pop("records", None)
            body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            plain.execute("update audit_event set body = %s where id = %s", [body.encode(), number])
        plain.execute("alter table audit_event enable trigger all")
        plain.execute("alter table audit_event enable always trigger audit_event_chained")
        plain.execute("alter table audit_event enable always trigger audit_event_appended")


@pytest.mark.req("R087")
def test_an_exported_log_is_replayed_without_a_database(tmp_path: Path) -> None:
    desk = Signed()
    path = tmp_path / "chain.jsonl"
    with export_audit(desk.owner, keys={}, reason="", now=NOW) as lines:
        path.write_bytes(b"".join(lines))
    answer = CliRunner().invoke(app, ["audit", "replay", str(path)])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert (said["sound"], said["chain"]) == (True, str(desk.owner.organisation_id))
    roles = {
        name: fields["role"]
        for name, fields in said["records"].items()
        if name.startswith("member:")
    }
    assert sorted(roles.values()) == ["owner", "reviewer"]
    signed = [each for name, each in said["records"].items() if name.startswith("sign_off:")]
    assert [each["step"] for each in signed] == ["prepared", "reviewed"]
    [(_, posted)] = [
        (name, each)
        for name, each in said["sums"].items()
        if name.startswith("ledger_account:") and each["postings"] == 2
    ]
    assert posted == {"postings": 2, "debit_minor EUR 2": 2550, "credit_minor EUR 2": 1000}
