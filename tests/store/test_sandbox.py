"""A sandbox: settings are tried in a copy, and come back only as a run there has proved them."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from tests.store.firms import NOW, SEPTEMBER, entry, imported, organisation
from tests.store.test_settings import DOCUMENT, WHY, desk, put
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, NotFound
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankLine
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchRun
from tieout.store.tenancy.models import Member, Sandbox, SettingsProposal, SettingsVersion
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.propose_settings import Proposed, approve_settings
from tieout.workflows.raise_alerts import channels_on
from tieout.workflows.reconcile import reconcile
from tieout.workflows.sandbox import make_sandbox, promote_settings
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.runs import reconciliations
from tieout.workflows.views.settings import export_settings, settings_history

pytestmark = pytest.mark.usefixtures("store")
WIDER = DOCUMENT.replace(
    'account = "bank"\n', 'account = "bank"\n\n[reconciliations.rules]\nlag_days_max = 3\n', 1
)


def firm() -> Caller:
    caller = desk()
    with tenant(caller.organisation_id):
        entry(caller, "rent", ("bank", -1000), ("rent", 1000), booked_on=date(2026, 9, 1))
    return caller


def sandbox(caller: Caller, *, with_data: bool = True) -> Caller:
    return make_sandbox(caller, name="trial", with_data=with_data, now=NOW)


def run(caller: Caller) -> None:
    for each in reconciliations(caller):
        reconcile(caller, reconciliation_id=each.reconciliation_id, now=NOW)


def promoted(caller: Caller, copy: UUID) -> Proposed:
    return promote_settings(caller, sandbox_id=copy, reason=WHY, now=NOW)


@pytest.mark.req("R077")
def test_a_sandbox_has_the_settings_and_when_asked_the_records_and_sends_nothing() -> None:
    caller = firm()
    copy = sandbox(caller)
    assert export_settings(copy) == export_settings(caller) == DOCUMENT
    run(caller)
    run(copy)
    figures = []
    for each in (caller, copy):
        with tenant(each.organisation_id):
            figures.append(MatchRun.objects.values_list("left_minor", "right_minor").get())
            assert BankLine.objects.filter(narrative="RENT").exists()
    assert figures[0] == figures[1]
    with tenant(copy.organisation_id):
        assert [each.name for each in channels_on()] == ["owners"]
        assert [each.pk for each in Member.objects.filter(left_at=None)] == [copy.member_id]
    for each in (caller, copy):
        assert verify_audit(each, keys={}, now=NOW).is_sound


def test_a_sandbox_without_records_has_the_settings_alone() -> None:
    copy = sandbox(firm(), with_data=False)
    assert export_settings(copy) == DOCUMENT
    with tenant(copy.organisation_id):
        assert not BankLine.objects.exists()
        assert [each.verb for each in Event.objects.order_by("sequence")] == [
            "create_organisation",
            "make_sandbox",
        ]


@pytest.mark.req("R077")
def test_settings_come_back_only_after_a_run_with_exactly_these() -> None:
    caller = firm()
    copy = sandbox(caller)
    run(copy)
    put(copy, WIDER)
    with pytest.raises(Conflict) as raised:
        promoted(caller, copy.organisation_id)
    assert raised.value.code == "sandbox.not-proved"
    assert "no run of current since its settings changed last" in str(raised.value)
    assert export_settings(caller) == DOCUMENT
    run(copy)
    done = promoted(caller, copy.organisation_id)
    assert [str(each) for each in done.changes] == [
        "~ reconciliations NL55BANK0123456789 EUR / bank: rules {} → {'lag_days_max': 3}"
    ]
    assert export_settings(caller) == WIDER
    newest = settings_history(caller).rows[0]
    assert (newest.verb, newest.reason) == ("promote_settings", WHY)
    assert verify_audit(caller, keys={}, now=NOW).is_sound


def test_a_run_over_no_records_proves_nothing() -> None:
    caller = firm()
    copy = sandbox(caller, with_data=False)
    put(copy, WIDER)
    run(copy)
    with pytest.raises(Conflict, match="only runs of current over no records"):
        promoted(caller, copy.organisation_id)
    imported(copy, SEPTEMBER)
    run(copy)
    assert promoted(caller, copy.organisation_id).version_id is not None


def test_without_a_reconciliation_nothing_can_be_proved() -> None:
    caller = organisation()
    copy = sandbox(caller)
    with pytest.raises(Conflict, match="no reconciliation that could be run"):
        promoted(caller, copy.organisation_id)


@pytest.mark.req("R077", "R089")
def test_a_promotion_is_approved_by_another_while_the_proof_still_holds() -> None:
    caller = firm()
    accountant = add_member(caller, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    copy = sandbox(caller)
    put(copy, WIDER)
    run(copy)
    waiting = promoted(caller, copy.organisation_id)
    assert waiting.version_id is None
    assert waiting.proposal_id is not None
    put(copy, WIDER.replace("lag_days_max = 3", "lag_days_max = 4"))
    with pytest.raises(Conflict, match="says something else"):
        approve_settings(accountant, proposal_id=waiting.proposal_id, now=NOW)
    put(copy, WIDER)
    with pytest.raises(Conflict, match="no run of current"):
        approve_settings(accountant, proposal_id=waiting.proposal_id, now=NOW)
    run(copy)
    approve_settings(accountant, proposal_id=waiting.proposal_id, now=NOW)
    assert export_settings(caller) == WIDER


def test_only_a_sandbox_of_ones_own_can_be_named() -> None:
    caller, other = firm(), desk("Timberline")
    copy = sandbox(other)
    run(copy)
    for foreign in (copy.organisation_id, other.organisation_id, uuid4()):
        with pytest.raises(NotFound):
            promoted(caller, foreign)


@pytest.mark.req("R099")
@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_who_manages_the_organisation_makes_a_sandbox(role: Role) -> None:
    member = add_member(organisation(), email="one@example.org", role=role, now=NOW)
    with pytest.raises(AccessDenied):
        sandbox(member)


@pytest.mark.req("R077")
def test_the_database_itself_refuses_what_the_sandbox_has_not_proved() -> None:
    caller = firm()
    copy = sandbox(caller)
    put(copy, WIDER)
    with pytest.raises(IntegrityError, match="the sandbox has not proved"):
        forged(caller, WIDER)
    run(copy)
    with pytest.raises(IntegrityError, match="the sandbox has not proved"):
        forged(caller, WIDER.replace("lag_days_max = 3", "lag_days_max = 4"))
    forged(caller, WIDER)


def forged(caller: Caller, document: str) -> None:
    """A version put into the table without the verb, as if it came out of the sandbox."""
    with tenant(caller.organisation_id):
        latest = SettingsVersion.objects.order_by("-id")[0]
        said = {
            "organisation_id": caller.organisation_id,
            "verb": "promote_settings",
            "document": document,
            "reason": WHY,
            "author_id": caller.member_id,
            "follows": latest,
        }
        proposal = SettingsProposal.objects.create(
            **said, sandbox=Sandbox.objects.get(), proposed_at=NOW
        )
        SettingsVersion.objects.create(**said, proposal=proposal, made_at=NOW)
