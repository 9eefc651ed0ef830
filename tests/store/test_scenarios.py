"""Files as they come in practice: late, twice, out of order, partial, corrupt; each by its name.

The world is three months of one account with their books. Whatever happens on the way, what is
kept in the end is the same, and what could not be so is told.
"""

from itertools import permutations

import pytest

from tests.store.firms import NOW, line, organisation, statement
from tests.store.test_books import OPENED
from tests.store.test_imports import bring, counted, last_event
from tieout.core.errors import InvalidInput, TieoutError
from tieout.formats.common.source import Source
from tieout.store.banking.models import BankAccount, BankStatement, FileReading, ReceivedFile
from tieout.store.ledger.models import JournalEntry
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.import_books import import_books
from tieout.workflows.import_statement import import_statement
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.verify_stored import verify_stored
from tieout.workflows.views.banking import gaps

pytestmark = [pytest.mark.usefixtures("store"), pytest.mark.req("R101")]

SEPTEMBER = statement(
    line("0902", "D10,00", "RENT"), line("0912", "D5,00", "CAR PARK"),
    opening="100,00", closing="85,00", days=("0901", "0930"),
)  # fmt: skip
OCTOBER = statement(
    line("1002", "D10,00", "RENT"), line("1012", "D5,00", "CAR PARK"),
    opening="85,00", closing="70,00", number=2, days=("1001", "1031"),
)  # fmt: skip
NOVEMBER = statement(
    line("1102", "D10,00", "RENT"), line("1112", "C99,00", "MARLOWE"),
    opening="70,00", closing="159,00", number=3, days=("1101", "1130"),
)  # fmt: skip
MONTHS = (SEPTEMBER, OCTOBER, NOVEMBER)
ALL = [-1000, -500, -1000, -500, -1000, 9900]
ENTRIES = [
    f'2026-{month:02}-02 * "Landlord" "Rent"\n  Assets:Bank  -10.00 EUR\n  Expenses:Rent\n'
    for month in (9, 10, 11)
]


def books(*entries: str) -> str:
    return OPENED + "".join(entries)


def bring_books(caller: Caller, text: str, name: str = "books.beancount") -> list[str]:
    """The books, imported; what was told of entries that are changed or gone."""
    kept = receive_file(caller, source=Source(name, text.encode()), now=NOW)
    told = [each.code for each in import_books(caller, file_id=kept.file_id, now=NOW).problems]
    return [code for code in told if code in {"entry.changed", "entry.gone"}]


def entries(caller: Caller) -> list[str]:
    with tenant(caller.organisation_id):
        return [str(each) for each in JournalEntry.objects.order_by("booked_on", "id")
                .values_list("booked_on", flat=True)]  # fmt: skip


def still_holds(caller: Caller) -> None:
    done = verify_stored(caller, is_source_reread=True, now=NOW)
    assert done.is_sound, done.faults


def missing(caller: Caller) -> list[str]:
    """The gaps that are open between statements of the account."""
    with tenant(caller.organisation_id):
        account = BankAccount.objects.get().pk
    return [each.code for each in gaps(caller, account_id=account)]


def test_late_a_month_that_comes_after_the_next_closes_its_gap() -> None:
    caller = organisation()
    bring(caller, SEPTEMBER, "september.sta")
    told = [each.code for each in bring(caller, NOVEMBER, "november.sta").problems]
    assert told == ["statement.gap"]
    assert missing(caller) == ["statement.gap"]
    assert bring(caller, OCTOBER, "october.sta").problems == ()
    assert missing(caller) == []
    assert counted(caller) == ALL
    still_holds(caller)


def test_late_entries_of_days_that_are_recorded_already_are_added_beside_them() -> None:
    caller = organisation()
    bring_books(caller, books(ENTRIES[0], ENTRIES[2]))
    assert bring_books(caller, books(*ENTRIES)) == []
    assert entries(caller) == ["2026-09-02", "2026-10-02", "2026-11-02"]
    still_holds(caller)


def test_late_what_comes_after_a_match_is_matched_by_the_next_run() -> None:
    caller = organisation()
    bring(caller, SEPTEMBER, "september.sta")
    bring_books(caller, books(*ENTRIES))
    with tenant(caller.organisation_id):
        bank = BankAccount.objects.get().pk
    made = set_reconciliation(
        caller, name="current", bank_account_id=bank, account_code="Assets:Bank", now=NOW
    )
    before = reconcile(caller, reconciliation_id=made, now=NOW)
    bring(caller, OCTOBER, "october.sta")
    after = reconcile(caller, reconciliation_id=made, now=NOW)
    assert (before.left_count, after.left_count) == (2, 4)
    assert after.right_count == before.right_count == 3


@pytest.mark.parametrize("name", ["september.sta", "another name.sta"])
def test_twice_the_same_file_is_kept_and_counted_once(name: str) -> None:
    caller = organisation()
    first = bring(caller, SEPTEMBER, "september.sta")
    again = bring(caller, SEPTEMBER, name)
    assert (first.is_new, again.is_new) == (True, False)
    assert counted(caller) == ALL[:2]
    with tenant(caller.organisation_id):
        assert ReceivedFile.objects.count() == BankStatement.objects.count() == 1


