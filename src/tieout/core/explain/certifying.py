"""Certification: who signs a ledger's period, in which order, and until when it holds.

A period of a sub-ledger is prepared, reviewed and certified. What is signed are figures of one
run. When a later run gives others, up to that period, or a period was opened again, the
certification is suspended: it stays in sight, and the period is prepared anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tieout.core.access import require_other_eyes
from tieout.core.errors import AccessDenied, Conflict
from tieout.core.explain.sampling import SamplePlan

DUE_DAYS_MAX = 366
"""The longest time that a policy may give."""
SYSTEM = 0
"""In place of a member: the rule for automatic certification, or a run that suspends."""


Money = Callable[[int], str]
"""Says an amount of base minor units with its currency."""


class ClosingStep(StrEnum):
    """What is done about a period of a ledger; each is a row that stays."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"
    CERTIFIED = "certified"
    RETURNED = "returned"
    """Sent back to be prepared again, with a reason."""
    SUSPENDED = "suspended"
    """A later run no longer bears what was signed."""


class ClosingState(StrEnum):
    """Where a period of a ledger stands: at its last step."""

    NOT_STARTED = "not_started"
    PREPARED = "prepared"
    REVIEWED = "reviewed"
    CERTIFIED = "certified"
    RETURNED = "returned"
    SUSPENDED = "suspended"

    @property
    def is_signed(self) -> bool:
        """Whether somebody has signed figures that hold."""
        return self in SIGNED


SIGNED = frozenset({ClosingState.PREPARED, ClosingState.REVIEWED, ClosingState.CERTIFIED})
FOLLOWS: Mapping[ClosingStep, frozenset[ClosingState]] = {
    ClosingStep.PREPARED: frozenset(ClosingState) - SIGNED,
    ClosingStep.REVIEWED: frozenset({ClosingState.PREPARED}),
    ClosingStep.CERTIFIED: frozenset({ClosingState.REVIEWED}),
    ClosingStep.RETURNED: frozenset({ClosingState.PREPARED, ClosingState.REVIEWED}),
    ClosingStep.SUSPENDED: SIGNED,
}
"""From which states a step can be taken; the automatic rule certifies what nobody has signed."""


