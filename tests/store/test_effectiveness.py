"""How well runs do: a small world whose figures are known by hand."""

from datetime import timedelta
from fractions import Fraction

import pytest

from tests.store.firms import NOW, entry, imported, line, organisation, statement
from tests.store.test_imports import bring
from tieout.core.effectiveness import Days, Judged, Part, days_of
from tieout.formats.common.source import Source
from tieout.store.banking.models import BankAccount
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchGroup
from tieout.workflows.acting import Caller
from tieout.workflows.decide import confirm_group, reject_group, undo
from tieout.workflows.import_books import import_books
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.views.effectiveness import (
    Effectiveness,
    MatchDone,
    effectiveness,
    match_done,
)

TODAY = NOW.date()


def found(caller: Caller) -> Effectiveness:
    return effectiveness(caller, first_on=TODAY - timedelta(days=30), last_on=TODAY)


def test_a_part_is_exact_and_none_of_nothing() -> None:
    assert Part(2, 3).fraction == Fraction(2, 3)
    assert (str(Part(1999, 2000)), str(Part(0, 0)), Part(0, 0).fraction) == ("99.9 %", "–", None)
    with pytest.raises(ValueError, match="4 of 3"):
        Part(4, 3)


def test_of_two_middle_days_the_longer_counts() -> None:
    assert days_of({3: 1, 5: 1}) == Days(5, 5, 2)
    assert days_of({3: 2, 9: 1}) == Days(3, 9, 3)
    assert days_of({}) is None


def test_what_is_rejected_or_undone_was_not_accurate() -> None:
    assert Judged(8, 1, 2, 1).accuracy == Part(8, 10)


@pytest.mark.req("R013", "R106")
@pytest.mark.usefixtures("store")
def test_an_import_says_how_complete_and_how_late_it_was_and_why_rows_were_rejected() -> None:
    caller = organisation()
    table = (
        b"Date,Description,Amount,Currency\n2026-11-20,Rent,-612.48,EUR\n"
        b"2026-11-12,Van,-85.00,EUR\n2026-11-12,Van,-85.00,EUR\n2026-11-21,Odd,twelve,EUR\n"
    )
    bring(caller, table, "bank.csv", "77")
    (done,) = found(caller).imports
    assert done.completeness == Part(3, 4)
    assert done.timeliness == Days(10, 10, 3)  # read on 22 November: 2, 10 and 10 days
    assert done.held == (("An amount is not a number", 1),)


@pytest.mark.req("R013", "R106")
@pytest.mark.usefixtures("store")
def test_books_say_entry_date_minus_document_date_and_what_does_not_balance() -> None:
    caller = organisation()
    text = (
        'option "operating_currency" "EUR"\n2026-01-01 open Assets:Bank EUR\n'
        '2026-11-02 * "Landlord" "Rent"\n  Assets:Bank  -10.00 EUR\n  Expenses:Rent\n'
        '2026-11-17 * "Marlowe" "Sale"\n  Assets:Bank  25.50 EUR\n  Income:Sales\n'
        '2026-11-18 * "Nobody" "Odd"\n  Assets:Bank  1.00 EUR\n  Income:Sales  2.00 EUR\n'
    )
    kept = receive_file(caller, source=Source("books.beancount", text.encode()), now=NOW)
    import_books(caller, file_id=kept.file_id, now=NOW)
    (done,) = found(caller).imports
    assert done.completeness == Part(2, 3)
    assert done.timeliness == Days(20, 20, 2)
    assert [count for _, count in done.held] == [1]


def world(rents: int = 1) -> tuple[Caller, int]:
    """Two pairs that a rule confirms, one record of each side open; two rents for one are a tie."""
    caller = organisation()
    with tenant(caller.organisation_id):
        for name in ("RENT INV-1001", "1001")[:rents]:
            entry(caller, name, ("bank", -1000), ("rent", 1000))
        entry(caller, "MARLOWE INV-2038", ("bank", 2550), ("sales", -2550))
        entry(caller, "unknown", ("bank", 99999), ("sales", -99999))
    imported(
        caller,
        statement(
            line("0902", "D10,00", "RENT INV-1001"),
            line("0902", "C25,50", "MARLOWE INV-2038"),
            line("1112", "D1,25", "ACCOUNT CHARGE"),
            opening="100,00", closing="114,25", days=("0901", "1130"),
        ),
    )  # fmt: skip
    with tenant(caller.organisation_id):
        bank = BankAccount.objects.get().pk
    made = set_reconciliation(
        caller, name="current", bank_account_id=bank, account_code="bank", now=NOW
    )
    return caller, made


def newest(caller: Caller) -> MatchDone:
    return found(caller).matches[0]


@pytest.mark.req("R106")
@pytest.mark.usefixtures("store")
def test_a_match_run_says_how_complete_how_automatic_and_how_right_it_was() -> None:
    caller, made = world()
    run = reconcile(caller, reconciliation_id=made, now=NOW)
    done = newest(caller)
    assert match_done(caller, run_id=run.run_id) == done
    assert done.completeness == Part(6, 6)
    with tenant(caller.organisation_id):
        groups = list(MatchGroup.objects.filter(run_id=run.run_id).order_by("id"))
    assert [each.status for each in groups] == ["confirmed", "confirmed"]
    assert done.automatic == Part(4, 6)
    assert done.timeliness == Days(81, 81, 2)  # 12 November is 10 days ago, 2 September 81
    assert done.accuracy == Part(2, 2)
    rejected = reject_group(caller, group_id=groups[0].pk, now=NOW)
    assert newest(caller).accuracy == Part(1, 2)
    undo(caller, decision_id=rejected, now=NOW)
    assert newest(caller).accuracy == Part(2, 2)


@pytest.mark.req("R106")
@pytest.mark.usefixtures("store")
def test_a_proposal_that_a_person_confirms_counts_once_it_is_undone_it_was_wrong() -> None:
    caller, made = world(rents=2)
    run = reconcile(caller, reconciliation_id=made, now=NOW)
    done = newest(caller)
    with tenant(caller.organisation_id):
        groups = list(MatchGroup.objects.filter(run_id=run.run_id).order_by("id"))
    (proposed,) = [each for each in groups if each.status == "suggested"]
    assert done.automatic == Part(2, 7)
    assert done.accuracy == Part(1, 1)
    decision = confirm_group(caller, group_id=proposed.pk, now=NOW)
    assert newest(caller).accuracy == Part(2, 2)
    reconcile(caller, reconciliation_id=made, now=NOW)
    later = newest(caller)
    assert later.automatic == Part(2, 7), "what a person confirmed is no rule's"
    assert later.completeness == Part(7, 7)
    undo(caller, decision_id=decision, now=NOW)
    first = match_done(caller, run_id=run.run_id)
    assert first is not None
    assert first.accuracy == Part(1, 2)
