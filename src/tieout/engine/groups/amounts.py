"""How surprising an amount is: the chance that a record which is no sum has just this amount.

A sum that hits a rare amount says much; one that hits a price point, or a round amount among
round parts, says little. The density is learned from the free records of a side: a histogram of
sizes in quarter octaves, the share of each roundness, and the share of amounts that repeat.
"""

from dataclasses import dataclass

import numpy as np

from tieout.engine.groups.records import Floats, Ints
from tieout.engine.ragged import starts

_ROUND = np.array([1, 5, 10, 50, 100, 500, 1000, 10000], np.int64)
_BINS = 4 * 62
_PRIOR_RECORDS = 20.0
_REPEATS_MAX = 5000


@dataclass(frozen=True)
class AmountModel:
    """The learned density of one side's amounts."""

    size: Floats
    """[slot of the kind, quarter octave]: the share of that kind's records of such a size."""
    roundness: Floats
    """Per class of roundness: how much likelier such an amount is than an even spread says."""
    repeated: Ints
    """Amounts that occur more than once, ascending, signed."""
    share: Floats
    """The share of records that has each of them, its own record not counted."""

    def log2_density(self, amounts: Ints, slots: Ints) -> Floats:
        """log2 of the probability of exactly this amount, per record of a kind's slot."""
        size = np.maximum(np.abs(amounts), 1)
        bins = _bin_of(size)
        width = np.exp2((bins + 1) / 4) - np.exp2(bins / 4)
        smooth = self.size[slots, bins] / width * self.roundness[_class_of(size)] / 2
        place = np.minimum(np.searchsorted(self.repeated, amounts), len(self.repeated) - 1)
        again = np.where(self.repeated[place] == amounts, self.share[place], 0.0)
        return np.asarray(np.log2(np.minimum(smooth + again, 1.0)), np.float64)


def _bin_of(size: Ints) -> Ints:
    return np.minimum((4 * np.log2(size)).astype(np.int64), _BINS - 1)


def _class_of(size: Ints) -> Ints:
    found = np.zeros(len(size), np.int64)
    for at, step in enumerate(_ROUND.tolist()):
        found[size % step == 0] = at
    return found


def learn_amounts(amounts: Ints, slots: Ints, many: int) -> AmountModel:
    """The model of these amounts, leaning on an even spread over 1 to 1,000,000.00 when few.

    Each of the `many` kinds has sizes of its own, leaning on those of all.
    """
    size = np.maximum(np.abs(amounts), 1)
    prior = np.zeros(_BINS)
    prior[16:106] = _PRIOR_RECORDS / 90
    every = _smooth(np.bincount(_bin_of(size), minlength=_BINS) + prior)
    mine = np.bincount(slots * _BINS + _bin_of(size), minlength=many * _BINS)
    of_kind = mine.reshape(many, _BINS) + _PRIOR_RECORDS * every
    bins = np.stack([_smooth(each) for each in of_kind])
    even = -np.diff(np.r_[_even_shares(), 0.0])
    counts = np.bincount(_class_of(size), minlength=len(_ROUND)) + _PRIOR_RECORDS * even
    ordered = np.sort(amounts)
    begin = starts(ordered)
    times = np.diff(np.r_[begin, len(ordered)])
    often = begin[times > 1]
    times = times[times > 1]
    if len(often) > _REPEATS_MAX:
        keep = np.sort(np.lexsort((ordered[often], -times))[:_REPEATS_MAX])
        often, times = often[keep], times[keep]
    share = (times - 1) / (len(amounts) + _PRIOR_RECORDS)
    return AmountModel(
        bins,
        counts / counts.sum() / even,
        np.r_[ordered[often], np.int64(2**62)],
        np.r_[share, 0.0],
    )


def _smooth(counts: Floats) -> Floats:
    wide = np.convolve(counts, [0.25, 0.5, 0.25], mode="same") + 1e-6
    return np.asarray(wide / wide.sum(), np.float64)


def _even_shares() -> Floats:
    """Share of all integers at least as round as each class, made to fall from class to class.

    A number divisible by 10 is divisible by 5, by 50 by 10, and so on: the classes are nested.
    """
    return 1.0 / _ROUND.astype(np.float64)