def test_twice_the_same_lines_in_another_file_are_kept_and_counted_once() -> None:
    caller = organisation()
    bring(caller, SEPTEMBER, "september.sta")
    again = bring(caller, SEPTEMBER + b"\n", "again.sta")
    assert (again.is_new, again.line_count, again.repeated_count) == (True, 2, 2)
    assert counted(caller) == ALL[:2]
    still_holds(caller)


def test_twice_the_same_books_add_no_entry() -> None:
    caller = organisation()
    bring_books(caller, books(*ENTRIES))
    assert bring_books(caller, books(*ENTRIES) + "\n", "again.beancount") == []
    assert len(entries(caller)) == 3
    still_holds(caller)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_out_of_order_whatever_comes_first_the_same_is_kept(order: tuple[int, ...]) -> None:
    caller = organisation()
    for number in order:
        bring(caller, MONTHS[number], f"{number}.sta")
        bring_books(caller, books(*ENTRIES[: number + 1]), f"books {number}.beancount")
    assert counted(caller) == ALL
    assert missing(caller) == []
    assert entries(caller) == ["2026-09-02", "2026-10-02", "2026-11-02"]
    still_holds(caller)


def test_partial_a_download_cut_off_is_told_and_the_whole_one_adds_the_rest() -> None:
    caller = organisation()
    cut = SEPTEMBER[: SEPTEMBER.index(b":62F:")]
    half = cut[: cut.index(b":61:260912")]
    bring(caller, half, "half.sta")
    assert counted(caller) == ALL[:1]
    whole = bring(caller, SEPTEMBER, "september.sta")
    assert whole.repeated_count == 1
    assert counted(caller) == ALL[:2]
    still_holds(caller)


def test_partial_an_export_that_lost_entries_takes_none_away_and_says_so() -> None:
    caller = organisation()
    bring_books(caller, books(*ENTRIES))
    assert bring_books(caller, books(ENTRIES[0], ENTRIES[2]), "part.beancount") == ["entry.gone"]
    assert len(entries(caller)) == 3
    still_holds(caller)


def test_partial_a_row_that_cannot_be_read_is_held_and_comes_in_once_it_can() -> None:
    caller = organisation()
    head, good = b"Date,Description,Amount,Currency\n", b"2026-09-01,Rent,-612.48,EUR\n"
    broken = bring(caller, head + good + b"2026-09-03,Van,twelve,EUR\n", "card.csv", "77")
    assert (broken.line_count, broken.held_count) == (1, 1)
    mended = bring(caller, head + good + b"2026-09-03,Van,-12.00,EUR\n", "card 2.csv", "77")
    assert (mended.line_count, mended.repeated_count, mended.held_count) == (2, 1, 0)
    assert counted(caller) == [-61248, -1200]


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02 neither this nor that", b"PK\x03\x04 half a workbook", b"<Document><BkToCstmr"],
    ids=["no format", "half a workbook", "half of an XML"],
)
def test_corrupt_a_file_that_says_nothing_leaves_nothing_but_its_event(data: bytes) -> None:
    caller = organisation()
    bring(caller, SEPTEMBER, "september.sta")
    kept = receive_file(caller, source=Source("odd.bin", data), now=NOW)
    with pytest.raises(TieoutError) as raised:
        import_statement(caller, file_id=kept.file_id, now=NOW)
    assert raised.value.next_step
    said = last_event(caller)["after"]
    assert isinstance(said, dict)
    assert said["refused"] == raised.value.code
    assert counted(caller) == ALL[:2]
    with tenant(caller.organisation_id):
        assert FileReading.objects.count() == 1
    still_holds(caller)


def test_corrupt_a_statement_whose_sum_is_not_its_closing_is_kept_and_flagged() -> None:
    caller = organisation()
    told = bring(caller, SEPTEMBER.replace(b"EUR85,00", b"EUR58,00"), "september.sta").problems
    assert [each.code for each in told] == ["statement.does-not-tie"]
    with tenant(caller.organisation_id):
        assert BankStatement.objects.get().ties is False


def test_corrupt_an_entry_altered_under_its_text_is_told_and_both_are_kept() -> None:
    caller = organisation()
    bring_books(caller, books(*ENTRIES))
    altered = ENTRIES[1].replace("10.00", "11.00")
    told = bring_books(caller, books(ENTRIES[0], altered, ENTRIES[2]), "again.beancount")
    assert told == ["entry.gone"]
    assert len(entries(caller)) == 4
    still_holds(caller)


def test_corrupt_an_empty_file_is_not_received() -> None:
    caller = organisation()
    with pytest.raises(InvalidInput) as raised:
        receive_file(caller, source=Source("empty.sta", b""), now=NOW)
    assert raised.value.code == "file.empty"
