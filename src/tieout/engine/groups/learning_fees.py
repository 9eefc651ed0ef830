"""Learning the fees that a processor keeps of each batch: a percent and a fixed amount."""

import numpy as np

from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.engine.compiled import compiled
from tieout.engine.groups.batches import Buckets, near
from tieout.engine.groups.records import Ints
from tieout.engine.groups.scopes import View
from tieout.engine.groups.sums import STEPS_FEW
from tieout.engine.ragged import count_by, shuffled

SAMPLE = 1500
"""Batches, and of their candidates the least ambiguous, that vote."""
FEES_MAX = 4
FEE_ACCIDENTS = 1.5
"""How many times as many batches must agree as agree with exchanged amounts."""


def learn_fees(both: tuple[View, View], made: Buckets, rules: MatchRules) -> tuple[FeeShape, ...]:
    """Percents and fixed amounts that several batches agree on, the best supported first.

    Every (percent, fixed) of the grid gets a vote from each batch that some record of the other
    side fits; a shape must beat what chance alone gives many times over, and what the same batches
    agree on with exchanged amounts: `both` are the true view and that one.
    """
    bucket, fee, gross, count = _fee_candidates(both[0], made, rules)
    shapes: list[FeeShape] = []
    by_accident = _best_shape(*_fee_candidates(both[1], made, rules), rules)[0]
    least = max(4.0, 0.01 * len(np.unique(bucket)), FEE_ACCIDENTS * by_accident)
    while len(bucket) >= 4 and len(shapes) < FEES_MAX:
        votes, percent, fixed, each, mean = _best_shape(bucket, fee, gross, count, rules)
        if votes < max(least, mean + 8 * np.sqrt(mean) + 3):
            break
        shapes.append(FeeShape("learned", percent, fixed))
        per = count if each else np.ones_like(count)
        explained = np.abs(fee - (gross * percent + 5000) // 10000 - fixed * per) <= 1
        keep = ~np.isin(bucket, bucket[explained])
        bucket, fee, gross, count = bucket[keep], fee[keep], gross[keep], count[keep]
    return tuple(shapes)


def _best_shape(
    bucket: Ints, fee: Ints, gross: Ints, count: Ints, rules: MatchRules
) -> tuple[int, int, int, bool, float]:
    """As `_vote`, with the fixed part once or for each record, whichever gets more."""
    if not len(bucket):
        return 0, 0, 0, False, 0.0
    return max(
        _vote(bucket, fee, gross, count if each else np.ones_like(count), rules)
        for each in (False, True)
    )


def _vote(
    bucket: Ints, fee: Ints, gross: Ints, per: Ints, rules: MatchRules
) -> tuple[int, int, int, bool, float]:
    """(votes, percent, fixed, whether fixed is for each record, mean votes) of the best shape."""
    percents = rules.fee_percent_bp_max + 1
    loop = _votes.made() if len(bucket) * percents > STEPS_FEW else _votes
    votes = loop(bucket, fee, gross, per, (percents, rules.fee_fixed_minor_max + 1))
    top = int(np.argmax(votes))
    mean = float(votes.mean())
    return int(votes[top]), top % percents, top // percents, bool((per > 1).any()), mean


@compiled
def _votes(bucket: Ints, fee: Ints, gross: Ints, per: Ints, grid: tuple[int, int]) -> Ints:
    """How many batches have a fee of each shape [fixed, percent], flat; equal batches side by side.

    A batch votes once for a shape, however many of its fees have it.
    """
    percents, most = grid
    votes, voter = np.zeros(percents * most, np.int64), np.full(percents * most, -1)
    for at in range(len(bucket)):
        for percent in range(percents):
            left_over = fee[at] - (gross[at] * percent + 5000) // 10000
            fixed = (left_over + per[at] // 2) // per[at]
            if not (0 <= fixed < most and abs(left_over - fixed * per[at]) <= 1):
                continue
            shape = fixed * percents + percent
            if shape > 0 and voter[shape] != bucket[at]:
                votes[shape] += 1
                voter[shape] = bucket[at]
    return votes


def _fee_candidates(view: View, made: Buckets, rules: MatchRules) -> tuple[Ints, Ints, Ints, Ints]:
    chosen = (made.type == 0) & (made.total > 0)
    at = np.flatnonzero(chosen)
    if len(at) > SAMPLE:
        at = np.sort(at[np.argsort(shuffled(at), kind="stable")[:SAMPLE]])
    worth = np.zeros(len(made.block), np.bool_)
    worth[at] = True
    most = made.total * rules.fee_percent_bp_max // 10000 + rules.fee_fixed_minor_max
    if view.direction == 0:
        bucket, anchor = near(view, made, made.total - most, made.total - 1, worth)
    else:
        bucket, anchor = near(view, made, made.total + 1, made.total + most, worth)
    fee = np.abs(made.total[bucket] - view.anchors.amount[anchor])
    times = count_by(bucket, len(made.block))[bucket]
    keep = np.sort(np.lexsort((fee, bucket, times))[:SAMPLE])  # the least ambiguous
    bucket, fee = bucket[keep], fee[keep]
    return bucket, fee, made.total[bucket], made.count[bucket]


def fee_words(view: View, shape: FeeShape) -> str:
    side = "right" if view.direction == 0 else "left"
    return (
        f"Fee learned from whole batches of the {side} side: "
        f"{shape.percent_bp / 100:.2f} % plus {shape.fixed_minor} minor units."
    )
