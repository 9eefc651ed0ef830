"""Which account is which: guessed only on evidence, said in a note, refused when it is thin."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.currencies import agree_on_currency
from tieout.files.pairing import pair_accounts, same_number
from tieout.files.records import NO_CURRENCY, SideRecords

Row = tuple[str, int, int]
"""Account, day of September 2026 (0 and below: August), amount in minor units."""

RENT, SHOP, SALE, FEE = -85000, -4217, 121050, -1250
MONTH = ((1, RENT), (4, SHOP), (9, SALE), (30, FEE))


def side(
    rows: Sequence[Row],
    *,
    label: str = "bank",
    currency: str = "EUR",
    books: bool = False,
    bank_accounts: Sequence[str] = (),
) -> SideRecords:
    first = date(2026, 9, 1)
    made = [
        {
            "record_id": f"{label}-{number}",
            "account": account,
            "currency": currency,
            "amount_minor": amount,
            "booked_on": first + timedelta(days=day - 1),
            "external_id": "",
            "reference": "",
            "counterparty": "",
            "narrative": "",
            "kind": "",
            "is_pending": False,
        }
        for number, (account, day, amount) in enumerate(rows)
    ]
    table = pa.Table.from_pylist(made, schema=RECORD_SCHEMA)
    known = frozenset(bank_accounts)
    return SideRecords(table, {currency: 2}, label, is_books=books, bank_accounts=known)


def on(account: str, lines: Sequence[tuple[int, int]] = MONTH, *, times: int = 1) -> list[Row]:
    return [(account, day, times * amount) for day, amount in lines]


def books_of(*rows: Row, bank_accounts: Sequence[str] = ()) -> SideRecords:
    """Journal entries: each row gets its contra posting on an account of income or expense."""
    contra = [
        (f"Contra:{number % 3}", day, -amount) for number, (_, day, amount) in enumerate(rows)
    ]
    return side([*rows, *contra], label="books", books=True, bank_accounts=bank_accounts)


def test_the_account_with_the_same_amounts_is_taken_and_a_note_says_so() -> None:
    left, right, pairs = pair_accounts(side(on("4711")), books_of(*on("Assets:Bank")))
    assert pairs == (("4711", "Assets:Bank"),)
    assert set(right.table["account"].to_pylist()) == {"Assets:Bank"}
    assert left.notes == ("4711 is taken to be Assets:Bank: 4 amounts in common",)
    assert right.notes == (
        "of books, compared: Assets:Bank (4 of 8 postings; 3 other accounts left out)",
    )


def test_the_books_may_stand_on_the_left() -> None:
    left, right, pairs = pair_accounts(books_of(*on("Assets:Bank")), side(on("4711")))
    assert pairs == (("Assets:Bank", "4711"),)
    assert set(left.table["account"].to_pylist()) == {"Assets:Bank"}
    assert len(right.table) == 4


def test_several_bank_accounts_find_their_own_among_many() -> None:
    other = ((2, -9900), (3, 40000), (17, -2375))
    bank = side([*on("4711"), *on("4712", other), *on("card", [(5, -1), (6, -1)])])
    books = books_of(*on("Bank:A"), *on("Bank:B", other), *on("Stock", [(4, 77), (8, 78)]))
    left, _, pairs = pair_accounts(bank, books)
    assert pairs == (("4711", "Bank:A"), ("4712", "Bank:B"))
    assert any("clearly card (no amount in common)" in note for note in left.notes)


def test_an_iban_and_its_number_are_one_account_of_the_books() -> None:
    iban, number = "GB33LARK20115541234567", "41234567"
    bank = side([*on(iban, MONTH[:2]), *on(number, MONTH[2:])])
    left, _, pairs = pair_accounts(bank, books_of(*on("Assets:Bank")))
    assert len(pairs) == 1
    assert len(set(left.table["account"].to_pylist())) == 1
    assert any("belong to one account of the other side" in note for note in left.notes)


def test_a_second_account_joins_only_with_most_of_its_own_amounts() -> None:
    """Another bank's account that shares a rent by accident is not put into this one's books."""
    other = side([*on("4711"), *on("9999", [(1, RENT), (2, -31), (3, -32), (4, -33)])])
    left, _, pairs = pair_accounts(other, books_of(*on("Assets:Bank")))
    assert pairs == (("4711", "Assets:Bank"),)
    assert any("clearly 9999" in note for note in left.notes)


def test_two_accounts_that_fit_equally_well_are_refused_by_name() -> None:
    books = books_of(*on("Bank:A"), *on("Bank:B"))
    with pytest.raises(InvalidInput, match="Bank:A, Bank:B") as caught:
        pair_accounts(side(on("4711")), books)
    assert caught.value.code == "match.no-account"


def test_of_two_that_fit_equally_the_one_the_books_call_a_bank_account_is_taken() -> None:
    books = books_of(*on("Bank:A"), *on("Till"), bank_accounts=["Bank:A"])
    _, _, pairs = pair_accounts(side(on("4711")), books)
    assert pairs == (("4711", "Bank:A"),)


def test_one_amount_in_common_of_many_is_no_evidence() -> None:
    bank = side(on("4711", [(day, -100 - day) for day in range(1, 21)]))
    with pytest.raises(InvalidInput, match="one by name") as caught:
        pair_accounts(bank, books_of(*on("Assets:Bank", [(3, -103), *MONTH])))
    assert caught.value.code == "match.no-account"


def test_books_without_any_common_amount_are_refused_with_the_names_to_choose_from() -> None:
    books = books_of(*on("Assets:Bank", [(1, -7)]), bank_accounts=["Assets:Bank"])
    with pytest.raises(InvalidInput, match="one by name, of Assets:Bank"):
        pair_accounts(side(on("4711")), books)


def test_a_statement_without_an_account_takes_the_books_one() -> None:
    _, right, _ = pair_accounts(side(on("")), books_of(*on("Assets:Bank")))
    assert set(right.table["account"].to_pylist()) == {"Assets:Bank"}


def test_records_without_an_account_beside_named_ones_are_an_account_of_their_own() -> None:
    card = ((2, -9900), (3, 40000), (17, -2375))
    bank = side([*on("4711"), *on("", card)])
    left, _, pairs = pair_accounts(bank, books_of(*on("Bank"), *on("Card", card)))
    assert pairs == (("(not named)", "Card"), ("4711", "Bank"))
    assert "" not in left.table["account"].to_pylist()


def test_a_card_whose_purchases_are_positive_is_turned_alone() -> None:
    card = ((2, -9900), (3, 40000), (17, -2375))
    bank = side([*on("4711"), *on("card", card, times=-1)])
    books = books_of(*on("Bank"), *on("Card", card), bank_accounts=["Bank", "Card"])
    left, right, pairs = pair_accounts(bank, books)
    assert pairs == (("4711", "Bank"), ("card", "Card"))
    assert left.table["amount_minor"].to_pylist() == [a for _, a in (*MONTH, *card)]
    assert any("bank, card counts the other way round" in note for note in left.notes)
    assert right.table["amount_minor"].to_pylist() == [a for _, a in (*MONTH, *card)]


def test_supplier_invoices_are_turned_to_meet_their_payments() -> None:
    invoices = side(on("", [(1, 4000), (2, 5125), (3, 61001), (4, 750)]), label="invoices")
    paid = [(6, -4000), (9, -5125), (11, -61001), (12, 900), (13, -88)]
    left, right, pairs = pair_accounts(invoices, side(on("4711", paid)))
    assert pairs == ()
    assert left.table["amount_minor"].to_pylist() == [-4000, -5125, -61001, -750]
    assert right.table["amount_minor"].to_pylist() == [a for _, a in paid]
    assert "counts the other way round" in left.notes[0]


def test_sales_invoices_and_a_few_opposite_amounts_are_left_as_they_are() -> None:
    invoices = side(on("", [(1, 4000), (2, 5125), (3, 61001), (4, 750)]), label="invoices")
    paid = [(6, 4000), (9, 5125), (11, -61001), (12, -750)]
    left, right, _ = pair_accounts(invoices, side(on("4711", paid)))
    assert (left.notes, right.notes) == ((), ())


def test_an_opening_entry_does_not_decide_and_stays_with_its_account() -> None:
    books = books_of(("Assets:Bank", 0, 841266), *on("Assets:Bank"))
    _, right, pairs = pair_accounts(side(on("4711")), books)
    assert pairs == (("4711", "Assets:Bank"),)
    assert 841266 in right.table["amount_minor"].to_pylist()


def test_a_monthly_rent_counts_as_often_as_both_sides_have_it() -> None:
    weekly = [(day, -8500) for day in (1, 8, 15, 22, 29)]
    left, _, _ = pair_accounts(side(on("4711", weekly)), books_of(*on("Bank", weekly)))
    assert left.notes[0].endswith("5 amounts in common")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("GB33LARK20115541234567", "41234567", True),
        ("20-11-55 41234567", "GB33LARK20115541234567", True),
        ("41234567", "41234567", True),
        ("****8841", "8841", False),
        ("Assets:Bank", "Assets:Cash", False),
        ("", "", False),
    ],
)
def test_one_number_in_two_spellings(one: str, other: str, *, same: bool) -> None:
    assert same_number(one, other) is same


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_records_decides_nothing(random: Random) -> None:
    card = ((2, -9900), (3, 40000), (17, -2375))
    bank = [*on("4711"), *on("", card)]
    books = [*on("Bank"), *on("Card", card), *on("Contra", MONTH, times=-1)]
    random.shuffle(bank)
    random.shuffle(books)
    _, _, pairs = pair_accounts(side(bank), side(books, label="books", books=True))
    assert pairs == (("(not named)", "Card"), ("4711", "Bank"))


def test_a_side_without_a_currency_takes_the_only_one_of_the_other() -> None:
    bare, known = side(on("", MONTH), currency=NO_CURRENCY), side(on("", MONTH))
    left, right = agree_on_currency(bare, known, "")
    assert set(left.table["currency"].to_pylist()) == {"EUR"}
    assert left.notes == ("bank names no currency: taken as EUR (the only one)",)
    assert right.notes == ()


def test_of_two_currencies_the_one_with_the_same_amounts_is_taken() -> None:
    euros, pounds = side(on("a")), side(on("b", [(1, 5), (2, 6)]), currency="GBP")
    both = SideRecords(pa.concat_tables([euros.table, pounds.table]), {"EUR": 2, "GBP": 2}, "books")
    left, _ = agree_on_currency(side(on(""), currency=NO_CURRENCY), both, "")
    assert set(left.table["currency"].to_pylist()) == {"EUR"}
    assert "4 amounts in common" in left.notes[0]


def test_of_two_currencies_none_is_taken_on_thin_evidence_and_a_problem_says_so() -> None:
    euros, pounds = side(on("a")), side(on("b"), currency="GBP")
    both = SideRecords(pa.concat_tables([euros.table, pounds.table]), {"EUR": 2, "GBP": 2}, "books")
    left, _ = agree_on_currency(side(on(""), currency=NO_CURRENCY), both, "")
    assert set(left.table["currency"].to_pylist()) == {NO_CURRENCY}
    assert [each.code for each in left.problems] == ["match.no-currency"]
    named, _ = agree_on_currency(side(on(""), currency=NO_CURRENCY), both, "GBP")
    assert set(named.table["currency"].to_pylist()) == {"GBP"}


def test_a_currency_counted_in_two_ways_keeps_every_amount() -> None:
    """Whole units without a currency beside cents of a named one, in one side."""
    bare, cents = side(on("", [(1, 12)]), currency=NO_CURRENCY), side(on("", [(1, 1250)]))
    both = SideRecords(
        pa.concat_tables([bare.table, cents.table]), {NO_CURRENCY: 0, "EUR": 2}, "mixed"
    )
    left, _ = agree_on_currency(both, side(on("")), "")
    assert left.table["amount_minor"].to_pylist() == [1200, 1250]
    assert left.exponents == {"EUR": 2}
