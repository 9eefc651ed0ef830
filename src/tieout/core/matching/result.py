"""What a match run answers, and the invariants every answer keeps.

The columns are the contract of `groups.csv`, `matches.csv` and `unmatched.csv`. `check_result`
is the slow, obvious proof on plain values; an engine asserts the same on its own tables.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tieout.core.errors import Corruption
from tieout.core.matching.records import Record, Side
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """Evidence in hundredths of a bit, positive for; their sum is the score."""

    amount: int = 0
    date: int = 0
    reference: int = 0
    counterparty: int = 0
    exclusivity: int = 0
    """What the absence or presence of competitors adds or takes away."""

    @property
    def total(self) -> int:
        """The score, in hundredths of a bit."""
        return self.amount + self.date + self.reference + self.counterparty + self.exclusivity


@dataclass(frozen=True, slots=True)
class MatchGroup:
    """Records of both sides that belong together. Ids are sorted."""

    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]
    made_by: Pass
    rule: str
    """The rule within the pass, in a few words."""
    status: Status
    score: int
    """Hundredths of a bit."""
    parts: ScoreParts
    posterior: float
    """The probability that the group is right, rounded to six decimals."""
    residual_minor: int
    residual_cause: ResidualCause
    currency: str
    solutions: int
    """How many sets of records fit equally by amount (1 when it is the only one)."""
    runner_up: str
    """The best rival: its record ids, or empty when there is none."""
    runner_up_score: int
    reason: str
    """One plain sentence for a person."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A record that ended in no group, why, and what came nearest."""

    side: Side
    record_id: str
    reason: UnmatchedReason
    detail: str
    """One plain sentence with the numbers."""
    nearest_id: str = ""
    nearest_score: int = 0


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """All groups and all unmatched records of a run, on plain values (small inputs only)."""

    groups: tuple[MatchGroup, ...]
    unmatched: tuple[Unmatched, ...]
    notes: tuple[str, ...] = field(default=())
    """Fallbacks, budgets spent, contradictions: what a person must know about the run."""


def check_result(left: Sequence[Record], right: Sequence[Record], answer: MatchAnswer) -> None:
    """Raise `Corruption` unless partition, single use and identity hold (guarantees 1, 2, 8)."""
    sides = {Side.LEFT: left, Side.RIGHT: right}
    by_id = {(side, each.record_id): each for side, records in sides.items() for each in records}
    if len(by_id) != len(left) + len(right):
        raise Corruption("match.identity-broken", "a record id twice on one side", "unique ids")
    used = Counter(_members(answer.groups))
    used.update((each.side, each.record_id) for each in answer.unmatched)
    for key in by_id.keys() | used.keys():
        if used[key] != 1 or key not in by_id:
            raise Corruption(
                "match.identity-broken", f"{key[0]} record {key[1]} {used[key]} times", "once"
            )
    _check_identity(by_id, answer)


def _members(groups: Iterable[MatchGroup]) -> Iterable[tuple[Side, str]]:
    for group in groups:
        yield from ((Side.LEFT, each) for each in group.left_ids)
        yield from ((Side.RIGHT, each) for each in group.right_ids)


def _check_identity(by_id: dict[tuple[Side, str], Record], answer: MatchAnswer) -> None:
    """Left total - right total = residuals + unmatched left - unmatched right, per currency."""
    left_over: dict[str, int] = defaultdict(int)
    for (side, _), record in by_id.items():
        left_over[record.currency] += record.amount_minor * (1 if side is Side.LEFT else -1)
    for group in answer.groups:
        sums: dict[str, int] = defaultdict(int)
        for side, record_id in _members([group]):
            record = by_id[side, record_id]
            sums[record.currency] += record.amount_minor * (1 if side is Side.LEFT else -1)
        if len(sums) == 1 and sums[group.currency] != group.residual_minor:
            raise Corruption(
                "match.identity-broken",
                f"a residual of {group.residual_minor} in group {group.left_ids}/{group.right_ids}",
                str(sums[group.currency]),
            )
        for currency, amount in sums.items():
            left_over[currency] -= amount
    for each in answer.unmatched:
        record = by_id[each.side, each.record_id]
        left_over[record.currency] -= record.amount_minor * (1 if each.side is Side.LEFT else -1)
    broken = {currency: amount for currency, amount in left_over.items() if amount}
    if broken:
        raise Corruption("match.identity-broken", f"{broken} left over", "nothing")
