"""What goes into the group search and what comes out: columns in, plain values out."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from tieout.core.matching.records import Side
from tieout.core.matching.result import ScoreParts
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_DAY = -(2**40)
"""The day number of a record without a date."""


@dataclass(frozen=True)
class FreeRecords:
    """The records of one side that no earlier pass took, as columns of equal length.

    Codes (account, currency, party, alias, kind, token) are the same on both sides; -1 is none.
    """

    idx: Ints
    """The caller's index, strictly ascending; answers speak of these."""
    account: Ints
    currency: Ints
    amount: Ints
    day: Ints
    party: Ints
    alias: Ints
    """A second key of the name. Two records are of one party when any of their keys are equal."""
    kind: Ints
    number: Ints
    """Cheque or invoice number, for runs of consecutive numbers."""
    twin: Ints
    """Records with one code look equal (amount, day, text): any of them gives the same books."""
    is_pending: Bools
    token_row: Ints
    """Positions in these columns; with `token` the references each record names."""
    token: Ints

    @classmethod
    def of(cls, **columns: npt.ArrayLike) -> Self:
        """Make one from the columns at hand; what is left out is none (day: unknown)."""
        size = len(np.asarray(columns["idx"]))
        empty = {"token_row", "token"}
        made: dict[str, npt.NDArray[np.int64] | npt.NDArray[np.bool_]] = {}
        for each in fields(cls):
            if each.name == "is_pending":
                made[each.name] = np.asarray(columns.get(each.name, np.zeros(size)), dtype=np.bool_)
                continue
            default = NO_DAY if each.name == "day" else 0 if each.name == "currency" else -1
            blank = np.full(0 if each.name in empty else size, default, np.int64)
            made[each.name] = np.asarray(columns.get(each.name, blank), dtype=np.int64)
        return cls(**made)  # type: ignore[arg-type]  # fields by name, each of its own type

    def __len__(self) -> int:
        """How many records."""
        return len(self.idx)

    def take(self, keep: Ints) -> Self:
        """The records at these ascending positions."""
        place = np.full(len(self), -1, np.int64)
        place[keep] = np.arange(len(keep))
        made = {
            each.name: getattr(self, each.name)[keep]
            for each in fields(self)
            if each.name not in {"token_row", "token"}
        }
        row = place[self.token_row]
        return type(self)(**made, token_row=row[row >= 0], token=self.token[row >= 0])


@dataclass(frozen=True)
class FoundGroup:
    """A group that is no plain pair; `left` and `right` are the caller's indices, sorted."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    made_by: Pass
    rule: str
    status: Status
    score: int
    parts: ScoreParts
    posterior: float
    residual_minor: int
    residual_cause: ResidualCause
    reason: str
    solutions: int = 1
    runner_up_left: tuple[int, ...] = ()
    runner_up_right: tuple[int, ...] = ()
    runner_up_score: int = 0


@dataclass(frozen=True)
class Undecided:
    """A record whose sum was searched, or refused, without an answer worth proposing."""

    side: Side
    idx: int
    reason: UnmatchedReason
    detail: str


@dataclass(frozen=True)
class GroupsFound:
    """The answer: each record is in at most one group."""

    groups: tuple[FoundGroup, ...]
    undecided: tuple[Undecided, ...]
    notes: tuple[str, ...]
    work: int
    """Partial sums formed and sorted: the unit of the budget."""
    learned: dict[str, object]
