"""Settings as text: exported, compared, imported, rolled back, and every version kept."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError
from psycopg import errors

from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, account, imported, organisation
from tieout.core.access import Role
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount
from tieout.store.operations.models import AlertChannel, Schedule
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Reconciliation
from tieout.store.tenancy.models import SettingsProposal, SettingsVersion
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.alert_rules import rules_of, set_alert_rule
from tieout.workflows.change_role import end_membership
from tieout.workflows.notify import end_channel, set_channel
from tieout.workflows.propose_settings import (
    Proposed,
    approve_settings,
    import_settings,
    roll_back_settings,
)
from tieout.workflows.raise_alerts import channels_on
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.set_schedule import set_schedule
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.runs import reconciliations
from tieout.workflows.views.settings import (
    diff_settings,
    export_settings,
    settings_history,
    waiting_proposals,
)

pytestmark = pytest.mark.usefixtures("store")
WHY = "as agreed on Monday"

DOCUMENT = """schema = 1

[[bank_accounts]]
number = "NL55BANK0123456789"
currency = "EUR"
decimals = 2

[[reconciliations]]
name = "current"
bank_account = "NL55BANK0123456789 EUR"
account = "bank"

[[schedules]]
task = "reconcile"
subject = "NL55BANK0123456789 EUR / bank"
every = "daily"
cron = "0 6 * * *"

[[alert_rules]]
kind = "difference"
subject = "NL55BANK0123456789 EUR / bank"
allowed = 500

[[channels]]
name = "hook"
kind = "webhook"
bank_accounts = ["NL55BANK0123456789 EUR"]

