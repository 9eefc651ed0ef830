"""From chosen options to what a person reads: groups with reasons, undecided records, notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from tieout.core.matching.records import Side
from tieout.core.matching.result import ScoreParts
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason
from tieout.engine.groups.choose import Choice
from tieout.engine.groups.options import PARTS, RULE_WORDS, Options, Rule
from tieout.engine.groups.records import (
    Bools,
    FoundGroup,
    FreeRecords,
    GroupsFound,
    Ints,
    Undecided,
)
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import dense, first_of, in_order, offsets, spread

Members = tuple[int, ...]
"""Indices of records, ascending."""


@dataclass
class Told:
    """The answer of one shard as it grows."""

    left: FreeRecords
    right: FreeRecords
    rules: MatchRules
    groups: list[FoundGroup] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)

    def refuse(
        self, nodes: Ints, refused: tuple[Ints, Ints], taken: Bools, options: Options
    ) -> None:
        """Say which anchors got nothing: too many candidates, or sums that may be chance."""
        anchor, count = refused
        most = np.zeros(len(nodes), np.int64)
        np.maximum.at(most, anchor, count)
        limit = self.rules.group_candidates_max
        for at in np.flatnonzero((most > 0) & ~taken).tolist():
            self._undecided(
                int(nodes[at]),
                UnmatchedReason.TOO_MANY,
                f"As a sum not decidable: {int(most[at])} candidates within the window"
                + (f", more than {limit}" if most[at] > limit else "")
                + "; among so many some sum fits by accident.",
            )
        found = np.bincount(options.anchor, minlength=len(nodes))
        left_out = (found > 0) & (most == 0) & ~taken
        for at in np.flatnonzero(left_out & (found > 1)).tolist():
            self._undecided(
                int(nodes[at]),
                UnmatchedReason.TIE,
                f"{int(found[at])} different sums fit and none is clearly likelier.",
            )
        for option in np.flatnonzero((left_out & (found == 1))[options.anchor]).tolist():
            used = taken[options.node[options.start[option] : options.start[option + 1]]].any()
            self._undecided(
                int(nodes[options.anchor[option]]),
                UnmatchedReason.TOO_MANY,
                f"A sum of {int(options.size[option])} records fits, but "
                + (
                    "one of them is matched already."
                    if used
                    else "is likelier an accident than not: too little else speaks for it."
                ),
            )

    def _undecided(self, node: int, reason: UnmatchedReason, detail: str) -> None:
        left = node < len(self.left)
        idx = self.left.idx[node] if left else self.right.idx[node - len(self.left)]
        side = Side.LEFT if left else Side.RIGHT
        self.undecided.append(Undecided(side, int(idx), reason, detail))


def answer(
    told: Sequence[Told], weights: GroupWeights, rules: MatchRules, counted: tuple[int, int, int]
) -> GroupsFound:
    """The answers of all shards as one, in a fixed order.

    `counted`: partial sums formed, sets chosen by estimate, sums beyond the budget.
    """
    work, fallbacks, unsearched = counted
    notes = list(weights.notes)
    if fallbacks:
        notes.append(
            f"{fallbacks} sets of competing sums were too large to choose exactly; "
            "a mean-field estimate chose."
        )
    if unsearched:
        notes.append(
            f"{unsearched} sums were not searched: the budget of "
            f"{rules.group_seconds_max:g} s worth of partial sums was spent."
        )
    groups = [group for each in told for group in each.groups]
    undecided = [one for each in told for one in each.undecided]
    return GroupsFound(
        tuple(sorted(groups, key=lambda each: (each.left, each.right))),
        tuple(sorted(undecided, key=lambda each: (each.side, each.idx))),
        tuple(notes),
        work,
        {"fees": [(f.percent_bp, f.fixed_minor) for f in weights.fees]},
    )


@dataclass(frozen=True)
class Round:
    """One round's options, and which records its nodes are: the first `split` are left ones."""

    told: Told
    options: Options
    nodes: Ints
    split: int

    def sides(self, option: Ints) -> list[tuple[Members, Members]]:
        """The caller's indices of each option's records, left and right; none for -1."""
        options, known = self.options, np.flatnonzero(option >= 0)
        row, place = spread(options.start[option[known]], options.start[option[known] + 1])
        row = np.r_[known[row], known]
        node = np.r_[options.node[place], options.anchor[option[known]]]
        index = np.r_[self.told.left.idx, self.told.right.idx][self.nodes[node]]
        side = 2 * row + (node >= self.split)
        order = in_order(side, index)
        ends, flat = offsets(side[order], 2 * len(option)).tolist(), index[order].tolist()
        made = [tuple(flat[begin:end]) for begin, end in pairwise(ends)]
        return list(zip(made[::2], made[1::2], strict=True))


