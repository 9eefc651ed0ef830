"""When a schedule is due: five fields of cron in a time zone, with both changes of the clock.

A schedule with fixed hours runs once for each of its local times: one that the spring change skips
runs right after the gap, one that the autumn change repeats runs the first time only. A schedule
whose hour begins with `*` runs by elapsed time: the repeated hour counts, the skipped one is none.

Why no library: the ground has none, and croniter 7 says the same of all else (a test compares) but,
asked within the hour that autumn repeats, has a fixed time come a second time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from tieout.core.errors import InvalidInput


class Every(StrEnum):
    """How often, in words."""

    MANUAL = "manual"
    """Only when somebody asks."""
    REAL_TIME = "real-time"
    """Whenever new data comes in."""
    HOURLY = "hourly"
    DAILY = "daily"
    DAILY_INTRADAY = "daily-intraday"
    """Daily, and besides whenever new data comes in."""
    WEEKLY = "weekly"
    CRON = "cron"


AT_ONCE = frozenset({Every.REAL_TIME, Every.DAILY_INTRADAY})
"""What new data starts by itself."""
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 7),
)
_NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "day of week": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_PART = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")
_YEARS_AHEAD = 41
"""A 29 February on a given weekday is up to 40 years away."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, understood."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_by_elapsed_time: bool
    is_any_day: bool
    is_any_weekday: bool

    @classmethod
    def of(cls, text: str) -> "Cron":
        """From `minute hour day-of-month month day-of-week`; `InvalidInput` says what is wrong."""
        words = text.lower().split()
        if len(words) != len(_FIELDS):
            raise _refused(
                f"{len(words)} fields in {text!r}", "five: minute hour day month weekday"
            )
        minutes, hours, days, months, weekdays = (
            _values(word, *field) for word, field in zip(words, _FIELDS, strict=True)
        )
        cron = cls(
            " ".join(words),
            tuple(sorted(minutes)),
            tuple(sorted(hours)),
            frozenset(days),
            frozenset(months),
            frozenset(each % 7 for each in weekdays),
            words[1].startswith("*"),
            words[2].startswith("*"),
            words[4].startswith("*"),
        )
        if not any(True for _ in cron._days(date(2024, 1, 1))):
            raise _refused(repr(text), "a day that exists")
        return cron

    def next_after(self, instant: datetime, zone: tzinfo) -> datetime:
        """The first instant after this one at which it is due."""
        first = instant.astimezone(zone).date() - timedelta(days=1)
        for day in self._days(first):
            due = min((each for each in self._instants(day, zone) if each > instant), default=None)
            if due is not None:
                return due
        raise AssertionError(self.text)  # `of` has seen to it that there is a day

    def _days(self, first: date) -> Iterator[date]:
        last = first.replace(year=first.year + _YEARS_AHEAD, day=1)
        day = first
        while day < last:
            if day.month in self.months and self._is_on(day):
                yield day
            day += timedelta(days=1)

    def _is_on(self, day: date) -> bool:
        """As cron has it: if both kinds of day are restricted, either will do."""
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.is_any_day or self.is_any_weekday:
            return in_month and in_week
        return in_month or in_week

    def _instants(self, day: date, zone: tzinfo) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime.combine(day, time(hour, minute), zone)
                first, second = (_in_utc(local.replace(fold=fold)) for fold in (0, 1))
                if first is None:
                    if not self.is_by_elapsed_time:
                        yield _after_gap(local)
                    continue
                yield first
                if self.is_by_elapsed_time and second is not None:
                    yield second


def _in_utc(local: datetime) -> datetime | None:
    """The instant; None for a local time that the clock skips."""
    instant = local.astimezone(UTC)
    back = instant.astimezone(local.tzinfo)
    return instant if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _after_gap(local: datetime) -> datetime:
    """The first instant after the gap that holds this local time."""
    candidate = local
    while (instant := _in_utc(candidate)) is None:
        candidate += timedelta(minutes=1)
    return instant


def _values(word: str, name: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in word.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise _refused(f"{part!r} as {name}", f"`*`, a number, `{low}-{high}` or `*/5`")
        step = int(match["step"] or 1)
        first = low if match["all"] else _number(match["first"], name, low, high)
        if match["last"]:
            last = _number(match["last"], name, low, high)
        else:
            last = high if match["all"] or match["step"] else first
        if step < 1 or last < first:
            raise _refused(f"{part!r} as {name}", "a step of at least 1, and a span forwards")
        found.update(range(first, last + 1, step))
    return found


def _number(word: str, name: str, low: int, high: int) -> int:
    names = _NAMES.get(name, [])
    if word in names:
        return names.index(word) + low
    if not (word.isascii() and word.isdigit() and low <= int(word) <= high):
        raise _refused(f"{word!r} as {name}", f"{low} to {high}")
    return int(word)


def _refused(found: str, expected: str) -> InvalidInput:
    return InvalidInput("schedule.invalid", found, expected)


def cron_of(every: Every, at: time = time(6), weekday: int = 1, cron: str = "") -> Cron | None:
    """The fields that words stand for; `weekday` counts from 0, Sunday. None: never by itself."""
    match every:
        case Every.MANUAL | Every.REAL_TIME:
            return None
        case Every.HOURLY:
            return Cron.of(f"{at.minute} * * * *")
        case Every.DAILY | Every.DAILY_INTRADAY:
            return Cron.of(f"{at.minute} {at.hour} * * *")
        case Every.WEEKLY:
            return Cron.of(f"{at.minute} {at.hour} * * {weekday}")
        case Every.CRON:
            return Cron.of(cron)
