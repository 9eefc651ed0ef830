"""Evidence: the dimensions on which two records are compared, their levels, and prior beliefs.

A prior is a pair of shares: among pairs that belong together, and among others that share
account and amount. Small inputs lean on them, large ones learn their own (`learning.py`).
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.compiled import compiled
from tieout.engine.population import NO_DAY, Population, Populations
from tieout.engine.ragged import in_order
from tieout.engine.text import Bytes, Flags, Ints


class Ref(IntEnum):
    """How the references of two records compare."""

    NONE = 0
    CONFLICT = 1
    """Both carry one, and they differ."""
    TRUNCATED = 2
    COMMON = 3
    """The same, but one that many records carry."""
    RARE = 4
    """A rare one is found in both."""


class Text(IntEnum):
    """How the names and texts of two records compare."""

    NONE = 0
    """One side says nothing."""
    CONFLICT = 1
    INITIAL = 2
    PREFIX_3 = 3
    PREFIX_4 = 4
    EDIT = 5
    """The names differ by a letter or two."""
    PREFIX_6 = 6
    WORD = 7
    """A telling word of one is in the other."""
    WORDS = 8
    """Several telling words of one are in the other."""
    PREFIX_8 = 9
    PREFIX_11 = 10
    PREFIX_14 = 11
    TRUNCATED = 12
    """One name is the beginning of the other."""
    NAME = 13
    SAME = 14
    """The whole text is the same."""


class Start(IntEnum):
    """How far two whole texts, boilerplate included, begin alike."""

    NONE = 0
    PREFIX_3 = 1
    PREFIX_4 = 2
    PREFIX_6 = 3
    PREFIX_8 = 4
    PREFIX_11 = 5
    PREFIX_14 = 6
    TRUNCATED = 7
    SAME = 8


STARTS = len(Start)
"""The text level of a pair is its `Text` times this plus its `Start`."""
TEXT_AGREES = (Text.EDIT, Text.PREFIX_6, Text.WORD, *list(Text)[Text.WORDS :])
"""Levels that a person would call the same party."""
CHANCE_PAIRS = 30_000
_DAYS = 2**24
LAG_BINS = 64
"""Lags beyond are counted with the last."""
RATIO_STEPS = 40
"""Half-percent steps either way; beyond is counted with the last."""
RARITY_LEVELS = 18
RARE_AMOUNT_BITS = (7.0, 9.0)
"""The least and most that an amount which each side has once is worth."""


@dataclass(frozen=True)
class Prior:
    """Shares of the levels of a dimension among true and among chance pairs."""

    name: str
    true: tuple[float, ...]
    chance: tuple[float, ...]
    is_fixed: bool = False
    """Computed from the data beforehand: nothing is learned on this dimension."""
    chance_least: tuple[float, ...] = ()
    """What the shares of the levels among chance pairs are at least, if known; may exceed one."""

    @property
    def levels(self) -> int:
        return len(self.true)


def priors(sides: Populations, rules: MatchRules) -> tuple[Prior, ...]:
    """The dimensions of a run, in the order of `ScoreParts`: amount, date, reference, text."""
    return (
        _tolerance_prior() if is_tolerant(rules) else _rarity_prior(sides, rules),
        _lag_prior(sides, rules),
        _normal("reference", (0.45, 0.05, 0.04, 0.06, 0.40), (0.55, 0.43, 0.002, 0.015, 0.003)),
        _text_prior(),
    )


def is_tolerant(rules: MatchRules) -> bool:
    """Whether amounts may differ."""
    return bool(rules.amount_tolerance_bp or rules.amount_tolerance_minor)


_TEXT_PRIOR: dict[Text, tuple[float, float]] = {
    Text.NONE: (0.12, 0.15),
    Text.CONFLICT: (0.05, 0.72),
    Text.INITIAL: (0.01, 0.06),
    Text.PREFIX_3: (0.01, 0.01),
    Text.PREFIX_4: (0.02, 0.006),
    Text.EDIT: (0.02, 0.002),
    Text.PREFIX_6: (0.04, 0.003),
    Text.WORD: (0.08, 0.01),
    Text.WORDS: (0.04, 0.001),
    Text.PREFIX_8: (0.05, 0.003),
    Text.PREFIX_11: (0.05, 0.002),
    Text.PREFIX_14: (0.05, 0.001),
    Text.TRUNCATED: (0.10, 0.002),
    Text.NAME: (0.20, 0.004),
    Text.SAME: (0.18, 0.003),
}
_START_PRIOR = (
    (0.55, 0.75),
    (0.05, 0.05),
    (0.10, 0.10),
    (0.05, 0.03),
    (0.05, 0.02),
    (0.05, 0.02),
    (0.05, 0.01),
    (0.05, 0.01),
    (0.05, 0.01),
)


def _text_prior() -> Prior:
    true = [t * s for t, _ in _TEXT_PRIOR.values() for s, _ in _START_PRIOR]
    chance = [c * s for _, c in _TEXT_PRIOR.values() for _, s in _START_PRIOR]
    return _normal("text", tuple(true), tuple(chance))


def _normal(name: str, true: tuple[float, ...], chance: tuple[float, ...]) -> Prior:
    whole_true, whole_chance = sum(true), sum(chance)
    return Prior(name, tuple(x / whole_true for x in true), tuple(x / whole_chance for x in chance))


def _rarity_prior(sides: Populations, rules: MatchRules) -> Prior:
    """Equality of an amount is worth as much as it is rare within the window.

    How often a chance partner turns up is the number of pairs of that amount, over a side,
    times the share of all days that the window covers. It is not learned, since the false
    pairs of frequent amounts compete in the open and would be counted twice.
    """
    worth = float(np.clip(3.0 + np.log2(_windows(sides, rules)), *RARE_AMOUNT_BITS))
    bits = [worth - level / 2 for level in range(RARITY_LEVELS)] + [0.0] * (2 * RATIO_STEPS + 1)
    return Prior("amount", tuple(2.0**bit for bit in bits), (1.0,) * len(bits), is_fixed=True)


def _windows(sides: Populations, rules: MatchRules) -> float:
    """How many windows of days would cover all days of both sides."""
    days = np.concatenate((sides.left.day, sides.right.day))
    days = days[days != NO_DAY]
    span = int(days.max() - days.min()) + 1 if len(days) else 1
    return span / (rules.lag_days_max - rules.lag_days_min + 1)


def _tolerance_prior() -> Prior:
    """Equal amounts, from rare to common; then half-percent steps from far below to far above."""
    true = [2.0 ** -(0.55 * n) for n in range(RARITY_LEVELS)]
    chance = [0.02 * 2.0 ** min(n, 5) for n in range(RARITY_LEVELS)]
    steps = range(-RATIO_STEPS, RATIO_STEPS + 1)
    true += [sum(chance) / (3 + abs(step)) / 4 for step in steps]
    chance += [sum(chance) / 8 for _ in steps]
    return _normal("amount", tuple(true), tuple(chance))


def _lag_prior(sides: Populations, rules: MatchRules) -> Prior:
    """Unknown, outside the window, then each day of it; money is more often a little late.

    Outside the window pairs are candidates by their reference alone, so few are seen that are none.
    By chance a pair lies there more often than within, as often as there are more windows.
    """
    days = range(rules.lag_days_min, rules.lag_days_min + LAG_BINS)
    true = tuple(2.0 ** -(abs(day) * (0.5 if abs(day) < 6 else 0.6)) + 0.002 for day in days)
    made = _normal("date", (0.02, 0.02, *true), (0.02, 0.1, *((1.0 / 16,) * LAG_BINS)))
    outside = max(_windows(sides, rules) - 1, 0.0)
    return replace(made, chance_least=(0.0, outside, *((0.0,) * LAG_BINS)))


@dataclass(frozen=True)
class Edges:
    """Candidate pairs, sorted by left and right, with the level of each dimension."""

    left: Ints
    right: Ints
    levels: tuple[Bytes, ...]
    lag: Ints
    identity: Flags
    """The external ids are equal, and each is on one record of its side only."""

    @property
    def size(self) -> int:
        return len(self.left)

    def only(self, kept: Flags | Ints) -> "Edges":
        """The marked ones."""
        return Edges(
            self.left[kept],
            self.right[kept],
            tuple(level[kept] for level in self.levels),
            self.lag[kept],
            self.identity[kept],
        )


@dataclass(frozen=True)
class TextEvidence:
    """What an engine's candidate step returns: pairs, and the levels only it can see.

    Each pair is there once; they are sorted by left and right.
    """

    left: Ints
    right: Ints
    reference: Bytes
    text: Bytes
    rarity: Bytes
    chance: tuple[Ints, Ints]
    """Pairs that were put together at random."""
    chance_reference: Bytes
    """Their levels."""
    chance_text: Bytes
    notes: tuple[str, ...] = field(default=())
    crowded_left: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Records whose amount is so common that not all pairs were looked at."""
    crowded_right: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def chance_pairs(sides: Populations, rules: MatchRules) -> tuple[Ints, Ints]:
    """Pairs within the window put together at random, to learn what agrees by chance.

    They are sorted by left, and each left record is in one at most.
    """
    left, right = sides.left, sides.right
    step = max(1, left.size // CHANCE_PAIRS)
    index = np.arange(0, left.size, step)
    index = index[left.day[index] != NO_DAY]
    dated = np.flatnonzero(right.day != NO_DAY)
    key = right.pool[dated] * _DAYS + right.day[dated]
    order = in_order(right.pool[dated], right.day[dated])
    key, dated = key[order], dated[order]
    low = np.searchsorted(key, left.pool[index] * _DAYS + left.day[index] - rules.lag_days_max)
    high = np.searchsorted(
        key, left.pool[index] * _DAYS + left.day[index] - rules.lag_days_min, side="right"
    )
    some = high > low
    index, low, high = index[some], low[some], high[some]
    if not len(index):
        return index, index
    chosen = dated[low + (index * 2_654_435_761 >> 7) % (high - low)]
    other = left.amount[index] != right.amount[chosen]
    return index[other], chosen[other]


def with_numbers(found: TextEvidence, sides: Populations, rules: MatchRules) -> Edges:
    """Add the dimensions that are plain arithmetic: amount ratio and lag."""
    left, right = np.ascontiguousarray(found.left), np.ascontiguousarray(found.right)
    lag, both = np.empty(len(left), np.int64), np.empty((2, len(left)), np.bool_)
    _compare_numbers((left, right), _Numbers.of(sides.left), _Numbers.of(sides.right), lag, both)
    is_equal, identity = both
    amount = np.minimum(found.rarity, RARITY_LEVELS - 1)
    unequal = np.flatnonzero(~is_equal)
    if len(unequal):
        amount[unequal] = ratio_level(
            sides.left.amount[left[unequal]], sides.right.amount[right[unequal]]
        )
    levels = amount, date_level(lag, rules), found.reference, found.text
    return Edges(left, right, levels, lag, identity)


class _Numbers(NamedTuple):
    """Columns of a side."""

    amount: Ints
    day: Ints
    external: Ints

    @classmethod
    def of(cls, side: Population) -> "_Numbers":
        columns = side.amount, side.day, side.external
        return cls(*(np.require(column, requirements="W") for column in columns))


@compiled
def _compare_numbers(
    pairs: tuple[Ints, Ints], left: _Numbers, right: _Numbers, lag: Ints, both: Flags
) -> None:
    """The days between the records of each pair; whether amounts are equal, and ids with them."""
    lefts, rights = pairs
    amount, day, external = left
    amount_, day_, external_ = right
    for pair in range(len(lefts)):
        one, other = lefts[pair], rights[pair]
        lag[pair] = NO_DAY
        if day[one] != NO_DAY and day_[other] != NO_DAY:
            lag[pair] = day[one] - day_[other]
        both[0, pair] = amount[one] == amount_[other]
        both[1, pair] = both[0, pair] and external[one] == external_[other]


def date_level(lag: Ints, rules: MatchRules) -> Bytes:
    """0 when a date is missing, 1 outside the window, else the day within it."""
    inside = (lag >= rules.lag_days_min) & (lag <= rules.lag_days_max)
    level = np.where(inside, np.clip(lag - rules.lag_days_min, 0, LAG_BINS - 1) + 2, 1)
    return np.where(lag == NO_DAY, 0, level).astype(np.uint8)


def ratio_level(first: Ints, second: Ints) -> Bytes:
    """The half-percent step of right over left, after the levels of equality; exact integers."""
    wide = np.maximum(np.abs(first), np.abs(second))
    step = (np.abs(second) - np.abs(first)) * 200 // np.maximum(wide, 1)
    level: Ints = RARITY_LEVELS + RATIO_STEPS + np.clip(step, -RATIO_STEPS, RATIO_STEPS)
    return level.astype(np.uint8)


def rarity_level(pairs: Ints) -> Bytes:
    """The binary logarithm of how many pairs an amount could make, rounded up."""
    level = np.zeros(len(pairs), dtype=np.uint8)
    for power in range(RARITY_LEVELS - 1):
        level += pairs > 2**power
    return level
