"""A masked copy shows nothing of the original, and reconciles to the same amounts."""

import re
import secrets
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.store.firms import NOW, account, entry, imported, line, organisation, statement
from tieout.core.access import Role
from tieout.core.errors import AccessDenied
from tieout.engine.text import BOILERPLATE
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.ledger.models import Posting
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Decision, MatchGroup, MatchRun, RunRecord
from tieout.store.tenancy.models import Member, TenantModel
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_records, undo
from tieout.workflows.mask import mask_organisation
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.verify_audit import verify_audit

SEPTEMBER = statement(
    line("0902", "D10,00", "RENT FERNDALE ESTATES 4471903"),
    line("0907", "C25,50", "ROSALIND MARLOWE INV-203877"),
    line("0909", "C80,00", "BRIDGEWATER CAFE 90210"),
    line("0911", "C31,40", "QUENTIN AMBROSE 77120"),
    line("0930", "D1,25", "LEDGERTON CHARGE"),
    opening="100,00",
    closing="225,65",
    days=("0901", "0930"),
)


@pytest.fixture
def original() -> Caller:
    """A firm with lines, books, decisions and an overlapping file."""
    caller = organisation("Hollyhock Traders")
    add_member(
        caller, email="winifred@hollyhock.example", name="Winifred", role=Role.BOOKKEEPER, now=NOW
    )
    imported(caller, SEPTEMBER, "hollyhock-september.sta")
    imported(caller, SEPTEMBER.replace(b":28C:1/1", b":28C:2/1"), "hollyhock-again.sta")
    with tenant(caller.organisation_id):
        for text, minor, day in (
            ("Ferndale Estates 4471903 rent", -1000, 1),
            ("Rosalind Marlowe INV-203877", 2550, 6),
            ("Bridgewater Cafe 90210", 8000, 8),
            ("Thistledown 66234", 4000, 20),
        ):
            entry(
                caller,
                text,
                ("Barclay", minor),
                ("Hollyhock", -minor),
                booked_on=date(2026, 9, day),
            )
        bank = BankAccount.objects.get()
        posting = Posting.objects.get(account=account(caller, "Barclay"), amount_minor=8000)
    made = set_reconciliation(
        caller, name="Hollyhock current", bank_account_id=bank.pk, account_code="Barclay", now=NOW
    )
    wrong = confirm_records(
        caller, reconciliation_id=made, line_ids=[_line(caller, "QUENTIN")], posting_ids=[],
        reason="Quentin telephoned", now=NOW,
    )  # fmt: skip
    undo(caller, decision_id=wrong, reason="Quentin erred", now=NOW)
    confirm_records(
        caller, reconciliation_id=made, line_ids=[_line(caller, "BRIDGEWATER")],
        posting_ids=[posting.pk], reason="as Winifred says", now=NOW,
    )  # fmt: skip
    return caller


def _line(caller: Caller, word: str) -> int:
    with tenant(caller.organisation_id):
        return BankLine.objects.get(narrative__contains=word, repeats__isnull=True).pk


def masked(caller: Caller) -> Caller:
    return mask_organisation(caller, into="Practice", key=secrets.token_bytes(32), now=NOW)


def texts(caller: Caller) -> list[tuple[str, str]]:
    """Every text, list, JSON and byte column of the organisation's rows."""
    found = []
    tables = [
        each
        for each in apps.get_models()
        if issubclass(each, TenantModel) and each is not TenantModel
    ]
    with tenant(caller.organisation_id):
        for model in tables:
            columns = [
                each.name
                for each in model._meta.concrete_fields
                if not isinstance(each, models.ForeignKey | models.DateField | models.IntegerField)
            ]
            for row in model._default_manager.filter(organisation_id=caller.organisation_id):
                for name in columns:
                    value: Any = getattr(row, name)
                    if isinstance(value, memoryview | bytes):
                        value = bytes(value).decode(errors="replace")
                    found.append((f"{model.__name__}.{name}", str(value)))
    return found


def words_of(found: list[tuple[str, str]]) -> set[str]:
    columns = ("narrative", "counterparty", "email", "name", "number", "references", "entry_id",
               "content", "reason", "bank_id", "code")  # fmt: skip
    said = " ".join(text for name, text in found if name.split(".")[1] in columns)
    words = {each.upper() for each in re.findall(r"[^\W\d_]{5,}|\d{5,}", said)}
    ours = {"RECEIVED", "MASKED", "FILES", "HOLDS", "STANDS", "STATEMENT", "OVERLAP", "OWNER"}
    return words - BOILERPLATE - ours


@pytest.mark.usefixtures("store")
def test_no_word_and_no_number_of_the_original_is_in_the_copy(original: Caller) -> None:
    copy = masked(original)
    words = words_of(texts(original))
    assert {"MARLOWE", "FERNDALE", "4471903", "0123456789", "WINIFRED", "BARCLAY"} <= words
    found = texts(copy)
    assert len(found) > 100
    shown = [
        (name, word)
        for name, text in found
        for word in words
        if word in text.upper() and "sha256" not in name
    ]
    assert shown == []


@pytest.mark.usefixtures("store")
def test_the_copy_reconciles_to_the_same_amounts(original: Caller) -> None:
    copy = masked(original)
    answers = [figures(each) for each in (original, copy)]
    assert answers[0] == answers[1]
    assert answers[0]["groups"]
    with tenant(copy.organisation_id):
        assert BankLine.objects.filter(repeats__isnull=False).count() == 5
        assert [each.verdict for each in Decision.objects.order_by("id")] == [
            "confirm", "undo", "confirm",
        ]  # fmt: skip
        assert Member.objects.get(role=Role.OWNER).pk == copy.member_id
    assert verify_audit(copy, keys={}, now=NOW).is_sound
    assert verify_audit(original, keys={}, now=NOW).is_sound


def figures(caller: Caller) -> dict[str, object]:
    """What a new run finds: amounts, groups and what is left, without ids and words."""
    with tenant(caller.organisation_id):
        from tieout.store.reconciliation.models import Reconciliation  # noqa: PLC0415  read late

        [made] = Reconciliation.objects.all()
    run_id = reconcile(caller, reconciliation_id=made.pk, now=NOW).run_id
    with tenant(caller.organisation_id):
        run = MatchRun.objects.get(id=run_id)
        groups = MatchGroup.objects.filter(run=run)
        records = RunRecord.objects.filter(run=run)
        members = {
            each.pk: sorted(
                (one.side, one.amount_minor) for one in records if one.group_id == each.pk
            )
            for each in groups
        }
        return {
            "sums": (run.left_count, run.right_count, run.left_minor, run.right_minor),
            "groups": sorted(
                (str(each.status), each.residual_minor, members[each.pk]) for each in groups
            ),
            "left": sorted((one.side, one.amount_minor) for one in records if one.group_id is None),
        }


@pytest.mark.usefixtures("store")
def test_only_who_manages_the_organisation_makes_a_copy(original: Caller) -> None:
    clerk = add_member(original, email="clerk@example.org", role=Role.ACCOUNTANT, now=NOW)
    with pytest.raises(AccessDenied):
        masked(clerk)