[[channels]]
name = "owners"
kind = "members"
alerts = ["difference"]
roles = ["owner"]
"""


def desk(name: str = "Marlowe") -> Caller:
    """An organisation whose owner has set one thing of each kind by hand."""
    caller = organisation(name)
    imported(caller, SEPTEMBER)
    with tenant(caller.organisation_id):
        account(caller, "bank")
        bank = BankAccount.objects.get()
    made = set_reconciliation(
        caller, name="current", bank_account_id=bank.pk, account_code="bank", now=NOW
    )
    arguments = {"reconciliation_id": made}
    set_schedule(caller, task=Task.RECONCILE, arguments=arguments, every=Every.DAILY, now=NOW)
    subject = f"reconciliation:{made}"
    set_alert_rule(caller, kind=AlertKind.DIFFERENCE, subject=subject, allowed=500, now=NOW)
    set_channel(
        caller, name="hook", kind=ChannelKind.WEBHOOK, address="https://hooks.example.org/s3cret",
        accounts=[bank.pk], now=NOW,
    )  # fmt: skip
    set_channel(
        caller, name="owners", kind=ChannelKind.MEMBERS, roles=[Role.OWNER],
        kinds=[AlertKind.DIFFERENCE], now=NOW,
    )  # fmt: skip
    return caller


def put(caller: Caller, document: str, reason: str = WHY) -> Proposed:
    return import_settings(caller, document=document, reason=reason, now=NOW)


def versions(caller: Caller) -> list[str]:
    """What made each version, the oldest first."""
    return [each.verb for each in reversed(settings_history(caller).rows)]


@pytest.fixture
def caller() -> Iterator[Caller]:
    made = desk()
    yield made
    assert verify_audit(made, keys={}, now=NOW).is_sound


@pytest.mark.req("R093")
def test_what_was_set_by_hand_is_exported_as_text_without_a_secret(caller: Caller) -> None:
    assert export_settings(caller) == DOCUMENT
    assert "s3cret" not in DOCUMENT


@pytest.mark.req("R090", "R093")
def test_every_change_by_hand_is_a_version_with_author_and_moment(caller: Caller) -> None:
    assert versions(caller) == [
        "found", "set_reconciliation", "set_schedule", "set_alert_rule", "set_channel",
        "set_channel",
    ]  # fmt: skip
    newest, before, *_ = settings_history(caller).rows
    assert (newest.author, newest.made_at) == ("owner@example.org", NOW)
    was = export_settings(caller, version_id=before.version_id)
    assert [str(each) for each in diff_settings(caller, document=was)] == [
        (
            "- channels owners: name 'owners', kind 'members', alerts ['difference'], "
            "bank_accounts [], roles ['owner']"
        )
    ]
    assert len(diff_settings(caller, document=DOCUMENT, version_id=before.version_id)) == 1


def test_what_changes_nothing_makes_no_version(caller: Caller) -> None:
    set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.MANUAL, now=NOW)
    assert put(caller, DOCUMENT).changes == ()
    assert len(versions(caller)) == 6


@pytest.mark.req("R093")
def test_imported_elsewhere_the_text_is_the_same_and_only_the_secret_is_missing() -> None:
    desk()
    other = organisation("Timberline")
    answer = put(other, DOCUMENT)
    assert (len(answer.changes), answer.channels_off) == (6, ("hook",))
    assert export_settings(other) == DOCUMENT
    with tenant(other.organisation_id):
        assert [each.name for each in channels_on()] == ["owners"]
        due = Schedule.objects.get(task=Task.RECONCILE).next_due_at
        assert due == NOW.replace(hour=6, minute=0) + timedelta(days=1)
    set_channel(
        other, name="hook", kind=ChannelKind.WEBHOOK, address="https://hooks.example.org/other",
        accounts=[_bank(other)], now=NOW,
    )  # fmt: skip
    with tenant(other.organisation_id):
        assert sorted(each.name for each in channels_on()) == ["hook", "owners"]
    assert export_settings(other) == DOCUMENT


def _bank(caller: Caller) -> int:
    with tenant(caller.organisation_id):
        return BankAccount.objects.get().pk


def test_a_channel_that_sends_keeps_its_name_for_itself(caller: Caller) -> None:
    with pytest.raises(Conflict, match="another name"):
        set_channel(caller, name="owners", kind=ChannelKind.MEMBERS, roles=[Role.OWNER], now=NOW)


@pytest.mark.req("R053", "R094")
def test_a_roll_back_brings_everything_back_with_its_secret(caller: Caller) -> None:
    was = settings_history(caller).rows[0]
    emptied = put(caller, "schema = 1\n")
    assert len(emptied.changes) == 6
    assert reconciliations(caller) == ()
    with tenant(caller.organisation_id):
        assert channels_on() == []
        assert rules_of(AlertKind.DIFFERENCE) == {}
        assert Schedule.objects.get().every == Every.REAL_TIME
        [pair] = Reconciliation.objects.all()
    with pytest.raises(Conflict) as raised:
        reconcile(caller, reconciliation_id=pair.pk, now=NOW)
    assert raised.value.code == "settings.ended"
    back = roll_back_settings(caller, version_id=was.version_id, reason="too early", now=NOW)
    assert back.channels_off == ()
    assert export_settings(caller) == DOCUMENT
    with tenant(caller.organisation_id):
        assert sorted(each.name for each in channels_on()) == ["hook", "owners"]
        assert Reconciliation.objects.get() == pair
    assert versions(caller)[-2:] == ["import_settings", "roll_back_settings"]
    assert reconcile(caller, reconciliation_id=pair.pk, now=NOW).left_count == 3


def test_match_rules_are_imported_and_used_by_the_next_run(caller: Caller) -> None:
    wider = DOCUMENT.replace(
        'account = "bank"\n', 'account = "bank"\n\n[reconciliations.rules]\nlag_days_max = 3\n', 1
    )
    put(caller, wider)
    assert export_settings(caller) == wider
    with tenant(caller.organisation_id):
        assert Reconciliation.objects.get().rules == {"lag_days_max": 3}


@pytest.mark.req("R053")
@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("allowed = 500", "allowed = -5", "alert_rules 1, allowed"),
        ("decimals = 2", "decimals = 3", "decimals): found 3, expected 2, in which"),
        ('cron = "0 6 * * *"', 'cron = "0 6 * * *"\nzone = "Moon/Crater"', "an IANA time zone"),
    ],
)
def test_a_document_that_cannot_be_leaves_everything_as_it_was(
    caller: Caller, was: str, now: str, said: str
) -> None:
    wrong = DOCUMENT.replace('name = "current"', 'name = "changed too"').replace(was, now)
    with pytest.raises(InvalidInput) as raised:
        put(caller, wrong)
    assert raised.value.code == "settings.invalid"
    assert said in str(raised.value)
    assert raised.value.next_step
    assert export_settings(caller) == DOCUMENT
    assert len(versions(caller)) == 6


def test_a_reason_is_needed(caller: Caller) -> None:
    with pytest.raises(InvalidInput) as raised:
        put(caller, "schema = 1\n", reason=" ")
    assert raised.value.code == "settings.no-reason"


SLOWER = DOCUMENT.replace("allowed = 500", "allowed = 700")


@pytest.mark.req("R089")
def test_where_another_may_too_a_change_waits_until_that_person_approves(caller: Caller) -> None:
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    reviewer = add_member(caller, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    asked = put(caller, SLOWER)
    assert (asked.version_id, len(asked.changes)) == (None, 1)
    assert export_settings(caller) == DOCUMENT
    [waiting] = waiting_proposals(reviewer)
    assert (waiting.author, waiting.reason, waiting.changes) == (
        "owner@example.org", WHY, asked.changes,
    )  # fmt: skip
    for who, code in ((caller, "settings.four-eyes"), (reviewer, "access.denied")):
        with pytest.raises(AccessDenied) as raised:
            approve_settings(who, proposal_id=waiting.proposal_id, now=NOW)
        assert raised.value.code == code
    done = approve_settings(accountant, proposal_id=waiting.proposal_id, now=NOW)
    assert export_settings(caller) == SLOWER
    newest = settings_history(caller).rows[0]
    assert (newest.version_id, newest.author, newest.approver, newest.reason) == (
        done.version_id, "owner@example.org", "acc@example.org", WHY,
    )  # fmt: skip
    assert waiting_proposals(caller) == ()
    with tenant(caller.organisation_id):
        event = Event.objects.order_by("-sequence")[0]
        assert (event.verb, event.actor) == ("approve_settings", f"member:{accountant.member_id}")
        assert (
            b"allowed 500 \\u2192 700" in bytes(event.body)
            or "allowed 500 → 700" in bytes(event.body).decode()
        )


def test_a_proposal_is_stale_once_the_settings_have_changed(caller: Caller) -> None:
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    waiting = put(caller, SLOWER).proposal_id or 0
    set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.WEEKLY, now=NOW)
    for _ in range(2):
        with pytest.raises(Conflict) as raised:
            approve_settings(accountant, proposal_id=waiting, now=NOW)
        assert raised.value.code == "settings.stale"
    assert waiting_proposals(caller) == ()


def test_a_proposal_is_approved_once(caller: Caller) -> None:
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    waiting = put(caller, SLOWER).proposal_id or 0
    approve_settings(accountant, proposal_id=waiting, now=NOW)
    with pytest.raises(Conflict):
        approve_settings(accountant, proposal_id=waiting, now=NOW)


def test_who_has_left_is_nobody_to_wait_for(caller: Caller) -> None:
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    end_membership(caller, member_id=accountant.member_id, now=NOW)
    assert put(caller, SLOWER).version_id is not None


@pytest.mark.req("R099")
@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER, Role.AUDITOR, Role.CLIENT])
def test_only_who_manages_accounts_imports_and_only_who_sees_exports(
    caller: Caller, role: Role
) -> None:
    member = add_member(caller, email="one@example.org", role=role, now=NOW)
    with pytest.raises(AccessDenied):
        put(member, SLOWER)
    with pytest.raises(AccessDenied):
        roll_back_settings(member, version_id=1, reason=WHY, now=NOW)
    if role is Role.CLIENT:
        with pytest.raises(AccessDenied):
            export_settings(member)
    else:
        assert export_settings(member) == DOCUMENT


def test_another_organisations_version_and_proposal_cannot_be_named(caller: Caller) -> None:
    other = desk("Timberline")
    add_member(other, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    proposal_id = put(other, SLOWER).proposal_id or 0
    version_id = settings_history(other).rows[0].version_id
    with pytest.raises(NotFound):
        approve_settings(caller, proposal_id=proposal_id, now=NOW)
    with pytest.raises(NotFound):
        roll_back_settings(caller, version_id=version_id, reason=WHY, now=NOW)
    with pytest.raises(NotFound):
        export_settings(caller, version_id=version_id)


def test_versions_and_proposals_are_never_changed_or_removed(caller: Caller, store: Store) -> None:
    put(caller, SLOWER)
    for table in ("tenancy_settingsversion", "tenancy_settingsproposal", "tenancy_sandbox"):
        for statement in (f"update {table} set id = id", f"delete from {table}"):
            with store.application() as plain, pytest.raises(errors.InsufficientPrivilege):
                plain.execute(statement)
            with store.superuser() as plain, pytest.raises(psycopg.Error, match="never changed"):
                plain.execute(statement)


def forged(caller: Caller, **named: object) -> None:
    """A version put into the table without the verb: as proposed, but for what is named."""
    with tenant(caller.organisation_id):
        latest = SettingsVersion.objects.order_by("-id")[0]
        proposal = SettingsProposal.objects.order_by("-id")[0]
        values = {
            "verb": proposal.verb, "document": proposal.document, "reason": proposal.reason,
            "author_id": proposal.author_id, "follows": latest, "proposal": proposal,
            "made_at": NOW,
        }  # fmt: skip
        SettingsVersion.objects.create(organisation_id=caller.organisation_id, **(values | named))


@pytest.mark.req("R089")
def test_the_database_itself_refuses_what_nobody_else_has_approved(caller: Caller) -> None:
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    reviewer = add_member(caller, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    put(caller, SLOWER)
    good = {"approver_id": accountant.member_id}
    for wrong, constraint in (
        ({}, "approved"),
        ({"approver_id": reviewer.member_id}, "approved"),
        ({"approver_id": caller.member_id}, "other_eyes"),
        (good | {"document": DOCUMENT}, "not those proposed"),
        (good | {"reason": "another"}, "not those proposed"),
        (good | {"author_id": reviewer.member_id}, "not those proposed"),
        (good | {"follows": None}, "tenancy_settingsversion_first"),
        (good | {"proposal": None}, "tenancy_settingsversion_text"),
    ):
        with pytest.raises(IntegrityError, match=constraint):
            forged(caller, **wrong)
    forged(caller, **good)
    with pytest.raises(IntegrityError, match="settingsversion_proposed"):
        forged(caller, **good)


def test_an_ended_channel_of_a_name_leaves_the_name_free(caller: Caller) -> None:
    with tenant(caller.organisation_id):
        hook = AlertChannel.objects.get(name="hook").pk
    end_channel(caller, channel_id=hook, now=NOW)
    assert "hook" not in export_settings(caller)
    set_channel(
        caller, name="hook", kind=ChannelKind.WEBHOOK, address="https://hooks.example.org/n",
        accounts=[_bank(caller)], now=NOW,
    )  # fmt: skip
    assert export_settings(caller) == DOCUMENT
