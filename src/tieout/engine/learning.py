"""Evidence weights learned without labels, by one-to-one-aware expectation and maximisation.

The responsibility of a pair is shared with every other pair of the same two records. Histograms
start from prior beliefs, which weigh as much as `PRIOR_TRUE` true and `PRIOR_CHANCE` chance
pairs. The weights leave as integers (hundredths of a bit), so that every engine adds them alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tieout.engine.evidence import Edges, Prior
from tieout.engine.text import Bytes, Ints

Floats = npt.NDArray[np.float64]
Histogram = npt.NDArray[np.float64 | np.int64]

ROUNDS = 15
PARTNER_ROUNDS = 4
ALL_ROUNDS = 3
"""After so many rounds, pairs of odds below `FELT_MIN` are chance pairs for good."""
FELT_MIN = -1_500
"""Hundredths of a bit: odds below two to the minus fifteenth are nothing."""
PRIOR_TRUE = 60.0
PRIOR_CHANCE = 300.0
PRIOR_RECORDS = 10.0
"""So many records with and so many without a partner are believed to have been seen."""
LEVEL_FLOOR = 1e-5
WEIGHT_MAX = 2_000
SAMPLE_PAIRS = 200_000


@dataclass(frozen=True)
class Weights:
    """Hundredths of a bit for each level of each dimension, and for being a pair at all."""

    base: int
    """The logarithm of the odds that a candidate pair is true before its evidence is seen."""
    partner: int
    """The same of a record that has a partner: for who weighs the rivals of each pair apart."""
    levels: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    pairs_seen: int

    def of(self, edges: Edges) -> Iterator[Ints]:
        """The weight of each pair, a dimension at a time."""
        for table, level in zip(self.levels, edges.levels, strict=True):
            yield np.array(table, dtype=np.int64)[level]


def learn(edges: Edges, priors: Sequence[Prior], chance: Sequence[Bytes]) -> Weights:
    """Fit the weights to a sample of whole blocks of pairs that compete.

    Pairs alike in all levels are weighed together: there are far fewer patterns than pairs.
    `chance` holds the levels, by dimension, of pairs put together at random (or none).
    """
    pattern, patterns = _patterns(edges, priors)
    left, right = edges.left, edges.right
    records = min(_distinct(left), _distinct(right))
    logs = [np.log2(np.array(p.true)) - np.log2(_at_least(p, np.array(p.chance))) for p in priors]
    by_chance = [
        np.bincount(level, minlength=prior.levels)
        for prior, level in zip(priors, chance, strict=True)
    ]
    odds = 0.0
    pattern_count = len(patterns[0])
    seen = np.bincount(pattern, minlength=pattern_count).astype(np.float64)
    for turn in range(ROUNDS if edges.size else 0):
        total = np.full(pattern_count, odds)
        for table, level in zip(logs, patterns, strict=True):
            total += table[level]
        worth = np.exp2(np.clip(total, -60, 60))
        if turn == ALL_ROUNDS:
            felt = np.flatnonzero(worth[pattern] >= 2.0 ** (FELT_MIN / 100))
            pattern, left, right = pattern[felt], left[felt], right[felt]
        strength = worth[pattern]
        rivals = np.bincount(left, strength)[left]
        rivals += np.bincount(right, strength)[right]
        rivals -= strength
        share = strength / (1.0 + rivals)
        true: Floats = np.bincount(pattern, share, pattern_count).astype(np.float64)
        logs = [
            _log_ratio(
                prior,
                random,
                np.bincount(level, true, prior.levels),
                np.bincount(level, seen - true, prior.levels),
            )
            for prior, level, random in zip(priors, patterns, by_chance, strict=True)
        ]
        odds = _base(float(share.sum()), records, edges.size)
    tables = tuple(
        tuple(int(x) for x in np.clip(np.rint(table * 100), -WEIGHT_MAX, WEIGHT_MAX))
        for table in logs
    )
    strength = np.zeros(pattern_count)
    for table, level in zip(logs, patterns, strict=True):
        strength += table[level]
    partner = max(_partner(np.exp2(strength)[pattern], (left, right), records, odds), odds)
    names = tuple(p.name for p in priors)
    return Weights(round(odds * 100), round(partner * 100), tables, names, edges.size)


def _partner(strength: Floats, ends: tuple[Ints, Ints], records: int, odds: float) -> float:
    """The odds that a record has a partner among its candidates, found by asking again and again.

    `strength` is what the evidence makes of even odds. The odds of a pair, unlike these, share out
    a partner among a record's candidates, once for all; here rivals see to that, each by its worth.
    """
    left, right = ends

    def opened(key: Ints, worth: Floats) -> Floats:
        return 1.0 / (1.0 + np.maximum(np.bincount(key, worth)[key] - worth, 0.0))

    for _ in range(PARTNER_ROUNDS if len(left) else 0):
        worth = strength * 2.0**odds
        first = opened(left, worth), opened(right, worth)
        then = opened(left, worth * first[1]), opened(right, worth * first[0])
        worth *= np.sqrt(first[0] * first[1] * then[0] * then[1])
        true = float((worth / (1.0 + worth)).sum())
        odds = np.log2(true + PRIOR_RECORDS) - np.log2(max(records - true, 0.0) + PRIOR_RECORDS)
    return float(odds)


def _patterns(edges: Edges, priors: Sequence[Prior]) -> tuple[Ints, list[Ints]]:
    """The number of each pair's pattern, and the levels of each pattern."""
    code = np.zeros(edges.size, dtype=np.int64)
    for prior, level in zip(priors, edges.levels, strict=True):
        code *= prior.levels
        code += level
    seen = np.bincount(code, minlength=1)
    distinct = np.flatnonzero(seen)
    number = np.zeros(len(seen), dtype=np.int64)
    number[distinct] = np.arange(len(distinct))
    pattern = number[code]
    levels: list[Ints] = []
    for prior in reversed(priors):
        levels.insert(0, distinct % prior.levels)
        distinct //= prior.levels
    return pattern, levels


