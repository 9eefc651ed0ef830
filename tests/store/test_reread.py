"""The source is read again after an import: a row that somebody altered in silence is found."""

import pytest

from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, imported, organisation
from tests.store.test_books import OPENED, RENT, SALE, gnucash
from tests.store.test_books import bring as bring_books
from tests.store.test_imports import bring
from tests.store.test_stored import plant
from tieout.workflows.acting import Caller
from tieout.workflows.verify_stored import verify_stored

TABLE = (
    b"Date,Description,Amount,Currency\n2026-09-01,Rent,-612.48,EUR\n2026-09-03,Odd,twelve,EUR\n"
)
ALTERED = {
    "a text of a line": ("banking_bankline", "narrative = narrative || ' '", "bank_line:"),
    "the value date of a line": ("banking_bankline", "value_on = value_on + 1", "bank_line:"),
    "the party of a line": ("banking_bankline", "counterparty = 'Mallory'", "bank_line:"),
    "the text of an entry": ("ledger_journalentry", "narrative = 'gift'", "journal_entry:"),
    "the day of an entry": ("ledger_journalentry", "booked_on = booked_on + 1", "journal_entry:"),
    "the text of a posting": ("ledger_posting", "narrative = 'gift'", "journal_entry:"),
    "a size that still balances": (
        "ledger_posting",
        "amount_minor = 2 * amount_minor, weight_minor = 2 * weight_minor",
        "journal_entry:",
    ),
}
"""What is set in which table, and what is told of it."""


def firm() -> Caller:
    """Lines and entries of several formats, some known twice, some held."""
    caller = organisation()
    imported(caller, SEPTEMBER)
    bring(caller, SEPTEMBER.replace(b"28C:1/1", b"28C:2/1"), "again.sta")
    bring(caller, TABLE, "bank.csv", "77")
    bring_books(caller, OPENED + RENT + SALE)
    bring_books(caller, gnucash(("e1", "2026-09-02", -1000, "Rent")), "firm.gnucash")
    return caller


@pytest.mark.req("R081")
@pytest.mark.usefixtures("store")
def test_what_was_imported_is_what_its_source_says() -> None:
    done = verify_stored(firm(), is_source_reread=True, now=NOW)
    assert done.is_sound, done.faults


@pytest.mark.req("R081")
@pytest.mark.parametrize("altered", ALTERED)
def test_a_silently_altered_row_is_found_and_named(store: Store, altered: str) -> None:
    caller = firm()
    table, change, told = ALTERED[altered]
    mine = f"organisation_id = '{caller.organisation_id}'"
    plant(store, table, f"update {table} set {change} where {mine}")
    found = verify_stored(caller, is_source_reread=True, now=NOW).faults
    assert any(each.startswith(told) for each in found), found
