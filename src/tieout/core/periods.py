"""Periods: the calendar in which books are kept; months, four and five weeks, or any spans.

Nothing here assumes that a period is a month. A calendar keeps its periods in order and never
lets two of them hold the same day; days that no period holds are named, not refused.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal

ONE_DAY = timedelta(days=1)
WeekPattern = Literal["4-4-5", "4-5-4", "5-4-4"]


class PeriodState(StrEnum):
    """What a period still takes: open takes work, closed refuses new work, locked any change."""

    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both bounds included."""

    number: int
    """Counted on through the years, so that order is by number."""
    begins_on: date
    ends_on: date
    state: PeriodState = PeriodState.OPEN

    def __post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.ends_on < self.begins_on:
            raise ValueError(f"period {self.number} ends on {self.ends_on}, before it begins")

    def __contains__(self, day: date) -> bool:
        return self.begins_on <= day <= self.ends_on

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.ends_on - self.begins_on).days + 1


@dataclass(frozen=True, slots=True)
class Span:
    """Days that no period holds (a hole), or that two of them claim (an overlap)."""

    begins_on: date
    ends_on: date


def holes(periods: Iterable[Period]) -> tuple[Span, ...]:
    """The days between the first and the last that no period holds, as spans in order."""
    found: list[Span] = []
    held_until: date | None = None
    for period in sorted(periods, key=_by_days):
        if held_until is not None and period.begins_on - held_until > ONE_DAY:
            found.append(Span(held_until + ONE_DAY, period.begins_on - ONE_DAY))
        held_until = max(held_until, period.ends_on) if held_until else period.ends_on
    return tuple(found)