def tell(this: Round, choice: Choice, accept: Ints, sure: Bools) -> None:
    """Add the accepted options as groups."""
    options, picked, rival = this.options, choice.option[accept], choice.runner_up[accept]
    weight, solutions = options.weight, _solutions(options)[picked].tolist()
    score, rivals = weight[picked].tolist(), this.sides(rival)
    rival_score = np.where(rival >= 0, weight[rival], 0).tolist()
    parts = np.stack([getattr(options, name)[picked] for name in PARTS], axis=1).tolist()
    rules, residuals = options.rule[picked].tolist(), options.residual[picked].tolist()
    of_left = (options.anchor[picked] < this.split).tolist()
    posterior, is_sure = choice.posterior[accept].tolist(), sure[accept].tolist()
    for at, (left, right) in enumerate(this.sides(picked)):
        rule = Rule(rules[at])
        made_by = Pass.BATCH if of_left[at] else Pass.SPLIT
        if rule is Rule.SEVERAL:
            made_by = Pass.SPLIT
        if rule is Rule.FEE:
            made_by = Pass.FEE_NET
        this.told.groups.append(
            FoundGroup(
                left=left,
                right=right,
                made_by=made_by,
                rule=RULE_WORDS[rule],
                status=Status.CONFIRMED if is_sure[at] else Status.SUGGESTED,
                score=score[at],
                parts=ScoreParts(*parts[at]),
                posterior=round(posterior[at], 6),
                solutions=solutions[at],
                runner_up_left=rivals[at][0],
                runner_up_right=rivals[at][1],
                runner_up_score=rival_score[at],
                residual_minor=residuals[at],
                residual_cause=_cause(rule, residuals[at]),
                reason=_reason(rule, (left, right), solutions[at], posterior[at]),
            )
        )


def _solutions(options: Options) -> Ints:
    """Per option: how many different-looking ones fit its anchor, at least one (a remainder)."""
    code = dense(options.anchor, options.look)
    order = np.argsort(code, kind="stable")
    first = order[first_of(code[order])]
    first = first[options.rule[first] != Rule.NAMED_REMAINDER]
    top = int(options.anchor.max(initial=-1)) + 1
    return np.maximum(np.bincount(options.anchor[first], minlength=top)[options.anchor], 1)


def _cause(rule: Rule, residual: int) -> ResidualCause:
    if not residual:
        return ResidualCause.NONE
    return ResidualCause.FEE if rule is Rule.FEE else ResidualCause.REMAINDER


def _reason(
    rule: Rule,
    sides: tuple[Members, Members],
    solutions: int,
    posterior: float,
) -> str:
    counts = f"{len(sides[0])} left and {len(sides[1])} right"
    if rule is Rule.NAMED_REMAINDER:
        return f"The text names these records ({counts}); their sum leaves a remainder."
    how = "equal sums" if rule is not Rule.FEE else "sums equal after the fee"
    if rule is Rule.NAMED_COMPLETED:
        how = "equal sums; the text names some, the others make up what those lack"
    others = "no other set fits" if solutions == 1 else f"{solutions} different sets fit the amount"
    return (
        f"{RULE_WORDS[rule].capitalize()}: {counts}, {how}; {others}; probability {posterior:.3f}."
    )
