"""Match rules: what a person may set. Everything else is learned from the data.

Amounts are minor units, days are calendar days, percentages are exact fractions in basis points
(1 % = 100). `lag` is left day minus right day: positive when the bank is later than the books.
"""

from dataclasses import dataclass

from tieout.core.matching.words import Pass


@dataclass(frozen=True, slots=True)
class FeeShape:
    """A fee taken out of a payment: percent of the gross plus a fixed amount."""

    name: str
    percent_bp: int
    fixed_minor: int = 0
    slack_minor: int = 1
    """Rounding that the fee may be off by."""


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The settings of a match run; the defaults suit a bank account against its cash book."""

    passes: tuple[Pass, ...] = tuple(Pass)
    lag_days_min: int = -5
    lag_days_max: int = 10
    amount_tolerance_minor: int = 0
    amount_tolerance_bp: int = 0
    """Tolerance in basis points of the larger amount; together with the absolute one: the wider."""
    confirm_error_max: float = 1e-4
    """The expected share of wrong pairs among those confirmed that is still accepted."""
    fee_shapes: tuple[FeeShape, ...] = ()
    """Known fees; when empty, shapes are learned from pairs tied by reference or name."""
    fee_percent_bp_max: int = 500
    fee_fixed_minor_max: int = 500
    group_size_max: int = 12
    """Most records on the many side of a searched sum (batches by day or party have no limit)."""
    group_lag_days_max: int = 15
    group_candidates_max: int = 40
    """With more candidates than this a sum proves nothing and the search says so."""
    group_posterior_min: float = 0.995
    """A searched sum is confirmed only above this posterior."""
    group_seconds_max: float = 10.0
    """The budget of the sum search; what it did not reach is named in the summary."""
    ignore_account: bool = False
    """Compare across accounts: set when the two sides name their accounts differently."""
    exact_accounts: tuple[tuple[str, str], ...] = ()
    """(left account, right account) pairs that are the same account."""

    def __post_init__(self) -> None:
        """Refuse settings that contradict themselves."""
        if self.lag_days_min > self.lag_days_max:
            raise ValueError("lag_days_min is not above lag_days_max")
        if min(self.amount_tolerance_minor, self.amount_tolerance_bp) < 0:
            raise ValueError("a tolerance is not negative")
        if len(set(self.passes)) != len(self.passes):
            raise ValueError("a pass is named once")
