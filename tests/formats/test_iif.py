"""The IIF reader: its promises, and one test by name for each oddity."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.accounts import AccountKind
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.iif import FORMAT
from tieout.testing.formats import FormatConformance, check_promises

HEADER = (
    "!TRNS\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tDOCNUM\tMEMO\n"
    "!SPL\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tDOCNUM\tMEMO\n!ENDTRNS\n"
)


class TestIif(FormatConformance):
    format_name = "iif"


def reading_of(rows: str, **options: str) -> Reading:
    return FORMAT.read(Source("books.iif", (HEADER + rows).encode()), options)


def test_a_cheque_with_its_splits() -> None:
    reading = reading_of(
        "TRNS\tCHECK\t7/16/26\tChecking\tPaper Mill\t-1,234.50\t2041\tPaper\n"
        'SPL\tCHECK\t7/16/26\tOffice\t\t"1,234.50"\t\t"A4, white"\nENDTRNS\n',
        currency="USD",
    )
    (entry,) = reading.entries
    assert entry.booked_on == date(2026, 7, 16)
    assert (entry.counterparty, entry.references) == ("Paper Mill", ("2041",))
    assert [each.signed_minor for each in entry.postings] == [-123450, 123450]
    assert entry.postings[1].narrative == "A4, white"
    assert entry.postings[0].currency.code == "USD"
    assert entry.is_balanced
    assert reading.is_clean


def test_a_file_without_currency_says_so() -> None:
    reading = reading_of("TRNS\tX\t1/2/2026\tA\t\t1\t\t\nSPL\tX\t1/2/2026\tB\t\t-1\t\t\nENDTRNS\n")
    assert "match.no-currency" in {each.code for each in reading.problems}


def test_dates_with_the_day_first_are_seen_from_the_whole_file() -> None:
    reading = reading_of("TRNS\tX\t5/2/2026\tA\t\t1\t\t\nSPL\tX\t31/1/2026\tB\t\t-1\t\t\nENDTRNS\n")
    assert reading.entries[0].booked_on == date(2026, 2, 5)
    assert reading.entries[0].postings[1].posted_on == date(2026, 1, 31)


def test_types_of_accounts() -> None:
    reading = FORMAT.read(
        Source("x.iif", b"!ACCNT\tNAME\tACCNTTYPE\nACCNT\tMain\tBANK\nACCNT\tCosts\tEXP\n"), {}
    )
    kinds = {each.code: (each.kind, each.is_bank) for each in reading.accounts}
    assert kinds == {"Main": (AccountKind.ASSET, True), "Costs": (AccountKind.EXPENSE, False)}


def test_an_amount_that_is_none_is_held_and_the_entry_is_unbalanced() -> None:
    reading = reading_of("TRNS\tX\t1/2/2026\tA\t\t1\t\t\nSPL\tX\t1/2/2026\tB\t\tNaN\t\t\nENDTRNS\n")
    assert [each.problem.code for each in reading.held] == ["record.amount-invalid"]
    assert "entry.unbalanced" in {each.code for each in reading.problems}


CELLS = st.lists(st.text(max_size=8), max_size=9).map("\t".join)


@given(st.lists(st.tuples(st.sampled_from(["TRNS", "SPL", "ENDTRNS", "!SPL", "X"]), CELLS)))
def test_any_rows_keep_the_promises(rows: list[tuple[str, str]]) -> None:
    text = "".join(f"{word}\t{' '.join(cells.splitlines())}\n" for word, cells in rows)
    check_promises(reading_of(text))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_crash(data: bytes) -> None:
    TestIif().read_or_refuse(data, "x.iif")
