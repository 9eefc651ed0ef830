"""Period by period: where to begin, in which direction, and what each period adds or ends.

The ledgers specification, 3, steps 8 to 12: only a period's own movement is new in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.explain.books import Books
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.groups import Share


class Working(StrEnum):
    """In which direction periods are worked through."""

    FORWARD = "forward"
    """From the one after the last that agreed."""
    BACKWARD = "backward"
    """From the latest: none ever agreed."""


@dataclass(frozen=True)
class PeriodWork:
    """One period: its movement, and the shares that begin or end in it."""

    period: int
    difference: int
    movement: int
    """Of the difference, since the period before; what begins less what ends."""
    begun: tuple[Share, ...]
    ended: tuple[Share, ...]

    @property
    def older(self) -> int:
        """What periods before this one have left."""
        return self.difference - self.movement


def direction_of(made: LedgerExplanation) -> Working:
    """Forward where some period agreed, else backward."""
    return Working.BACKWARD if made.last_matched is None else Working.FORWARD


def work_of(books: Books, made: LedgerExplanation) -> tuple[PeriodWork, ...]:
    """The periods in the order in which they are worked through.

    Forward goes on to the last period; backward stops at the first that agrees or at the
    beginning of the detail, where what is left was brought forward.
    """
    numbers = [each.number for each in books.calendar.periods if each.number <= books.last_period]
    if direction_of(made) is Working.FORWARD:
        after = made.last_matched or 0
        return tuple(_work(made, number) for number in numbers if number > after)
    return tuple(_work(made, number) for number in reversed(numbers))


def _work(made: LedgerExplanation, period: int) -> PeriodWork:
    difference = made.difference()
    before = difference[period - 1] if period else 0
    return PeriodWork(
        period,
        difference[period],
        difference[period] - before,
        _largest_first(share for share in made.shares if share.begins == period),
        _largest_first(share for share in made.shares if share.ends == period),
    )


def _largest_first(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: -abs(share.amount_minor)))
