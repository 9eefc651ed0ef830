"""What people decide and sign: the words, and which decisions are in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a person said about records."""

    CONFIRM = "confirm"
    """They belong together."""
    REJECT = "reject"
    """They do not belong together."""
    UNDO = "undo"
    """An earlier decision no longer holds."""


class SignOffStep(StrEnum):
    """The two sign-offs, never by the same person."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: its records by side and id, with their amounts at that time."""

    decision_id: int
    verdict: Verdict
    left: tuple[tuple[str, int], ...] = ()
    right: tuple[tuple[str, int], ...] = ()
    undoes: int | None = None

    @property
    def records(self) -> frozenset[tuple[str, str]]:
        """Its records as (side, id)."""
        sides = (("left", self.left), ("right", self.right))
        return frozenset((side, name) for side, several in sides for name, _ in several)


def in_force(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The confirmations and rejections that nobody has undone, in order."""
    known = tuple(decisions)
    undone = {each.undoes for each in known if each.verdict is Verdict.UNDO}
    return tuple(
        each
        for each in known
        if each.verdict is not Verdict.UNDO and each.decision_id not in undone
    )


def standing_against(
    decisions: Iterable[Decided], records: frozenset[tuple[str, str]]
) -> tuple[Decided, ...]:
    """The confirmations in force that hold one of these records."""
    return tuple(
        each
        for each in in_force(decisions)
        if each.verdict is Verdict.CONFIRM and each.records & records
    )
