"""What names say of a pair beyond their level, learned from chances (pairs.md, belief).

Levels are learned and weighed pair by pair. Among rivals names say more: what is found whole
elsewhere is not damaged here, and who is not named at all contradicts nobody.
"""

import numpy as np
import numpy.typing as npt

from tieout.engine.evidence import Text
from tieout.engine.population import Population, Populations
from tieout.engine.text import Bytes, Flags, Ints
from tieout.engine.text_loops import ABSENT

Floats = npt.NDArray[np.float64]

LEARNED = 20.0
"""So many pairs are believed to have been seen that are as all are."""
TEXT_IN_PART = (Text.EDIT, Text.PREFIX_6, Text.WORD)
"""Names that may be one, damaged or cut off, or share a word; what comes after agrees well."""
TEXTS_COUNTED = 32_768
"""How common a word is is counted in so many texts of its side."""
AT_A_TIME = 16_384
"""So many texts are looked up at a time: memory is short while sums are sought."""
RAREST = 12
"""A word in fewer of the texts than one in two to this power is as rare as any."""


def of_names(ends: tuple[Ints, Ints], text: Bytes, chance: Floats, sides: Populations) -> Floats:
    """What names add to each pair, in hundredths of a bit.

    `text` are levels of `Text`; `chance` is how likely each pair is without this.
    """
    found = _unnamed(ends, text, chance, sides)
    for key in ends:
        found -= _in_part(key, text, chance)
    return found


def _in_part(key: Ints, text: Bytes, chance: Floats) -> Floats:
    """What pairs lose whose names agree in part only, where those of a rival agree well.

    A name that is found whole elsewhere is not damaged here: what two names share then is "Limited"
    or "Bakery". How seldom a true pair stands beside such a rival is learned at each end for
    itself: lines of a bank are cut off one by one, names in books are not.
    """
    part, well = np.isin(text, TEXT_IN_PART), text > max(TEXT_IN_PART)
    less, total = np.zeros(len(text)), float(chance.sum())
    beside_part, beside_well = (_beside(key, these) for these in (part, well))
    usual_part, usual_well = (
        float(chance[rivals].sum()) / max(total, 1.0) for rivals in (beside_part, beside_well)
    )
    if usual_part > 0.0 and usual_well > 0.0:
        seldom = _share(chance, part, beside_well, usual_well) / usual_well
        often = _share(chance, well, beside_part, usual_part) / usual_part
        less[part & beside_well] = max(100 * float(np.log2(often / seldom)), 0.0)
    return less


def _beside(key: Ints, these: Flags) -> Flags:
    """Pairs of whose record another pair is one of these."""
    many = np.bincount(key[these], minlength=int(key.max(initial=-1)) + 1)
    return np.minimum(many, 2).astype(np.uint8)[key] > these


def _share(chance: Floats, these: Flags, rivals: Flags, usual: float) -> float:
    """The share of these pairs, as far as they are right, that have such rivals."""
    met = float(chance[these & rivals].sum()) + LEARNED * usual
    return met / (float(chance[these].sum()) + LEARNED)


def _unnamed(ends: tuple[Ints, Ints], text: Bytes, chance: Floats, sides: Populations) -> Floats:
    """What it says of a pair with nothing in common how rare the words are that it has not.

    "Online payment London" contradicts nobody; "Diamond Flowers" contradicts "Harbour Hotels". True
    pairs have nothing in common mostly because one of the two names nobody. The words tell by how
    many texts have them, and what that is worth is learned.
    """
    worth = np.zeros(len(text))
    rows = np.flatnonzero(text == Text.CONFLICT)
    if not len(rows):
        return worth
    left, right = (
        _rarest_word(side, key[rows])
        for side, key in zip((sides.left, sides.right), ends, strict=True)
    )
    rarity = np.minimum(left, right)
    true = np.bincount(rarity, chance[rows], RAREST + 1)
    false = np.bincount(rarity, 1.0 - chance[rows], RAREST + 1)
    usual = np.maximum(true + false, 1e-9) / len(rows)
    seen = [(some + LEARNED * usual) / (some.sum() + LEARNED) for some in (true, false)]
    worth[rows] = 100 * np.log2(seen[0] / seen[1])[rarity]
    return worth


def _rarest_word(side: Population, index: Ints) -> Bytes:
    """How rare the rarest telling word of each record is: in one text of two to that power."""
    words, said = side.text.words, side.text.said
    counted = words[said[:: max(1, len(said) // TEXTS_COUNTED)]]
    word, many = np.unique(counted[counted != ABSENT], return_counts=True)
    rarity = np.zeros(len(words), dtype=np.uint8)
    if not len(word):
        return rarity[said[index]]
    wanted = np.zeros(len(words), dtype=np.bool_)
    wanted[said[index]] = True
    texts = np.flatnonzero(wanted)
    for begin in range(0, len(texts), AT_A_TIME):
        some = texts[begin : begin + AT_A_TIME]
        there = words[some]
        at = np.minimum(np.searchsorted(word, there), len(word) - 1)
        found = np.where(word[at] == there, many[at], 0) + 0.5
        share = np.where(there == ABSENT, np.inf, found).min(axis=1) / len(counted)
        rarity[some] = np.clip(-np.log2(np.minimum(share, 1.0)), 0, RAREST)
    return rarity[said[index]]
