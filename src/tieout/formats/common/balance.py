"""The check every reader of books makes: postings add up to zero, or a problem says so."""

from collections.abc import Sequence

from tieout.core.errors import Place, Problem
from tieout.core.journal import Posting, imbalance
from tieout.core.money import format_minor


def unbalanced(postings: Sequence[Posting], place: Place) -> tuple[Problem, ...]:
    """What is left over, in figures; nothing when the entry balances."""
    left = imbalance(postings)
    if not left:
        return ()
    exponents: dict[str, int] = {}
    for posting in postings:
        currency = posting.currency
        if posting.weight_minor is not None and posting.weight_currency is not None:
            currency = posting.weight_currency
        exponents[currency.code] = max(exponents.get(currency.code, 0), currency.exponent)
    said = ", ".join(
        f"{format_minor(minor, exponents[code])} {code}" for code, minor in left.items()
    )
    return (Problem("entry.unbalanced", f"{said} left over", "zero", place),)
