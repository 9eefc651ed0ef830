"""Amount causes: how the posted amount differs from the entry's (2.2 step 8, 2.3 rows 19 to 25).

A digit test on an entry in a foreign currency looks at its own amount; on base amounts it would
see typing errors in every difference of rates.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amounts:
    """What an entry says and what was posted, both in the ledger's own sense, in minor units."""

    entry_base: int
    posted_base: int
    entry_doc: int
    posted_doc: int
    is_foreign: bool
    rounds_base: bool = False
    """Whether values in base currency are themselves products that are rounded, as in stock."""
    line_pairs: tuple[tuple[int, int], ...] = ()
    """Line by line, what it should be and what it is, where that can be known."""


def is_slide(right: int, typed: int) -> bool:
    """Whether one is the other with its decimal point moved; both in minor units."""
    small, large = sorted((abs(right), abs(typed)))
    if not small or small == large or (right < 0) != (typed < 0):
        return False
    while small < large:
        small *= 10
    return small == large


def is_transposition(right: int, typed: int) -> bool:
    """Whether exactly two neighbouring digits are exchanged; the length stays the same."""
    if (right < 0) != (typed < 0):
        return False
    one, two = str(abs(right)), str(abs(typed))
    if len(one) != len(two):
        return False
    unlike = [at for at, (here, there) in enumerate(zip(one, two, strict=True)) if here != there]
    return (
        len(unlike) == 2
        and unlike[1] == unlike[0] + 1
        and one[unlike[0]] == two[unlike[1]]
        and one[unlike[1]] == two[unlike[0]]
    )


def amount_cause(amounts: Amounts, tolerance_minor: int) -> str:
    """The cause of a difference between two amounts that are not equal."""
    if amounts.posted_base == -amounts.entry_base:
        return "wrong_sign"
    is_rate = amounts.is_foreign and amounts.entry_doc == amounts.posted_doc
    is_near = abs(amounts.entry_base - amounts.posted_base) <= tolerance_minor
    if is_near and (is_rate or (amounts.rounds_base and not amounts.is_foreign)):
        return "rounding"
    if is_rate:
        return "rate_mismatch"
    if amounts.is_foreign and amounts.entry_doc:
        right, typed = amounts.entry_doc, amounts.posted_doc
    else:
        right, typed = amounts.entry_base, amounts.posted_base
    if typed == -right:
        return "wrong_sign"
    pairs: Collection[tuple[int, int]] = [(right, typed)]
    wrong = [pair for pair in amounts.line_pairs if pair[0] != pair[1]]
    if not amounts.is_foreign and len(wrong) == 1:
        pairs = [*pairs, *wrong]
    return _of_digits(pairs)


def _of_digits(pairs: Iterable[tuple[int, int]]) -> str:
    """What typing has made of an amount, or of a line of it."""
    every = tuple(pairs)
    if any(is_slide(*pair) for pair in every):
        return "slide"
    return "transposition" if any(is_transposition(*pair) for pair in every) else "amount_edited"