class Risk(StrEnum):
    """How much hangs on an account."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AutomaticRule(StrEnum):
    """When a period is certified without a person."""

    OFF = "off"
    AGREES = "agrees"
    """Risk is low, the period is closed, the difference is zero and nothing offsets anything."""


@dataclass(frozen=True, slots=True)
class ClosingPolicy:
    """What is asked of one ledger's periods."""

    risk: Risk = Risk.MEDIUM
    due_days: int = 10
    """After the period's last day."""
    unexplained_minor: int = 0
    """So much may stay unexplained in a period that is prepared: the sum of sizes."""
    evidence_minor: int | None = None
    """A larger item needs evidence before its period is prepared; None: no item does."""
    automatic: AutomaticRule = AutomaticRule.OFF
    second_review_minor: int | None = None
    """A larger balance is certified by another person than its reviewer; None: no balance is."""
    sample_percent: int = 0
    """So many of a hundred cases the reviewer looks at, drawn by chance."""
    sample_most: int = 25
    """So many of those at most."""
    sample_above_minor: int | None = None
    """The reviewer looks at every larger case; None: at none for its size."""

    @property
    def sample(self) -> SamplePlan:
        """What is drawn when a period is prepared."""
        return SamplePlan(self.sample_percent, self.sample_most, self.sample_above_minor)

    def approvals(self, sub_ledger_minor: int, control_minor: int) -> int:
        """The approval depth: how many people besides the preparer approve such balances."""
        size = max(abs(sub_ledger_minor), abs(control_minor))
        is_large = self.second_review_minor is not None and size > self.second_review_minor
        return 2 if is_large else 1


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """A ledger at the end of a period, as a run found it; base minor units."""

    sub_ledger_minor: int
    control_minor: int
    unexplained_minor: int
    """The sum of the sizes of what has no cause."""
    item_count: int
    is_closed: bool

    @property
    def difference_minor(self) -> int:
        """Sub-ledger less control accounts."""
        return self.sub_ledger_minor - self.control_minor


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as kept."""

    step: ClosingStep
    member_id: int
    """Who took it; `SYSTEM` for the rule, and for a suspension."""


def state_of(taken: Sequence[Taken]) -> ClosingState:
    """Where a period stands after its steps, the oldest first."""
    return ClosingState(taken[-1].step.value) if taken else ClosingState.NOT_STARTED


def require_closing_step(
    taken: Sequence[Taken], step: ClosingStep, member_id: int, where: str, approvals: int = 1
) -> None:
    """Raise unless the step comes next, and is taken by a person who may take it.

    Who prepared a period neither reviews nor certifies it. Where two approvals are asked for, who
    reviewed it does not certify it either: the certifying is the second one.

    Raises:
        Conflict: `decision.not-in-force` where the step does not come next.
        AccessDenied: `access.four-eyes` where one person would take both parts,
            `closing.second-approval` where one would give both approvals.
    """
    state = state_of(taken)
    if state not in FOLLOWS[step]:
        expected = ", ".join(each.value for each in ClosingState if each in FOLLOWS[step])
        raise Conflict("decision.not-in-force", f"a period that is {state}", expected, where)
    if step in {ClosingStep.REVIEWED, ClosingStep.CERTIFIED}:
        preparer = next(each for each in reversed(taken) if each.step is ClosingStep.PREPARED)
        require_other_eyes(preparer.member_id, member_id)
    if step is ClosingStep.CERTIFIED and approvals > 1 and taken[-1].member_id == member_id:
        raise AccessDenied(
            "closing.second-approval",
            f"member:{member_id}, who reviewed it",
            "a third person to certify: the balance needs two besides the preparer",
            where,
        )


def require_policy(
    policy: ClosingPolicy, figures: PeriodFigures, bare: Sequence[str], where: str, money: Money
) -> None:
    """Raise `Conflict` unless a period may be prepared under the policy.

    Args:
        policy: What is asked.
        figures: What would be signed.
        bare: The cases of items above the threshold that have no evidence.
        where: The period, for the message.
        money: Says an amount in it.
    """
    if figures.unexplained_minor > policy.unexplained_minor:
        raise Conflict(
            "closing.unexplained",
            f"{money(figures.unexplained_minor)} unexplained",
            f"at most {money(policy.unexplained_minor)}",
            where,
        )
    if bare and policy.evidence_minor is not None:
        named = ", ".join(bare[:5]) + (f" and {len(bare) - 5} more" if len(bare) > 5 else "")
        raise Conflict(
            "closing.evidence-missing",
            f"no evidence about {named}",
            f"evidence for items above {money(policy.evidence_minor)}",
            where,
        )


def why_not_automatic(policy: ClosingPolicy, figures: PeriodFigures, taken: Sequence[Taken]) -> str:
    """Why the rule does not certify a period; blank where it does."""
    state = state_of(taken)
    is_nobodys = all(each.member_id == SYSTEM for each in taken)
    faults = (
        (policy.automatic is AutomaticRule.OFF, "automatic certification is off"),
        (policy.risk is not Risk.LOW, f"the risk is {policy.risk}"),
        (not figures.is_closed, "the period is not closed"),
        (figures.difference_minor != 0, "the ledgers do not agree"),
        (figures.item_count > 0, f"{figures.item_count:,} items offset one another"),
        (
            policy.approvals(figures.sub_ledger_minor, figures.control_minor) > 1,
            "its balance needs two people besides the preparer",
        ),
        (state is ClosingState.CERTIFIED, "it is certified"),
        (not is_nobodys, "a person has signed it, or has sent it back"),
    )
    return next((why for is_so, why in faults if is_so), "")


AUTOMATIC_REASON = "risk low, period closed, difference zero, nothing that offsets anything"


def why_suspended(
    period: int, then: Mapping[int, PeriodFigures], now: Mapping[int, PeriodFigures], money: Money
) -> str:
    """Why figures signed of a period no longer hold; blank where they do.

    A period rests on those before it: their balances too are what they were, and none of them
    that was closed has been opened again.

    Args:
        period: The period that was signed.
        then: By period, what the run found whose figures were signed.
        now: The same of a later run.
        money: Says an amount of either.
    """
    for number in sorted(each for each in then if each <= period):
        before, after = then[number], now.get(number)
        if after is None:
            return f"period {number} is no longer in the books"
        if before.is_closed and not after.is_closed:
            return f"period {number} was opened again"
        for name, old, new in (
            ("sub-ledger", before.sub_ledger_minor, after.sub_ledger_minor),
            ("control accounts", before.control_minor, after.control_minor),
        ):
            if old != new:
                return f"{name} of period {number}: {money(new)} instead of {money(old)}"
    old, new = then[period].unexplained_minor, now[period].unexplained_minor
    return f"{money(new)} is unexplained instead of {money(old)}" if old != new else ""


class Timeliness(StrEnum):
    """Whether a period was certified when it should have been."""

    ON_TIME = "on_time"
    LATE = "late"
    """Certified after its day."""
    OVERDUE = "overdue"
    """Not certified, and its day has passed."""
    DUE = "due"
    """Not certified, and its day is still to come."""


def due_on(ends_on: date, policy: ClosingPolicy) -> date:
    """The last day on which certifying the period is on time."""
    return ends_on + timedelta(days=policy.due_days)


def timeliness(due: date, certified_on: date | None, today: date) -> Timeliness:
    """How a period stands to its day; `certified_on` is None while no certification holds."""
    if certified_on is not None:
        return Timeliness.ON_TIME if certified_on <= due else Timeliness.LATE
    return Timeliness.DUE if today <= due else Timeliness.OVERDUE
