"""Periods: every day in at most one of them, holes and overlaps named."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.periods import (
    Calendar,
    Period,
    PeriodState,
    Span,
    calendar_months,
    holes,
    overlaps,
    retail_year,
    weeks,
)

DAYS = st.dates(date(2020, 1, 1), date(2023, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 60)).map(
    lambda each: (each[0], each[0] + timedelta(days=each[1]))
)
SOME = st.lists(SPANS, max_size=8).map(
    lambda spans: [Period(number, *span) for number, span in enumerate(sorted(spans), 1)]
)


def days_of(span: Span | Period) -> set[date]:
    count = (span.ends_on - span.begins_on).days + 1
    return {span.begins_on + timedelta(days=each) for each in range(count)}


@given(SOME)
def test_holes_are_exactly_the_days_between_that_no_period_holds(periods: list[Period]) -> None:
    held = set().union(*map(days_of, periods))
    between = days_of(Span(min(held), max(held))) if held else set()
    named = [day for span in holes(periods) for day in days_of(span)]
    assert sorted(named) == sorted(between - held)


@given(SOME)
def test_overlaps_are_exactly_the_days_that_two_periods_claim(periods: list[Period]) -> None:
    expected = {
        (one.number, two.number, day)
        for one in periods
        for two in periods
        if one.number < two.number
        for day in days_of(one) & days_of(two)
    }
    found = {
        (min(one.number, two.number), max(one.number, two.number), day)
        for one, two, span in overlaps(periods)
        for day in days_of(span)
    }
    assert found == expected


@given(SOME, DAYS)
def test_the_period_of_a_day_is_the_one_that_holds_it(periods: list[Period], day: date) -> None:
    if overlaps(periods):
        with pytest.raises(ValueError, match="begins on"):
            Calendar.of(periods)
        return
    holding = [period for period in periods if day in period]
    assert Calendar.of(periods).period_of(day) == (holding[0] if holding else None)


@given(st.integers(2000, 2050), st.integers(1, 12), st.integers(1, 40))
def test_months_leave_no_day_out(year: int, month: int, count: int) -> None:
    calendar = calendar_months(year, month, count)
    assert len(calendar.periods) == count
    assert not holes(calendar.periods)
    assert all(
        period.begins_on.day == 1 and (period.ends_on + timedelta(days=1)).day == 1
        for period in calendar.periods
    )


@given(DAYS, st.sampled_from(["4-4-5", "4-5-4", "5-4-4"]), st.booleans())
def test_a_retail_year_is_52_or_53_weeks(begins_on: date, pattern: str, long: bool) -> None:  # noqa: FBT001  given by hypothesis
    calendar = retail_year(begins_on, pattern, has_week_53=long)  # type: ignore[arg-type]  # sampled from the literal's values
    assert sum(period.days for period in calendar.periods) == 7 * (53 if long else 52)
    assert not holes(calendar.periods)
    lengths = [period.days // 7 for period in calendar.periods]
    assert lengths[:3] == [int(part) for part in pattern.split("-")]
    assert sum(lengths[:3]) == 13


def test_thirteen_periods_of_four_weeks() -> None:
    calendar = weeks(date(2026, 1, 5), [4] * 13)
    assert calendar.periods[-1].ends_on == date(2027, 1, 3)


def test_late_work_lands_in_the_first_open_period() -> None:
    calendar = calendar_months(2026, 1, 3).with_state(1, PeriodState.CLOSED)
    landed = calendar.first_open(date(2026, 1, 15))
    assert landed is not None
    assert landed.number == 2
    assert calendar.first_open(date(2026, 4, 1)) is None


def test_a_locked_period_stays_locked() -> None:
    calendar = calendar_months(2026, 1, 1).with_state(1, PeriodState.LOCKED)
    with pytest.raises(ValueError, match="locked"):
        calendar.with_state(1, PeriodState.OPEN)


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(1, date(2026, 1, 2), date(2026, 1, 1))
