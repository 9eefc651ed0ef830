"""A mask is the same for the same, another for another, and shows nothing of what it masks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.masking import Mask

KEY = bytes(range(32))
words = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x7A), min_size=1)


@given(words, words)
def test_different_words_have_different_masks_of_their_length(one: str, other: str) -> None:
    mask = Mask(KEY)
    assert (mask.text(one) == mask.text(other)) is (one == other)
    assert len(mask.text(one)) == len(one)
    assert [each.isupper() for each in mask.text(one)] == [each.isupper() for each in one]
    assert all(a.lower() != b.lower() for a, b in zip(one, mask.text(one), strict=True))


@given(words, words)
def test_equal_beginnings_stay_equal(one: str, rest: str) -> None:
    mask = Mask(KEY)
    assert mask.text(one + rest).startswith(mask.text(one))


@given(st.integers(0, 10**20), st.integers(0, 3))
def test_numbers_keep_their_length_and_their_leading_zeros(number: int, zeros: int) -> None:
    text = "0" * zeros + str(number)
    masked = Mask(KEY).text(text)
    assert len(masked) == len(text)
    assert re.findall("^0*", masked) == re.findall("^0*", text)
    if number and not (len(text) == 4 and 1990 <= number <= 2035):
        assert int(masked) != number


def test_what_stands_between_stays_and_another_key_masks_otherwise() -> None:
    masked = Mask(KEY).text("INV-2038/07, T. Marlowe & Söhne 2026")
    assert re.sub(r"[^\W\d_]|\d", "x", masked) == "xxx-xxxx/xx, x. xxxxxxx & xxxxx xxxx"
    assert masked.endswith("2026")
    assert masked != Mask(bytes(32)).text("INV-2038/07, T. Marlowe & Söhne 2026")
    assert Mask(KEY).text("Söhne") == Mask(KEY).text("Sohne"), "as matching folds them"
    assert Mask(KEY, frozenset({"PAYMENT"})).text("Payment") == "Payment"
    assert Mask(KEY).text("现金") != Mask(KEY).text("银行")
    with pytest.raises(ValueError, match="32 bytes"):
        Mask(b"short")


def test_all_texts_of_a_value_are_masked() -> None:
    value = {"counterparty": "Marlowe", "currency": "EUR", "parts": [["MEMO", "RENT"], 5, None]}
    masked = Mask(KEY).anything(value, frozenset({"currency"}))
    said = str(masked)
    assert not any(word in said for word in ("Marlowe", "counterparty", "MEMO", "RENT"))
    assert "'currency': 'EUR'" in said
    assert ", 5, None]" in said


def test_no_number_becomes_a_year_that_stays_itself() -> None:
    numbers = [f"{number:04}" for number in range(10_000)]
    masks = [Mask(KEY).text(each) for each in numbers]
    assert len(set(masks)) == len(numbers)