def overlaps(periods: Iterable[Period]) -> tuple[tuple[Period, Period, Span], ...]:
    """Every pair of periods that claim the same days, with those days."""
    found: list[tuple[Period, Period, Span]] = []
    running: list[Period] = []
    for period in sorted(periods, key=_by_days):
        running = [each for each in running if each.ends_on >= period.begins_on]
        found.extend(
            (each, period, Span(period.begins_on, min(each.ends_on, period.ends_on)))
            for each in running
        )
        running.append(period)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods in order, numbered upwards, without overlaps; `holes` says what they leave out."""

    periods: tuple[Period, ...]

    def __post_init__(self) -> None:
        """Refuse overlaps and numbers that do not go up with the days."""
        for earlier, later in pairwise(self.periods):
            if later.begins_on <= earlier.ends_on:
                raise ValueError(
                    f"period {later.number} begins on {later.begins_on}, but period "
                    f"{earlier.number} ends on {earlier.ends_on}"
                )
            if later.number <= earlier.number:
                raise ValueError(f"period {later.number} comes after period {earlier.number}")

    @classmethod
    def of(cls, periods: Iterable[Period]) -> "Calendar":
        """The calendar of those periods, in whatever order they come."""
        return cls(tuple(sorted(periods, key=_by_days)))

    def period_of(self, day: date) -> Period | None:
        """The period that holds the day; None before, after and in a hole."""
        at = bisect_right(self.periods, day, key=lambda period: period.begins_on) - 1
        return self.periods[at] if at >= 0 and day in self.periods[at] else None

    def first_open(self, day: date) -> Period | None:
        """The first open period that does not end before the day: where late work lands."""
        return next(
            (
                period
                for period in self.periods
                if period.ends_on >= day and period.state is PeriodState.OPEN
            ),
            None,
        )

    def number_of(self, day: date) -> int:
        """The number of the period that holds the day.

        0 is "before the first"; after the last it is one more than the last; a day in a hole
        belongs to the next period.
        """
        at = bisect_right(self.periods, day, key=lambda period: period.begins_on) - 1
        if at < 0:
            return 0
        found = self.periods[at]
        if day <= found.ends_on:
            return found.number
        later = self.periods[at + 1 : at + 2]
        return later[0].number if later else found.number + 1

    def end_of(self, number: int) -> date:
        """The last day of the period of that number, which the calendar has."""
        return next(each.ends_on for each in self.periods if each.number == number)

    def with_state(self, number: int, state: PeriodState) -> "Calendar":
        """The calendar with one period in another state; a locked period stays as it is."""
        found = next((each for each in self.periods if each.number == number), None)
        if found is None:
            raise ValueError(f"there is no period {number}")
        if found.state is PeriodState.LOCKED and state is not PeriodState.LOCKED:
            raise ValueError(f"period {number} is locked")
        return Calendar(
            tuple(
                replace(each, state=state) if each.number == number else each
                for each in self.periods
            )
        )


class LogState(StrEnum):
    """What a period is at a moment for one module of the books."""

    FUTURE = "future"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, order=True)
class PeriodEvent:
    """A period opened or closed, for one module or (blank) for all of them, at the end of a day."""

    on: date
    period: int
    state: LogState
    module: str = ""


@dataclass(frozen=True, slots=True)
class PeriodLog:
    """The states of periods over time. What is entered on the day of closing was in time."""

    events: tuple[PeriodEvent, ...] = ()
    future: frozenset[int] = frozenset()
    """Periods not opened when the books were extracted."""

    def __post_init__(self) -> None:
        """Keep events in order."""
        object.__setattr__(self, "events", tuple(sorted(self.events)))

    def state(self, period: int, moment: date, modules: Iterable[str] = ("",)) -> LogState:
        """The state when something was entered on that day; closed if any module had closed it."""
        if period < 1:
            return LogState.CLOSED
        last: dict[str, LogState] = {}
        for event in self.events:
            if event.on >= moment:
                break
            if event.period == period and (not event.module or event.module in modules):
                last[event.module] = event.state
        if LogState.CLOSED in last.values():
            return LogState.CLOSED
        if LogState.OPEN in last.values() or period not in self.future:
            return LogState.OPEN
        return LogState.FUTURE

    def roll_forward(
        self, calendar: Calendar, day: date, moment: date, modules: Iterable[str] = ("",)
    ) -> int | None:
        """The period that takes a posting dated `day` and made at `moment`; None: it is deferred.

        The first period from the day's own on that is open then (the ledgers specification, 1.2).
        """
        modules = tuple(modules)
        own = calendar.number_of(day)
        for period in calendar.periods:
            if period.number < own:
                continue
            state = self.state(period.number, moment, modules)
            if state is LogState.OPEN:
                return period.number
            if state is LogState.FUTURE:
                return None
        return None


def calendar_months(year: int, month: int, count: int, first_number: int = 1) -> Calendar:
    """That many calendar months from the given one on."""
    made: list[Period] = []
    for step in range(count):
        years, month_index = divmod(month - 1 + step, 12)
        days = monthrange(year + years, month_index + 1)[1]
        begins_on = date(year + years, month_index + 1, 1)
        made.append(Period(first_number + step, begins_on, begins_on.replace(day=days)))
    return Calendar(tuple(made))


def weeks(begins_on: date, lengths: Sequence[int], first_number: int = 1) -> Calendar:
    """Periods of so many weeks each, one after the other from that day on."""
    made: list[Period] = []
    for step, length in enumerate(lengths):
        ends_on = begins_on + timedelta(weeks=length) - ONE_DAY
        made.append(Period(first_number + step, begins_on, ends_on))
        begins_on = ends_on + ONE_DAY
    return Calendar(tuple(made))


def retail_year(
    begins_on: date,
    pattern: WeekPattern = "4-4-5",
    *,
    has_week_53: bool = False,
    first_number: int = 1,
) -> Calendar:
    """Twelve periods in quarters of thirteen weeks; a 53rd week lengthens the last period."""
    lengths = [int(part) for part in pattern.split("-")] * 4
    lengths[-1] += has_week_53
    return weeks(begins_on, lengths, first_number)


def _by_days(period: Period) -> tuple[date, date, int]:
    return period.begins_on, period.ends_on, period.number
