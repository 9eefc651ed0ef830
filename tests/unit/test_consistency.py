"""An account in two systems: the difference, what is open, and the word for both."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.consistency import AccountLine, Agreement, Balance, accounts_mapped
from tieout.core.errors import InvalidInput

DAY = date(2026, 9, 30)
MINOR = st.none() | st.integers(-(10**9), 10**9)


def line(
    left: int | None, right: int | None, found: int | None = None, count: int = 0
) -> AccountLine:
    return AccountLine(
        Balance("bank", "77", left, DAY), Balance("books", "1200", right, DAY), "EUR", 2, found,
        count,
    )  # fmt: skip


@pytest.mark.req("R107", "R108")
@pytest.mark.parametrize(
    ("one", "word", "difference"),
    [
        (line(100, 100), Agreement.AGREES, 0),
        (line(100, 100, 0, 0), Agreement.AGREES, 0),
        (line(100, 100, 0, 2), Agreement.OFFSETTING, 0),
        (line(100, 70), Agreement.DIFFERS, 30),
        (line(100, 70, 30, 1), Agreement.EXPLAINED, 30),
        (line(100, 70, 29, 1), Agreement.DIFFERS, 30),
        (line(100, 100, 5, 1), Agreement.OFFSETTING, 0),
        (line(100, 100, 5, 0), Agreement.OFFSETTING, 0),
        (line(None, 70), Agreement.ONE_ONLY, None),
        (line(100, None, 30), Agreement.ONE_ONLY, None),
    ],
)
def test_two_balances_and_what_is_open_make_one_word(
    one: AccountLine, word: Agreement, difference: int | None
) -> None:
    assert (one.agreement, one.difference_minor) == (word, difference)


@given(MINOR, MINOR, MINOR, st.integers(0, 5))
def test_what_is_open_and_what_is_unexplained_add_up_to_the_difference(
    left: int | None, right: int | None, found: int | None, count: int
) -> None:
    one = line(left, right, found, count)
    if one.difference_minor is None:
        assert one.agreement is Agreement.ONE_ONLY
        return
    assert one.unexplained_minor is not None
    assert (found or 0) + one.unexplained_minor == one.difference_minor
    is_apart = one.difference_minor != 0 and one.unexplained_minor != 0
    assert (one.agreement is Agreement.DIFFERS) == is_apart
    is_even = not one.difference_minor and not one.open_count and not one.explained_minor
    assert (one.agreement is Agreement.AGREES) == is_even


def test_a_mapping_names_accounts_a_line_each() -> None:
    assert accounts_mapped("# ours = theirs\n\n1200 = 44100  # debtors\nbank=Bank Account\n") == {
        "1200": "44100",
        "bank": "Bank Account",
    }


@pytest.mark.parametrize("text", ["1200", "1200 =", "= 4", "a = b\na = c", "a = b\nc = b"])
def test_a_mapping_that_says_nothing_or_too_much_is_refused_by_line(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"match\.mapping-invalid.*|line"):
        accounts_mapped(text)
