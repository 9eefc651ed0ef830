"""The sample a profile is guessed from: its rows, its columns, and what was guessed of them."""

from dataclasses import dataclass, field

from tieout.core.errors import Problem
from tieout.formats.common.cells import date_of, looks_like_amount, looks_like_date
from tieout.formats.common.parsed import Exact
from tieout.formats.common.profile import TableProfile

MONEY_ROLES = ("amount", "money_in", "money_out", "balance")
Roles = dict[str, tuple[int, ...]]
"""Role to columns."""


@dataclass
class Guess:
    """A profile, and what a person should know about how it was found."""

    profile: TableProfile
    first_row: int = 0
    """The index of the first row below the header."""
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """The notes as one problem, each doubt as its own."""
        said = (Problem("table.guess", "; ".join(self.notes)),) if self.notes else ()
        return (*said, *(Problem("table.guess-ambiguous", doubt) for doubt in self.doubts))


@dataclass
class Column:
    """What the sampled cells of one column look like."""

    cells: list[str]

    def __post_init__(self) -> None:
        self.filled = [cell for cell in self.cells if cell.strip()]
        self.count = len(self.filled)
        self.dates = sum(map(looks_like_date, self.filled))
        amounts = [cell for cell in self.filled if looks_like_amount(cell)]
        self.amounts = len(amounts)
        self.telling = sum(map(_is_telling, amounts))
        self.distinct = len(set(self.filled))

    def mostly(self, number: int, share: float = 0.5) -> bool:
        """Whether that many of the filled cells are at least this share."""
        return self.count == 0 or number >= share * self.count

    def bare_dates(self) -> str:
        """The form of dates without separators, if all cells are such dates."""
        for form in ("yyyymmdd", "ddmmyyyy", "yymmdd", "serial"):
            if self.filled and all(date_of(cell, form) for cell in self.filled):
                return form
        return ""


def _is_telling(amount: str) -> bool:
    """Whether a number has a fraction, a sign or a currency and so is money rather than a code."""
    return isinstance(amount, Exact) or not amount.strip().isdigit()
