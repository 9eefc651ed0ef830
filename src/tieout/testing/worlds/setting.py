"""The habits of a world: its accounts, their parties, days, lags and prices."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from tieout.testing.worlds.rows import INCOMING, Ints, Method

Density = Literal["sparse", "normal", "dense"]

FIRST_DAY = (date(2025, 1, 1) - date(1970, 1, 1)).days
"""Days are counted from 1970-01-01, as Arrow's date32 does; that day was a Thursday."""

LAGS = (
    (0.55, 0.25, 0.10, 0.05, 0.03, 0.02),
    (0.10, 0.38, 0.28, 0.14, 0.07, 0.03),
    (0.03, 0.09, 0.22, 0.30, 0.22, 0.14),
)
"""Days from book to bank, 0 to 5: a prompt, a middling and a slow account."""

METHODS = {
    Method.TRANSFER_IN: 0.33,
    Method.TRANSFER_OUT: 0.27,
    Method.CARD_PURCHASE: 0.17,
    Method.DIRECT_DEBIT: 0.15,
    Method.CHEQUE_OUT: 0.08,
}


@dataclass(frozen=True)
class Shape:
    """What a density means."""

    days: int
    price_share: float
    """The share of amounts that lie on price points."""
    prices: int


SHAPES: dict[Density, Shape] = {
    "sparse": Shape(730, 0.25, 800),
    "normal": Shape(365, 0.40, 400),
    "dense": Shape(120, 0.55, 150),
}


class Setting:
    """Draws what all scenarios share, always from one generator."""

    def __init__(
        self, seed: int, accounts: int, days: int | None, density: Density, parties: int
    ) -> None:
        shape = SHAPES[density]
        self.rng = np.random.default_rng(seed)
        self.account_count = accounts
        self.days = days or shape.days
        self.shares = self.rng.dirichlet(np.full(accounts, 8.0))
        self.currency = np.sort(self.rng.choice(3, accounts, p=(0.7, 0.2, 0.1)))
        self.lags = np.cumsum([LAGS[i] for i in self.rng.integers(0, len(LAGS), accounts)], axis=1)
        self.price_share = shape.price_share
        self.prices = self._price_points(shape.prices)
        weights = 1.0 / np.arange(4, shape.prices + 4) ** 0.8
        self.price_weights = weights / weights.sum()
        size = min(parties, max(60, parties // 3))
        self.pools = np.stack([self.rng.permutation(parties)[:size] for _ in range(accounts)])

    def accounts(self, count: int) -> Ints:
        """Accounts, the busy ones more often."""
        return self.rng.choice(self.account_count, count, p=self.shares).astype(np.int64)

    def parties(self, account: Ints) -> Ints:
        """A party of each account's own circle, a few of them far more often than the rest."""
        size = self.pools.shape[1]
        drawn: Ints = self.pools[account, (size * self.rng.random(len(account)) ** 2).astype(int)]
        return drawn

    def methods(self, count: int) -> Ints:
        """Everyday ways to move money."""
        return self.rng.choice(
            [int(each) for each in METHODS], count, p=list(METHODS.values())
        ).astype(np.int64)

    def amounts(self, count: int, *, smaller: float = 1.0) -> Ints:
        """Unsigned amounts: lognormal, and a share of them on price points."""
        free = np.exp(self.rng.normal(np.log(14_000 * smaller), 1.4, count)).astype(np.int64) + 100
        priced = self.prices[self.rng.choice(len(self.prices), count, p=self.price_weights)]
        return np.where(self.rng.random(count) < self.price_share, priced, free)

    def signed(self, amount: Ints, method: Ints) -> Ints:
        """Money in is positive."""
        return np.where(np.isin(method, INCOMING), amount, -amount)

    def book_days(self, count: int) -> Ints:
        """Days on which books are kept: one entry in eleven of a weekend stays on it."""
        day = FIRST_DAY + self.rng.integers(0, self.days, count)
        return np.where(self.rng.random(count) < 0.09, day, roll(day))

    def bank_days(self, book_day: Ints, account: Ints) -> Ints:
        """The bank's day: the account's habit later, never on a weekend."""
        lag = (self.rng.random(len(account))[:, None] > self.lags[account]).sum(axis=1)
        return roll(book_day + np.minimum(lag, 5))

    def chance(self, count: int, share: float) -> npt.NDArray[np.bool_]:
        """True for about that share."""
        return self.rng.random(count) < share

    def _price_points(self, count: int) -> Ints:
        whole = self.rng.integers(1, 500, count) * self.rng.choice((100, 500, 1000), count)
        ending = self.rng.choice((0, 0, -1, -5, 50, 99), count)
        prices: Ints = np.maximum(whole + ending, 95).astype(np.int64)
        return prices


def roll(day: Ints) -> Ints:
    """Saturday and Sunday become Monday."""
    weekday = (day + 3) % 7
    return day + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
