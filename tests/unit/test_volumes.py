"""Unusual volumes: ordinary months are quiet, planted spikes are always told."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.alerts import AlertKind, unusual_volume
from tieout.core.volumes import (
    HISTORY_MIN,
    WATCHED_DAYS,
    Unusual,
    kind_of,
    most_of,
    unusual_days,
)

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
LEAST = 20
"""A day of fewer records is too small for five times as many to matter."""


def usual(day: date, size: int, *, is_busy: bool) -> float:
    """How many records a day has on average: less on some weekdays, more where a month turns."""
    by_weekday = (1.3, 1.0, 1.0, 0.9, 0.8, 0.3, 0.1)[day.weekday()]
    return size * by_weekday * (2.5 if is_busy and kind_of(day).startswith("turn") else 1)


def drawn(chance: Random, mean: float) -> int:
    """A count of events that do not know of one another: they come one after another in time."""
    count, at = 0, chance.expovariate(1)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1)
    return count


def months(chance: Random, size: int, days: int, *, is_busy: bool) -> dict[date, int]:
    return {
        day: drawn(chance, usual(day, size, is_busy=is_busy))
        for day in (FIRST + number * DAY for number in range(days))
    }


@pytest.mark.req("R069")
def test_of_ordinary_days_less_than_one_in_a_thousand_comes_out() -> None:
    judged = told = 0
    for seed in range(120):
        chance = Random(seed)  # noqa: S311  no secret
        counts = months(chance, chance.randint(1, 300), 210, is_busy=seed % 2 == 0)
        told += len(unusual_days(counts, max(counts)))
        judged += WATCHED_DAYS
    assert told * 1000 < judged, f"{told} of {judged}"


@pytest.mark.req("R069")
@settings(max_examples=150)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 300),
    is_busy=st.booleans(),
    ago=st.integers(0, WATCHED_DAYS - 1),
    days=st.integers(130, 220),
)
def test_five_times_what_is_usual_is_always_told(
    seed: int, size: int, ago: int, days: int, *, is_busy: bool
) -> None:
    counts = months(Random(seed), size, days, is_busy=is_busy)  # noqa: S311  no secret
    last = max(counts)
    day = last - ago * DAY
    mean = usual(day, size, is_busy=is_busy)
    if mean >= LEAST:
        counts[day] = round(5 * mean)
        assert day in [each.on for each in unusual_days(counts, last)]


@pytest.mark.req("R069")
def test_a_normal_month_is_quiet_and_the_spike_in_it_is_told_with_its_figures() -> None:
    counts = {
        FIRST + number * DAY: 0 if (FIRST + number * DAY).weekday() > 4 else 100 + number % 7
        for number in range(150)
    }
    last = max(counts)
    assert unusual_days(counts, last) == ()
    day = next(last - ago * DAY for ago in range(9) if kind_of(last - ago * DAY) == "1")
    counts[day] = 512
    (found,) = unusual_days(counts, last)
    assert (found.on, found.count) == (day, 512)
    assert 100 <= found.usual <= 106
    alert = unusual_volume("bank_account:3", "Current", "lines", [found], 3)
    assert alert is not None
    assert alert.key == "unusual-volume bank_account:3"
    assert alert.kind is AlertKind.UNUSUAL_VOLUME
    assert f"Current: 512 lines on Tuesday {day}, where {found.usual} are usual" in alert.text
    assert unusual_volume("bank_account:3", "Current", "lines", []) is None


def test_what_is_past_is_over_and_what_is_new_is_not_judged() -> None:
    counts = {FIRST + number * DAY: 50 for number in range(120)}
    spike = FIRST + 119 * DAY
    counts[spike] = 500
    assert [each.on for each in unusual_days(counts, spike)] == [spike]
    assert unusual_days(counts, spike + (WATCHED_DAYS - 1) * DAY)
    assert not unusual_days(counts, spike + WATCHED_DAYS * DAY)
    few = {FIRST + number * DAY: 50 for number in range(7 * HISTORY_MIN - 7)}
    few[max(few)] = 500
    assert not unusual_days(few, max(few))
    assert unusual_days({}, FIRST) == ()


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_border_is_the_rule_as_it_is_stated(median: int, spread: int) -> None:
    most = most_of(median, spread)
    for count in (most, most + 1):
        by_spread = 6745 * (count - median) > 35_000 * spread
        by_chance = 4 * (count - median) ** 2 > 49 * max(median, 1)
        is_much = count >= 3 * median and count - median >= 20
        assert (by_spread and by_chance and is_much) == (count > most)


def test_working_days_where_a_month_turns_are_of_one_kind() -> None:
    turns = [date(2026, 5, day) for day in (28, 29)] + [date(2026, 6, day) for day in (1, 2)]
    assert {kind_of(each) for each in turns} == {"turn of a month"}
    assert [kind_of(date(2026, 5, day)) for day in (27, 30, 31)] == ["2", "5", "6"]
    assert kind_of(date(2026, 6, 3)) == "2"


def test_only_the_newest_days_are_named() -> None:
    days = [Unusual(FIRST + number * DAY, 90, 10, 40) for number in range(5)]
    alert = unusual_volume("reconcile", "reconcile", "runs", days)
    assert alert is not None
    assert alert.text.count("are usual") == 3
    assert alert.text.endswith("and 2 more days.")
