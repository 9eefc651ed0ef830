"""What pages are asked by: sense is taken, nonsense is refused with what was found."""

from datetime import date

import pytest

from tieout.core.errors import InvalidInput
from tieout.core.schedules import Every
from tieout.web.asked import chosen, day, number, required, whole


def test_sense_is_taken_and_nothing_is_none() -> None:
    assert day({"on": " 2026-09-30 "}, "on") == date(2026, 9, 30)
    assert day({}, "on") is None
    assert number({"run": "7"}, "run") == 7
    assert number({"run": " "}, "run") is None
    assert chosen({"every": "daily"}, "every", Every) is Every.DAILY


@pytest.mark.parametrize(
    "text", ["2026-13-01", "0001-01-01", "9999-12-31", "yesterday", "٢٠٢٦-٠٩-٣٠"]
)
def test_a_day_that_is_none_or_leaves_no_room_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        day({"on": text}, "on")
    assert raised.value.code == "page.invalid"


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "9" * 19, "one"])
def test_a_whole_number_is_digits_that_fit(text: str) -> None:
    with pytest.raises(InvalidInput):
        whole(text, "account")


def test_what_is_missing_or_no_choice_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="allowed"):
        required(None, "allowed")
    with pytest.raises(InvalidInput, match="hourly"):
        chosen({"every": "often"}, "every", Every)
