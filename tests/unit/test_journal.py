"""The journal: entries balance per currency, and a reversal leaves nothing."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tieout.core.accounts import AccountKind
from tieout.core.journal import JournalEntry, Posting, imbalance
from tieout.core.money import Currency
from tieout.core.statements import Direction

EUR, USD = Currency.of("EUR"), Currency.of("USD")


def posting(signed: int, currency: Currency = EUR) -> Posting:
    return Posting("A", abs(signed), Direction.DEBIT if signed >= 0 else Direction.CREDIT, currency)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_an_entry_and_its_reversal_leave_nothing(amounts: list[int]) -> None:
    postings = [posting(amount) for amount in amounts]
    assert imbalance([*postings, *(each.reversed() for each in postings)]) == {}
    balanced = [*postings, posting(-sum(amounts))]
    assert JournalEntry("1", date(2026, 1, 1), tuple(balanced)).is_balanced


def test_currencies_balance_each_for_itself() -> None:
    assert imbalance([posting(100), posting(-100, USD)]) == {"EUR": 100, "USD": -100}


def test_a_wider_count_of_one_currency_still_balances() -> None:
    fine = Currency("EUR", 4)
    assert imbalance([posting(10_000, fine), posting(-100)]) == {}
    assert imbalance([posting(10_001, fine), posting(-100)]) == {"EUR": 1}


def test_a_price_gives_the_weight() -> None:
    bought = Posting("S", 5, Direction.DEBIT, Currency("ACME", 0), 50_000, EUR)
    assert imbalance([bought, posting(-50_000)]) == {}
    assert imbalance([bought.reversed(), posting(50_000)]) == {}


def test_normal_balances() -> None:
    assert AccountKind.ASSET.normal_balance is Direction.DEBIT
    assert AccountKind.INCOME.normal_balance is Direction.CREDIT