def _distinct(index: Ints) -> int:
    """How many records there are; indices are dense."""
    return int(np.count_nonzero(np.bincount(index, minlength=1)))


def _base(true: float, records: int, pairs: int) -> float:
    """The odds that a record has a partner among its candidates, spread over the candidates."""
    return float(
        np.log2((true + PRIOR_RECORDS) / (max(records - true, 0.0) + PRIOR_RECORDS))
        - np.log2(max(pairs / max(records, 1), 1.0))
    )


def _log_ratio(prior: Prior, random: Ints, true: Histogram, chance: Histogram) -> Floats:
    ratio: Floats = np.log2(np.array(prior.true)) - np.log2(np.array(prior.chance))
    if prior.is_fixed:
        return ratio
    true = true + PRIOR_TRUE * np.array(prior.true)
    chance = chance + random + PRIOR_CHANCE * np.array(prior.chance)
    true_share = np.maximum(true / true.sum(), LEVEL_FLOOR)
    chance_share = _at_least(prior, np.maximum(chance / chance.sum(), LEVEL_FLOOR))
    seen: Floats = np.log2(true_share) - np.log2(chance_share)
    return seen


def _at_least(prior: Prior, chance: Floats) -> Floats:
    """The shares among chance pairs, as great as they are known to be."""
    return np.maximum(chance, np.array(prior.chance_least)) if prior.chance_least else chance


def sample(edges: Edges, block: Ints, most: int = SAMPLE_PAIRS) -> Edges:
    """At most about so many pairs: whole blocks, chosen by a hash of the block."""
    if edges.size <= most:
        return edges
    share = most / edges.size
    mixed = (block.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return edges.only(mixed < np.uint64(share * 2**24))
