"""Books come in once: later exports add what is new, and what contradicts is told."""

import pytest

from tests.store.firms import NOW, SEPTEMBER, organisation
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput
from tieout.formats.common.source import Source
from tieout.store.ledger.models import JournalEntry, Posting
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.import_books import BooksImported, import_books
from tieout.workflows.import_file import FileImported, import_file
from tieout.workflows.receive_file import receive_file

pytestmark = pytest.mark.usefixtures("store")

OPENED = 'option "operating_currency" "EUR"\n2026-01-01 open Assets:Bank EUR\n'
RENT = '2026-09-02 * "Landlord" "Rent"\n  Assets:Bank  -10.00 EUR\n  Expenses:Rent\n'
SALE = '2026-09-06 * "Marlowe" "INV-2038"\n  Assets:Bank  25.50 EUR\n  Income:Sales\n'
LATE = '2026-10-02 * "Landlord" "Rent"\n  Assets:Bank  -10.00 EUR\n  Expenses:Rent\n'

GNUCASH = """<?xml version="1.0" encoding="utf-8"?>
<gnc-v2 xmlns:gnc="http://www.gnucash.org/XML/gnc" xmlns:act="http://www.gnucash.org/XML/act"
 xmlns:trn="http://www.gnucash.org/XML/trn" xmlns:split="http://www.gnucash.org/XML/split"
 xmlns:cmdty="http://www.gnucash.org/XML/cmdty" xmlns:ts="http://www.gnucash.org/XML/ts">
<gnc:book version="2.0.0">
{accounts}{transactions}</gnc:book></gnc-v2>"""
ACCOUNT = """<gnc:account version="2.0.0"><act:name>{name}</act:name>
<act:id type="guid">{id}</act:id>
<act:type>{kind}</act:type><act:commodity><cmdty:space>CURRENCY</cmdty:space>
<cmdty:id>EUR</cmdty:id></act:commodity></gnc:account>"""
TRANSACTION = """<gnc:transaction version="2.0.0"><trn:id type="guid">{id}</trn:id>
<trn:currency><cmdty:space>CURRENCY</cmdty:space><cmdty:id>EUR</cmdty:id></trn:currency>
<trn:date-posted><ts:date>{day} 00:00:00 +0000</ts:date></trn:date-posted>
<trn:description>{text}</trn:description><trn:splits>
<trn:split><split:id type="guid">{id}1</split:id><split:value>{minor}/100</split:value>
<split:quantity>{minor}/100</split:quantity><split:account type="guid">b</split:account></trn:split>
<trn:split><split:id type="guid">{id}2</split:id><split:value>{other}/100</split:value>
<split:quantity>{other}/100</split:quantity><split:account type="guid">r</split:account></trn:split>
</trn:splits></gnc:transaction>"""


def gnucash(*rows: tuple[str, str, int, str]) -> str:
    """A book of (id, day, minor, text)."""
    accounts = ACCOUNT.format(name="Bank", id="b", kind="BANK")
    accounts += ACCOUNT.format(name="Rent", id="r", kind="EXPENSE")
    made = [
        TRANSACTION.format(id=ident, day=day, minor=minor, other=-minor, text=text)
        for ident, day, minor, text in rows
    ]
    return GNUCASH.format(accounts=accounts, transactions="".join(made))


def bring(caller: Caller, text: str, name: str = "books.beancount") -> BooksImported:
    received = receive_file(caller, source=Source(name, text.encode()), now=NOW)
    return import_books(caller, file_id=received.file_id, now=NOW)


def look(caller: Caller, data: bytes, name: str) -> FileImported:
    received = receive_file(caller, source=Source(name, data), now=NOW)
    return import_file(caller, file_id=received.file_id, now=NOW)


def booked(caller: Caller) -> list[int]:
    """The postings of the bank account, signed, in order of days."""
    with tenant(caller.organisation_id):
        rows = Posting.objects.filter(account__code="Assets:Bank").order_by("booked_on", "id")
        return [each.weight_minor for each in rows]


def codes(answer: BooksImported) -> list[str]:
    return [each.code for each in answer.problems if each.code.startswith(("entry.c", "entry.g"))]


def test_a_later_export_of_the_same_books_adds_only_what_is_new() -> None:
    caller = organisation()
    first = bring(caller, OPENED + RENT + SALE)
    assert (first.entry_count, first.added_count, first.known_count) == (2, 2, 0)
    # An entry stands before the others now, so that every line number has changed.
    later = bring(caller, OPENED + LATE + RENT + SALE, "export of 3 October.beancount")
    assert (later.added_count, later.known_count, later.books) == (1, 2, first.books)
    assert codes(later) == []
    assert booked(caller) == [-1000, 2550, -1000]


def test_two_equal_entries_stay_two_and_come_in_once() -> None:
    caller = organisation()
    assert bring(caller, OPENED + RENT + RENT).added_count == 2
    assert bring(caller, OPENED + RENT + RENT + RENT, "again.beancount").added_count == 1
    assert booked(caller) == [-1000] * 3


