"""The fiscal periods of one year, as a ledger's system numbers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tieout.core.errors import InvalidInput

_MONTHS = 12


@dataclass(frozen=True)
class Calendar:
    """The days of each normal period of a fiscal year, in order."""

    periods: tuple[tuple[date, date], ...]
    closed_on: Mapping[int, date] = field(default_factory=dict)
    """By period, when it was closed for good, as far as somebody says so."""

    @classmethod
    def months(cls, begins_on: date) -> "Calendar":
        """Twelve months from the first day of one.

        Raises:
            InvalidInput: `connector.calendar-unknown` where it is another day.
        """
        if begins_on.day != 1:
            found = f"a fiscal year of months from {begins_on}"
            raise InvalidInput("connector.calendar-unknown", found, "the first of a month")
        first = begins_on.year * _MONTHS + begins_on.month - 1
        begins = [date(at // _MONTHS, at % _MONTHS + 1, 1) for at in range(first, first + 13)]
        return cls(tuple((one, other - timedelta(days=1)) for one, other in pairwise(begins)))

    @property
    def begins_on(self) -> date:
        """The first day of the year."""
        return self.periods[0][0]

    def folded(self, fiscal_period: str) -> int:
        """The period of a line: special periods belong to the last normal one."""
        return min(int(fiscal_period), len(self.periods))
