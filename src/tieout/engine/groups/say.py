"""From chosen options to what a person reads: groups with reasons, undecided records, notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tieout.core.matching.records import Side
from tieout.core.matching.result import ScoreParts
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason
from tieout.engine.groups.choose import Choice
from tieout.engine.groups.options import RULE_WORDS, Options, Rule
from tieout.engine.groups.records import (
    Bools,
    FoundGroup,
    FreeRecords,
    GroupsFound,
    Ints,
    Undecided,
)
from tieout.engine.groups.weights import GroupWeights
from tieout.engine.ragged import dense, first_of


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

    def sides(self, option: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The caller's indices of an option's records, left and right; none for -1."""
        if option < 0:
            return (), ()
        options = self.options
        node = options.node[options.start[option] : options.start[option + 1]].tolist()
        node.append(int(options.anchor[option]))
        left, right = self.told.left, self.told.right
        one = [int(left.idx[self.nodes[each]]) for each in node if each < self.split]
        two = [int(right.idx[self.nodes[each] - len(left)]) for each in node if each >= self.split]
        return tuple(sorted(one)), tuple(sorted(two))


def tell(this: Round, choice: Choice, accept: Ints, sure: Bools) -> None:
    """Add the accepted options as groups."""
    options = this.options
    solutions = _solutions(options)
    weight = options.weight
    for at in accept.tolist():
        option = int(choice.option[at])
        rival = int(choice.runner_up[at])
        rule = Rule(int(options.rule[option]))
        left, right = this.sides(option)
        rivals = this.sides(rival)
        residual = int(options.residual[option])
        made_by = Pass.BATCH if options.anchor[option] < this.split else Pass.SPLIT
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
                status=Status.CONFIRMED if sure[at] else Status.SUGGESTED,
                score=int(weight[option]),
                parts=_parts(options, option),
                posterior=round(float(choice.posterior[at]), 6),
                solutions=int(solutions[option]),
                runner_up_left=rivals[0],
                runner_up_right=rivals[1],
                runner_up_score=int(weight[rival]) if rival >= 0 else 0,
                residual_minor=residual,
                residual_cause=_cause(rule, residual),
                reason=_reason(
                    rule, (left, right), int(solutions[option]), float(choice.posterior[at])
                ),
            )
        )


def _solutions(options: Options) -> Ints:
    """Per option: how many different-looking options its anchor has."""
    code = dense(options.anchor, options.look)
    order = np.argsort(code, kind="stable")
    first = order[first_of(code[order])]
    top = int(options.anchor.max(initial=-1)) + 1
    return np.bincount(options.anchor[first], minlength=top)[options.anchor]


def _parts(options: Options, option: int) -> ScoreParts:
    return ScoreParts(
        amount=int(options.amount[option]),
        date=int(options.date[option]),
        reference=int(options.reference[option]),
        counterparty=int(options.counterparty[option]),
        exclusivity=int(options.exclusivity[option]),
    )


def _cause(rule: Rule, residual: int) -> ResidualCause:
    if not residual:
        return ResidualCause.NONE
    return ResidualCause.FEE if rule is Rule.FEE else ResidualCause.REMAINDER


def _reason(
    rule: Rule,
    sides: tuple[tuple[int, ...], tuple[int, ...]],
    solutions: int,
    posterior: float,
) -> str:
    counts = f"{len(sides[0])} left and {len(sides[1])} right"
    if rule is Rule.NAMED_REMAINDER:
        return f"The text names these records ({counts}); their sum leaves a remainder."
    how = "equal sums" if rule is not Rule.FEE else "sums equal after the fee"
    others = "no other set fits" if solutions == 1 else f"{solutions} different sets fit the amount"
    return (
        f"{RULE_WORDS[rule].capitalize()}: {counts}, {how}; {others}; probability {posterior:.3f}."
    )