def test_an_altered_entry_is_new_beside_the_old_one_and_the_old_one_is_told() -> None:
    caller = organisation()
    bring(caller, OPENED + RENT + SALE)
    later = bring(caller, OPENED + RENT.replace("10.00", "12.00") + SALE, "later.beancount")
    assert (later.added_count, later.known_count) == (1, 1)
    assert codes(later) == ["entry.gone"]
    [gone] = [each for each in later.problems if each.code == "entry.gone"]
    assert "1 entries" in gone.found
    assert "2026-09-02, 'Rent'" in gone.found


def test_content_changed_under_a_known_id_is_told_and_never_recorded() -> None:
    caller = organisation()
    book = [("t1", "2026-09-02", -1000, "Rent"), ("t2", "2026-09-06", 2550, "Sale")]
    assert bring(caller, gnucash(*book), "firm.gnucash").added_count == 2
    book[0] = ("t1", "2026-09-02", -1200, "Rent")
    later = bring(caller, gnucash(*book, ("t3", "2026-09-09", -5, "Fee")), "firm2.gnucash")
    assert (later.added_count, later.known_count, later.changed_count) == (1, 1, 1)
    [changed] = [each for each in later.problems if each.code == "entry.changed"]
    assert changed.found.startswith("t1: 2026-09-02")
    with tenant(caller.organisation_id):
        amounts = Posting.objects.filter(entry__entry_id="t1").values_list("weight_minor")
        assert sorted(amounts) == [(-1000,), (1000,)]


def test_books_that_count_their_entries_anew_every_year_lose_none() -> None:
    caller = organisation()
    bring(caller, gnucash(("1", "2025-09-02", -1000, "Rent")), "2025.gnucash")
    later = bring(caller, gnucash(("1", "2026-09-02", -1100, "Rent")), "2026.gnucash")
    assert (later.added_count, later.changed_count) == (1, 0)
    assert [each.code for each in later.problems] == ["record.id-repeated"]
    again = gnucash(("1", "2026-09-02", -1100, "Rent"), ("2", "2026-09-03", -1, "Fee"))
    assert bring(caller, again, "2026b.gnucash").added_count == 1


def test_a_file_of_books_imported_again_changes_nothing() -> None:
    caller = organisation()
    first = bring(caller, OPENED + RENT)
    again = bring(caller, OPENED + RENT, "other.beancount")
    assert (again.is_new, again.reading_id, again.books) == (False, first.reading_id, first.books)
    assert booked(caller) == [-1000]


def test_import_file_sees_what_a_file_is_and_says_what_came_of_it() -> None:
    caller = organisation()
    bank = look(caller, SEPTEMBER, "september.sta")
    assert (bank.kind, bank.statement_count, bank.line_count) == ("statements", 1, 3)
    [tie] = bank.ties
    assert tie == (
        "Statement 1/1 of NL55BANK0123456789, 2026-09-01 to 2026-09-30: "
        "100.00 + 14.25 EUR in 3 lines = 114.25, as it says."
    )
    books = look(caller, (OPENED + RENT).encode(), "books.beancount")
    assert (books.kind, books.entry_count, books.books) == ("books", 1, "books (beancount)")
    assert not look(caller, SEPTEMBER, "x").is_new
    assert books.sentences[0] == (
        "Read as beancount: 1 entry of the books books (beancount), 0 of them known before, 0 held."
    )


def test_a_statement_that_does_not_tie_is_told_with_its_figures() -> None:
    answer = look(organisation(), SEPTEMBER.replace(b"EUR114,25", b"EUR114,26"), "s.sta")
    assert answer.ties[0].endswith("= 114.25, but it says 114.26: 0.01 apart.")


def test_a_table_is_a_statement_unless_its_name_says_books() -> None:
    caller = organisation()
    table = b"Date,Description,Amount,Currency\n2026-09-02,Rent,-10.00,EUR\n"
    with pytest.raises(InvalidInput, match="account"):
        look(caller, table, "export.csv")
    answer = look(caller, table.replace(b"Rent", b"Hire"), "Cash book 2026.csv")
    assert (answer.kind, answer.entry_count) == ("books", 1)
    with tenant(caller.organisation_id):
        [entry] = JournalEntry.objects.all()
        postings = Posting.objects.order_by("id").values_list("account__code", "weight_minor")
        assert list(postings) == [("cash book", -1000), ("(not stated)", 1000)]
        assert entry.narrative == "Hire"


def test_debit_and_credit_of_a_table_of_books_are_the_books_own_words() -> None:
    caller = organisation()
    table = b"Date,Account,Description,Debit,Credit,Currency\n2026-09-02,1020,Rent,,10.00,EUR\n"
    look(caller, table, "ledger.csv")
    with tenant(caller.organisation_id):
        posting = Posting.objects.get(account__code="1020")
        assert (posting.direction, posting.weight_minor) == ("credit", -1000)


def test_a_file_without_entries_is_no_books_and_a_client_imports_none() -> None:
    caller = organisation()
    client = add_member(caller, email="c@example.org", role=Role.CLIENT, now=NOW)
    received = receive_file(client, source=Source("b.bean", (OPENED + RENT).encode()), now=NOW)
    with pytest.raises(AccessDenied):
        import_books(client, file_id=received.file_id, now=NOW)
    with pytest.raises(AccessDenied):
        import_file(client, file_id=received.file_id, now=NOW)
    with pytest.raises(InvalidInput) as raised:
        bring(caller, "<html><p>Log in</p>", "page.html")
    assert raised.value.code == "file.unknown-format"
