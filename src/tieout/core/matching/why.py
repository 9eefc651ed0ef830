"""Why: the parts of a score in words, so that a person sees what speaks for a group and against."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PARTS: Mapping[str, tuple[str, str]] = {
    "amount": ("the amounts agree", "the amounts do not settle it"),
    "date": ("the days fit", "the days are apart"),
    "reference": ("a reference is in both", "the references differ"),
    "counterparty": ("names and texts agree", "names and texts differ"),
    "exclusivity": ("nothing else fits as well", "other records fit as well"),
}
"""What each part says when it speaks for a group, and when it speaks against it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score."""

    part: str
    hundredths: int
    """Of a bit; parts add up to the score."""
    speaks: Literal["for", "against"]
    words: str


def reasons(parts: Mapping[str, int]) -> tuple[Reason, ...]:
    """The parts that say something, the strongest first."""
    found = []
    for part, (agreeing, opposing) in PARTS.items():
        hundredths = parts.get(part, 0)
        if hundredths > 0:
            found.append(Reason(part, hundredths, "for", agreeing))
        elif hundredths < 0:
            found.append(Reason(part, hundredths, "against", opposing))
    return tuple(sorted(found, key=lambda each: -abs(each.hundredths)))
