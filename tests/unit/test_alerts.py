"""Alerts: what holds and what does not, by facts alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.alerts import (
    Alert,
    AlertKind,
    Feed,
    Figures,
    Running,
    changes,
    difference,
    missing_feed,
    overdue,
)
from tieout.core.jobs import SHORTEST, UNKNOWN, allowed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def figures(left: int, right: int) -> Figures:
    return Figures(4, "Current", 7, left, right, 3, "EUR", 2)


def test_a_difference_is_told_to_the_penny() -> None:
    alert = difference(figures(10_000, 9_999))
    assert alert is not None
    assert alert.key == "difference reconciliation:4"
    assert "0.01 EUR above the books" in alert.text
    assert alert.account_id == 7
    assert difference(figures(10_000, 10_000)) is None


@given(st.integers(), st.integers(), st.integers(min_value=0))
def test_what_is_allowed_is_no_alert_and_a_unit_more_is(left: int, right: int, may: int) -> None:
    assert (difference(figures(left, right), may) is None) == (abs(left - right) <= may)


def test_a_run_is_overdue_while_it_runs() -> None:
    began = NOW - timedelta(hours=2, minutes=5)
    late = overdue(Running(3, "reconcile", "reconciliation:4", began, began + SECOND * 600), NOW)
    assert late is not None
    assert late.text == (
        "reconcile of reconciliation:4 has run for 2 h 05 min and should have ended after 10 min."
    )
    assert overdue(Running(3, "reconcile", "", began, NOW + SECOND), NOW) is None


@pytest.mark.parametrize(
    ("on", "days", "is_missing"),
    [
        (date(2026, 11, 3), None, False),  # monthly so far: 31 days and three
        (date(2026, 11, 4), None, True),
        (date(2026, 10, 2), 1, True),  # somebody said that one day is allowed
        (date(2026, 10, 1), 1, False),
    ],
)
def test_a_feed_is_missing_by_its_own_habit_or_by_rule(
    on: date,
    days: int | None,
    is_missing: bool,  # noqa: FBT001  what is expected
) -> None:
    ends = (date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30))
    assert (missing_feed(Feed(1, "NL55", ends), on, days) is not None) == is_missing


def test_an_account_of_two_statements_has_no_habit_yet() -> None:
    feed = Feed(1, "NL55", (date(2026, 1, 31), date(2026, 2, 28)))
    assert missing_feed(feed, date(2030, 1, 1)) is None
    assert missing_feed(Feed(1, "NL55", ()), date(2030, 1, 1), 5) is None


KEYS = st.lists(st.sampled_from("abcdef"))


@given(KEYS, KEYS)
def test_what_is_raised_and_over_leads_from_what_was_to_what_is(
    was: list[str], now: list[str]
) -> None:
    holding = [Alert(AlertKind.OVERDUE, each, "text") for each in now]
    raised = {f"overdue {each}" for each in was}
    new, over = changes(raised, holding)
    assert (raised | {each.key for each in new}) - over == {each.key for each in holding}
    assert len({each.key for each in new}) == len(new)
    assert not {each.key for each in new} & raised
    assert over <= raised


SPANS = st.lists(st.integers(0, 10**6).map(lambda seconds: SECOND * seconds), max_size=30)


@given(SPANS)
def test_what_a_run_may_take_is_never_less_than_what_was_taken_before(
    took: list[timedelta],
) -> None:
    may = allowed(took)
    assert all(each <= may for each in took)
    assert may >= SHORTEST
    assert allowed(took, fixed=SECOND) == SECOND
    assert len(took) >= 5 or may >= UNKNOWN
