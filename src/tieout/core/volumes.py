"""Is the volume of a day unusual? Each day is judged by earlier days of its own kind.

The rule is the modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993):
0.6745 × (count − median) / MAD above 3.5, where MAD is the median distance from the median. Median
and MAD do not move with the outliers that they are to find. Three things are added for counts:

- days are compared with days of their kind: a weekday with the same weekday, and the two last and
  two first working days of a month, which are always busy, with one another;
- the spread is never taken for less than the square root of the median, which is the spread of
  counts of events that do not know of one another;
- a day is unusual only when it has three times the median and 20 records more: what nobody would
  act upon is not told.

A kind of day with fewer than eight earlier days is not judged. Of ordinary days less than one in a
thousand comes out as unusual; one with five times what is usual (100 records or more) always does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isqrt

HISTORY_DAYS = 182
"""Half a year: further back the business was another."""
HISTORY_MIN = 8
"""So many earlier days of a kind say what is usual."""
WATCHED_DAYS = 14
"""So many of the newest days are judged; older ones are past."""
TIMES = 3
MORE = 20
MONTH_TURN = 2
"""Working days at either end of a month."""
DAY = timedelta(days=1)
SATURDAY = 5
KINDS: tuple[str, ...] = (*"0123456", "turn of a month")
"""Weekdays from Monday, then the working days where a month turns."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day that has far more than days of its kind have."""

    on: date
    count: int
    usual: int
    """The median of its kind."""
    most: int
    """The most that would not have been told."""


def unusual_days(counts: Mapping[date, int], last_on: date) -> tuple[Unusual, ...]:
    """Of the newest days up to `last_on`, those with far too much, the oldest first.

    `counts`: how many records each day has; a day that is not named, between the first one and the
    last, has none.
    """
    known = [day for day in counts if day <= last_on]
    if not known:
        return ()
    first = max(min(known), last_on - (HISTORY_DAYS + WATCHED_DAYS - 1) * DAY)
    history: dict[str, list[tuple[date, int]]] = defaultdict(list)
    found = []
    for number in range((last_on - first).days + 1):
        day = first + number * DAY
        count, kind = counts.get(day, 0), kind_of(day)
        earlier = [some for on, some in history[kind] if on >= day - HISTORY_DAYS * DAY]
        history[kind].append((day, count))
        if day > last_on - WATCHED_DAYS * DAY and len(earlier) >= HISTORY_MIN:
            usual = middle(earlier)
            most = most_of(usual, middle(abs(each - usual) for each in earlier))
            if count > most:
                found.append(Unusual(day, count, usual, most))
    return tuple(found)


def most_of(median: int, spread: int) -> int:
    """The largest count that is not unusual where these are median and MAD."""
    by_spread = 35_000 * spread // 6745
    by_chance = isqrt(49 * max(median, 1) // 4)
    return max(median + max(by_spread, by_chance), TIMES * median - 1, median + MORE - 1)


def kind_of(day: date) -> str:
    """With which days it is compared: its weekday, or the working days where a month turns."""
    if day.weekday() >= SATURDAY:
        return KINDS[day.weekday()]
    at_end = _working(day + number * DAY for number in range(1, 5) if _same(day, number))
    at_start = _working(day - number * DAY for number in range(1, 5) if _same(day, -number))
    turns = at_end < MONTH_TURN or at_start < MONTH_TURN
    return KINDS[-1] if turns else KINDS[day.weekday()]


def middle(counts: Iterable[int]) -> int:
    """The median; of two middle ones the larger."""
    ordered = sorted(counts)
    return ordered[len(ordered) // 2]


def _same(day: date, number: int) -> bool:
    return (day + number * DAY).month == day.month


def _working(days: Iterable[date]) -> int:
    return sum(each.weekday() < SATURDAY for each in days)
