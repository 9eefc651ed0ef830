"""Corrections as values: what would put a case right, in every way that there is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tieout.core.explain.books import NominalPosting, SubLedger
from tieout.core.explain.changes import Change
from tieout.core.explain.groups import Share


class ActionKind(StrEnum):
    """What somebody has to do."""

    JOURNAL = "journal"
    REVERSAL = "reversal"
    """A journal that takes an earlier one back."""
    SETTINGS = "settings"
    POST_WAITING = "post_waiting"
    REPOST = "repost"
    """Run the posting from the sub-ledger again; never a journal."""
    ENTRY = "entry"
    """An entry in the sub-ledger."""
    REPAIR = "repair"
    """With the source system's own tool."""
    NONE = "none"
    """It clears by itself."""

    @property
    def is_journal(self) -> bool:
        """Whether a posting file can carry it."""
        return self in {ActionKind.JOURNAL, ActionKind.REVERSAL}


class Into(StrEnum):
    """Where a correction goes whose own period is closed."""

    ORIGINAL = "original"
    """Reopen the period."""
    NEXT_OPEN = "next_open"
    """The first open one; until then the difference stays, as one of time."""


@dataclass(frozen=True)
class Way:
    """One way to put a case right."""

    name: str
    """Short and stable: what a person chooses by."""
    kind: ActionKind
    sentence: str
    change: Change = field(default_factory=Change)
    warnings: tuple[str, ...] = ()
    reopens: frozenset[int] = frozenset()
    """Periods that are closed and would have to be opened for it."""

    @property
    def journals(self) -> Mapping[str, tuple[NominalPosting, ...]]:
        """The lines to post by journal; none where it is no journal."""
        made: dict[str, tuple[NominalPosting, ...]] = {}
        for line in self.change.lines if self.kind.is_journal else ():
            made[line.journal_id] = (*made.get(line.journal_id, ()), line)
        return made


@dataclass(frozen=True)
class Correction:
    """A case with its cause, what it adds to the difference, and the ways to put it right."""

    case: str
    ledger: SubLedger
    cause: str
    shares: tuple[Share, ...]
    ways: tuple[Way, ...]
    """The first is the one that the cause's action names first."""
    covers: frozenset[str] = frozenset()
    """Other cases that its first way puts right as well."""

    @property
    def first(self) -> Way:
        """What is done where nobody chooses."""
        return self.ways[0]

    @property
    def needs_choice(self) -> bool:
        """Whether a person has to say which side is right."""
        return len(self.ways) > 1

    @property
    def is_permanent(self) -> bool:
        """Whether some of it lasts until it is corrected."""
        return any(share.ends is None for share in self.shares)

    @property
    def amount_minor(self) -> int:
        """What of it lasts, else what it amounts to for a time; base currency."""
        lasting = [share for share in self.shares if share.ends is None]
        return sum(share.amount_minor for share in lasting or self.shares)


@dataclass(frozen=True)
class Accepted:
    """A correction and the way that was taken."""

    correction: Correction
    way: Way


def journal_lines(accepted: Iterable[Accepted]) -> tuple[NominalPosting, ...]:
    """All lines to post, in the order of the corrections."""
    return tuple(
        line for each in accepted for lines in each.way.journals.values() for line in lines
    )


def is_balanced(lines: Iterable[NominalPosting]) -> bool:
    """Whether debits are credits."""
    return sum(line.debit_minor for line in lines) == 0
