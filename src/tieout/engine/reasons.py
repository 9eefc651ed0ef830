"""One plain sentence for a person: why a pair was made, why a record was left."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.matching.words import Pass
from tieout.core.money import format_minor
from tieout.engine.evidence import Ref, Text
from tieout.engine.population import NO_DAY, Unit, numbered
from tieout.engine.ragged import first_rows
from tieout.engine.text import Ints

_REFERENCE = {
    Ref.NONE: "",
    Ref.CONFLICT: "the references differ",
    Ref.TRUNCATED: "one reference is the beginning of the other",
    Ref.COMMON: "the same reference, though many carry it",
    Ref.RARE: "a reference that few carry is in both",
}
_TEXT = {
    Text.NONE: "no name to compare",
    Text.CONFLICT: "the names have nothing in common",
    Text.INITIAL: "the names begin with the same letter only",
    Text.PREFIX_3: "the names share their first three letters",
    Text.PREFIX_4: "the names share their first four letters",
    Text.EDIT: "the names differ by a letter or two",
    Text.PREFIX_6: "the names begin alike",
    Text.WORD: "a word of one text is in the other",
    Text.WORDS: "several words of one text are in the other",
    Text.PREFIX_8: "the names begin alike",
    Text.PREFIX_11: "the names begin alike",
    Text.PREFIX_14: "the names begin alike",
    Text.TRUNCATED: "one name is the beginning of the other",
    Text.NAME: "the same name",
    Text.SAME: "the same text",
}


def money(amount_minor: int, unit: Unit) -> str:
    """An amount as a person writes it: `-12.34 EUR`."""
    return f"{format_minor(amount_minor, unit.exponent)} {unit.currency}".rstrip()


def days(count: int) -> str:
    """So many days, without their direction."""
    return "1 day" if abs(count) == 1 else f"{abs(count)} days"


def days_apart(lag: int) -> str:
    """The left day against the right day."""
    if lag == NO_DAY:
        return "a date is missing"
    if lag == 0:
        return "the same day"
    return f"left {days(lag)} {'later' if lag > 0 else 'earlier'}"


def pair_phrase(made_by: Pass, lag: int, levels: tuple[int, int], *, twins: int, ties: int) -> str:
    """What follows the amounts in the sentence of a pair."""
    reference, text = levels
    parts = ["the same id in both"] if made_by is Pass.IDENTITY else []
    parts += [days_apart(lag), _REFERENCE[Ref(reference)], _TEXT[Text(text)]]
    sentence = ", ".join(part for part in parts if part)
    if twins > 1:
        sentence += f"; {twins} records a side look alike, and any pairing of them is as good"
    if ties:
        sentence += f"; {ties} other {'pair is' if ties == 1 else 'pairs are'} as good"
    return sentence + "."


def pair_sentence(left: str, right: str, phrase: str) -> str:
    """The whole sentence, from amounts as text."""
    return f"{left} = {right}; {phrase}" if left == right else f"{left} against {right}; {phrase}"


def money_column(amount: Ints, currency: Ints, units: Sequence[Unit]) -> pa.Array:
    """`money` for a whole column."""
    size = np.array([10**unit.exponent for unit in units], dtype=np.int64)
    whole, fraction = np.divmod(np.abs(amount), size[currency])
    which = numbered(currency, fraction)
    endings = [
        _ending(int(fraction[row]), units[currency[row]]) for row in first_rows(which).tolist()
    ]
    return pc.binary_join_element_wise(
        pa.array(["", "-"]).take(pa.array((amount < 0).astype(np.int8))),
        pa.array(whole).cast(pa.string()),
        pa.array(endings, pa.string()).take(pa.array(which)),
        "",
    )


def _ending(fraction: int, unit: Unit) -> str:
    """What follows the whole units of an amount."""
    decimals = f".{fraction:0{unit.exponent}d}" if unit.exponent else ""
    return f"{decimals} {unit.currency}".rstrip()
