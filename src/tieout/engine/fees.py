"""Fee shapes: percent of the gross plus a fixed amount, configured or learned as they recur."""

from dataclasses import dataclass

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.text import Flags, Ints

SUPPORT_MIN = 3
"""A shape is believed when so many pairs, tied by their reference alone, show it."""
SHAPES_MAX = 8
LEARN_MAX = 4_000
_FIXED = np.unique(np.concatenate((np.arange(0, 105, 5), np.arange(0, 1_001, 50))))


@dataclass(frozen=True)
class Shape:
    """A fee that recurs, or that the rules name."""

    name: str
    percent_bp: int
    fixed_minor: int
    slack_minor: int
    support: int

    def __str__(self) -> str:
        """In words: `1.40 % + 0.25`."""
        return self.name or f"{self.percent_bp / 100:.2f} % + {self.fixed_minor / 100:.2f}"

    def fits(self, gross: Ints, fee: Ints) -> Flags:
        """Whether fees of that gross have this shape, to the slack."""
        expected = (gross * self.percent_bp + 5_000) // 10_000 + self.fixed_minor
        near: Flags = np.abs(expected - fee) <= self.slack_minor
        return near


def learn_shapes(gross: Ints, fee: Ints, rules: MatchRules) -> list[Shape]:
    """Shapes that several fees share; each fee speaks for one shape only."""
    order = np.lexsort((fee, gross))[:: max(1, len(gross) // LEARN_MAX)]
    gross, fee = gross[order], fee[order]
    fixed = _FIXED[rules.fee_fixed_minor_max >= _FIXED]
    shapes: list[Shape] = []
    while len(gross) >= SUPPORT_MIN and len(shapes) < SHAPES_MAX:
        best = max(
            (_best_percent(gross, fee, int(each), rules) for each in fixed),
            key=lambda shape: (shape.support, -shape.fixed_minor, -shape.percent_bp),
        )
        # A small gross fits many shapes by rounding: a pair of parameters must explain more.
        if best.support < max(SUPPORT_MIN, len(gross) // 50):
            break
        shapes.append(best)
        rest = ~best.fits(gross, fee)
        gross, fee = gross[rest], fee[rest]
    return shapes


def _best_percent(gross: Ints, fee: Ints, fixed: int, rules: MatchRules) -> Shape:
    """The percentage that most fees have beside that fixed amount."""
    rest = fee - fixed
    able = (rest >= 0) & (gross > 0)
    implied = np.rint(rest[able] * 10_000 / np.maximum(gross[able], 1)).astype(np.int64)
    implied = implied[implied <= rules.fee_percent_bp_max]
    candidates, votes = np.unique(implied, return_counts=True)
    best = Shape("", 0, fixed, 1, 0)
    for percent in candidates[np.argsort(-votes, kind="stable")[:6]].tolist():
        shape = Shape("", percent, fixed, 1, 0)
        support = int(shape.fits(gross, fee).sum())
        if (support, -percent) > (best.support, -best.percent_bp):
            best = Shape("", percent, fixed, 1, support)
    return best


def shape_of(shapes: list[Shape], gross: Ints, fee: Ints) -> Ints:
    """The first shape each fee fits, or -1."""
    which = np.full(len(gross), -1, dtype=np.int64)
    for number in reversed(range(len(shapes))):
        which[shapes[number].fits(gross, fee)] = number
    return which
