"""The journal: balanced entries of postings, as books keep them.

Direction is the books' word: a debit increases an asset such as the cash book's bank account.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tieout.core.errors import NOWHERE, Place
from tieout.core.money import Currency
from tieout.core.statements import Direction


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount, one direction, one account."""

    account: str
    amount_minor: int
    direction: Direction
    currency: Currency
    weight_minor: int | None = None
    """What the posting weighs in the entry's balance, signed, when that is not its own amount
    (a price, a cost, a foreign currency); in `weight_currency`."""
    weight_currency: Currency | None = None
    posted_on: date | None = None
    """When it differs from the entry's date."""
    narrative: str = ""
    reference: str = ""
    status: str = ""
    place: Place = NOWHERE

    def __post_init__(self) -> None:
        """An amount has no sign of its own."""
        if self.amount_minor < 0:
            raise ValueError(f"the direction says which way, not a sign: {self.amount_minor}")

    @property
    def signed_minor(self) -> int:
        """Minor units, positive for a debit."""
        return self.amount_minor if self.direction is Direction.DEBIT else -self.amount_minor

    def reversed(self) -> "Posting":
        """The posting that takes this one back."""
        return Posting(
            self.account,
            self.amount_minor,
            self.direction.opposite,
            self.currency,
            None if self.weight_minor is None else -self.weight_minor,
            self.weight_currency,
            self.posted_on,
            self.narrative,
            self.reference,
            self.status,
            self.place,
        )


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Postings that belong together on a day; balanced unless the file says otherwise."""

    entry_id: str
    """Unique in the file: the source's own id, or made from the place."""
    booked_on: date | None
    postings: tuple[Posting, ...]
    counterparty: str = ""
    narrative: str = ""
    references: tuple[str, ...] = ()
    status: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    place: Place = NOWHERE

    @property
    def is_balanced(self) -> bool:
        """Whether the weights add up to zero in every currency."""
        return not imbalance(self.postings)


def imbalance(postings: Sequence[Posting]) -> dict[str, int]:
    """What is left over per currency code, in that currency's finest minor units used here.

    An empty answer is a balanced entry.
    """
    finest: dict[str, int] = {}
    weights: list[tuple[Currency, int]] = []
    for posting in postings:
        if posting.weight_minor is not None and posting.weight_currency is not None:
            weights.append((posting.weight_currency, posting.weight_minor))
        else:
            weights.append((posting.currency, posting.signed_minor))
    for currency, _ in weights:
        finest[currency.code] = max(finest.get(currency.code, 0), currency.exponent)
    left: dict[str, int] = defaultdict(int)
    for currency, minor in weights:
        left[currency.code] += minor * 10 ** (finest[currency.code] - currency.exponent)
    return {code: minor for code, minor in left.items() if minor}
