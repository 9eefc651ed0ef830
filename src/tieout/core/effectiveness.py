"""How well runs do, in exact parts: complete, in time, without a person, and right.

Completeness: of an import the records read, of those in the file (the rest is held back with a
reason); of a match run the records in a group or open with a reason, of those of both sides.
Timeliness: days from a record's own day to the day it came in; of a match run, for how many days
what it left open had been open. Auto-match rate: records in groups that a rule confirmed, of all.
Accuracy: of the groups that a rule confirmed and the proposals that people confirmed, those neither
rejected nor undone since.

A proposal that a person rejects was no claim, so it counts for nothing in accuracy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many: an exact fraction, which nothing is rounded into.

    Raises:
        ValueError: It is more than all, or less than nothing.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of}")

    @property
    def fraction(self) -> Fraction | None:
        """None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    def __str__(self) -> str:
        return percent(self.count, self.of)


def percent(part: int, whole: int) -> str:
    """With one decimal, never rounded up to all: `99.9 %`, and `–` of nothing."""
    if not whole:
        return "–"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True, slots=True)
class Days:
    """How many days: the middle one, the longest, and of how many records."""

    middle: int
    longest: int
    records: int


def days_of(counts: Mapping[int, int]) -> Days | None:
    """From days to how many records; of two middle ones the longer; None where there are none."""
    records = sum(counts.values())
    if not records:
        return None
    seen = 0
    for days in sorted(counts):
        seen += counts[days]
        if 2 * seen > records:
            return Days(days, max(day for day, count in counts.items() if count), records)
    raise AssertionError("more than half of the records lie somewhere")


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the groups of a run that were taken to be right."""

    by_rule: int
    """Groups that a rule confirmed."""
    by_rule_rejected: int
    by_person: int
    """Proposals that a person confirmed."""
    by_person_undone: int

    @property
    def accuracy(self) -> Part:
        """Those that stand, of all that were confirmed."""
        of = self.by_rule + self.by_person
        return Part(of - self.by_rule_rejected - self.by_person_undone, of)
