"""Money is exact: what is split adds up, what is printed reads back, nothing is rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.money import Currency, Decimals, Money, format_minor, parse_decimal

EUR, JPY, KWD = Currency.of("EUR"), Currency.of("JPY"), Currency.of("KWD")
amounts = st.integers(-(10**15), 10**15)


@given(amounts, st.integers(0, 6))
def test_printed_amounts_read_back(minor: int, exponent: int) -> None:
    parsed = parse_decimal(format_minor(minor, exponent))
    assert parsed is not None
    assert parsed.to_minor(exponent) == minor


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_add_up_to_the_whole(minor: int, weights: list[int]) -> None:
    parts = Money(minor, EUR).allocate(weights)
    assert sum(part.amount_minor for part in parts) == minor
    assert all(part.amount_minor == 0 for part, w in zip(parts, weights, strict=True) if not w)


@given(amounts, amounts)
def test_adding_and_taking_away_leaves_nothing(a: int, b: int) -> None:
    assert Money(a, JPY) + Money(b, JPY) - Money(b, JPY) == Money(a, JPY)
    turned = -Money(a, JPY)
    assert -turned == Money(a, JPY)


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="not in one currency"):
        Money(1, EUR) + Money(1, JPY)


def test_exponents_are_those_of_iso_4217() -> None:
    assert [Currency.of(code).exponent for code in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert str(Money(12345, KWD)) == "12.345 KWD"
    assert str(Money(-5, EUR)) == "-0.05 EUR"
    assert str(Money(700, JPY)) == "700 JPY"


@pytest.mark.parametrize(
    ("text", "mark", "digits", "exponent"),
    [
        ("1,234.50", ".", 12345, 1),
        ("1.234,56", ",", 123456, 2),
        ("1'234.56", ".", 123456, 2),
        ("1 234,56", ",", 123456, 2),
        ("12,34,567.89", ".", 123456789, 2),
        ("(12.34)", ".", -1234, 2),
        ("12.34-", ".", -1234, 2),
        ("\u221212.34", ".", -1234, 2),
        ("+.5", ".", 5, 1),
        ("7,", ",", 7, 0),
        ("(-3)", ".", 3, 0),
    ],
)
def test_amounts_as_people_write_them(text: str, mark: str, digits: int, exponent: int) -> None:
    assert parse_decimal(text, "," if mark == "," else ".") == Decimals(digits, exponent)


@pytest.mark.parametrize(
    "text", ["", "-", "1e5", "NaN", "inf", "1.2.3", "1,2,3", "12a", "٣", "--5"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert parse_decimal(text) is None


def test_a_finer_amount_is_never_rounded() -> None:
    assert Decimals(12345, 3).to_minor(2) is None
    assert Decimals(-12340, 3).to_minor(2) == -1234
    assert EUR.widened(4) == Currency("EUR", 4)
    assert EUR.widened(1) is EUR
