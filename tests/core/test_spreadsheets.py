"""A text from a bank never becomes a formula; a number stays a number."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.spreadsheets import FORMULA, cell


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=HYPERLINK(0)", "'=HYPERLINK(0)"),
        ("+44 20 7946 0000", "'+44 20 7946 0000"),
        ("-5", "'-5"),
        ("@SUM(1)", "'@SUM(1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("INV 2041", "INV 2041"),
        ("a=b", "a=b"),
        (-5, "-5"),
        (Decimal("-12.50"), "-12.50"),
        (date(2026, 9, 30), "2026-09-30"),
        (None, ""),
    ],
)
def test_a_text_is_no_formula_and_a_number_is_a_number(value: object, expected: str) -> None:
    assert cell(value) == expected


@given(st.text())
def test_no_text_begins_as_a_formula_and_none_is_changed_otherwise(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip(" ").startswith(FORMULA)
    assert shown.removeprefix("'") in {text.replace("\x00", ""), text.replace("\x00", "")[1:]}
