"""The reference: the same semantics, slow and obvious, on plain values. For small inputs and tests.

Every pair of records is looked at, texts are compared as strings, and the best choice of pairs
is found by augmenting paths over all edges at once.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import product

import numpy as np

from tieout.core.matching.rules import MatchRules
from tieout.engine.assignment import Choice, unique_values
from tieout.engine.embedded import CROWD_LEAST, CROWD_RATIO, RARE_PAIRS
from tieout.engine.evidence import (
    STARTS,
    Ref,
    Start,
    Text,
    TextEvidence,
    chance_pairs,
    rarity_level,
)
from tieout.engine.population import ANY_ACCOUNT, NO_DAY, Population, Populations
from tieout.engine.text import YEARS, Ints, boilerplate_of, fold, hash_texts
from tieout.engine.text_loops import (
    EDIT_LETTERS,
    NAME_LETTERS,
    TEXT_LETTERS,
    TEXT_START_LETTERS,
    TOKEN_DIGITS,
    WORD_LETTERS,
    WORDS,
)


@dataclass(frozen=True)
class Seen:
    """A record as the comparison sees it."""

    idx: int
    pool: int
    currency: int
    any_account: bool
    amount: int
    day: int
    external: int
    name: bytes
    words: tuple[bytes, ...]
    text: bytes
    tokens: frozenset[bytes]
    main: bytes


def _words(text: str) -> list[bytes]:
    return [word.encode() for word in re.findall(r"[A-Z0-9\u0080-\U0010ffff]+", fold(text))]


def _digits(word: bytes) -> int:
    return sum(48 <= byte < 58 for byte in word)


def tokens_of(text: str, least: int) -> list[bytes]:
    """Reference tokens of a text, as `text.py` defines them."""
    body = fold(text)
    found = [run for run in re.findall(r"[0-9]+", body) if len(run) >= least]
    for word in _words(text):
        runs = re.findall(rb"[0-9]+", word)
        if _digits(word) >= 4 and not any(len(run) >= least for run in runs):
            found.append(word.decode())
    for run in re.findall(r"[0-9]+(?:[-/.][0-9]+)+", body):
        digits = re.sub(r"[^0-9]", "", run)
        if max(least, 4) <= len(digits) <= TOKEN_DIGITS:
            found.append(digits)
    bare = [token.lstrip("0") for token in found]
    return [token.encode() for token in bare if token and token not in YEARS]


def _main(reference: list[bytes], text: list[bytes]) -> bytes:
    """The longest token of the reference, else of the text; of equals the one of greater hash."""
    chosen = reference or text
    if not chosen:
        return b""
    hashes = hash_texts([token.decode() for token in chosen]).tolist()
    return max(zip((len(token) for token in chosen), hashes, chosen, strict=True))[2]


def seen_of(side: Population, boilerplate: frozenset[int]) -> list[Seen]:
    """All records of a side."""
    return [_seen(side, row, boilerplate) for row in range(side.size)]


def _seen(side: Population, row: int, boilerplate: frozenset[int]) -> Seen:
    party, narrative, reference = (
        side.table[name][row].as_py() for name in ("counterparty", "narrative", "reference")
    )
    said = [(word, True) for word in _words(party)] + [(word, False) for word in _words(narrative)]
    hashes = hash_texts([word.decode() for word, _ in said]).tolist()
    telling = [pair for pair, each in zip(said, hashes, strict=True) if each not in boilerplate]
    letters = [(word, in_party) for word, in_party in telling if not _digits(word)]
    names = [word for word, in_party in letters if in_party] or [word for word, _ in letters]
    spoken = [word for word, _ in telling if len(word) >= 4 and _digits(word) < len(word)]
    in_reference, in_text = tokens_of(reference, 3), tokens_of(f"{party} {narrative}", 4)
    return Seen(
        idx=row,
        pool=int(side.pool[row]),
        currency=int(side.currency[row]),
        any_account=bool(side.account[row] == ANY_ACCOUNT),
        amount=int(side.amount[row]),
        day=int(side.day[row]),
        external=int(side.external[row]),
        name=b"".join(names),
        words=tuple(word[:WORD_LETTERS] for word in spoken[:WORDS]),
        text=b" ".join(word for word, _ in said),
        tokens=frozenset(token[:TOKEN_DIGITS] for token in (*in_reference, *in_text)),
        main=_main(in_reference, in_text),
    )


def distance(one: bytes, other: bytes) -> int:
    """Edits (Levenshtein) that turn one into the other."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        above, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            above, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, above + (letter != against)),
            )
    return row[-1]


def _alike(one: bytes, other: bytes, most: int) -> bool:
    return len(one) >= most and len(other) >= most and one[:most] == other[:most]


def _begins(one: bytes, other: bytes) -> bool:
    return one.startswith(other) or other.startswith(one)


def compare_texts(one: Seen, other: Seen) -> Text:  # noqa: C901, PLR0911  a ladder, from the top
    """The level of `Text`."""
    a, b = one.name, other.name
    if not a or not b:
        return Text.NONE
    if (len(one.text), one.text[:TEXT_LETTERS]) == (len(other.text), other.text[:TEXT_LETTERS]):
        return Text.SAME
    if a[:NAME_LETTERS] == b[:NAME_LETTERS] and len(a) >= 4:
        return Text.NAME
    if _alike(a, b, 14):
        return Text.PREFIX_14
    start_a, start_b = a[:NAME_LETTERS], b[:NAME_LETTERS]
    if _alike(a, b, 4) and _begins(start_a, start_b):
        return Text.TRUNCATED
    for most, level in ((11, Text.PREFIX_11), (8, Text.PREFIX_8)):
        if _alike(a, b, most):
            return level
    shared = len(set(one.words) & set(other.words))
    if shared:
        return Text.WORDS if shared > 1 else Text.WORD
    if _alike(a, b, 6):
        return Text.PREFIX_6
    if min(len(a), len(b)) >= 6 and distance(a[:EDIT_LETTERS], b[:EDIT_LETTERS]) <= 2:
        return Text.EDIT
    for most, level in ((4, Text.PREFIX_4), (3, Text.PREFIX_3), (1, Text.INITIAL)):
        if _alike(a, b, most):
            return level
    return Text.CONFLICT


def compare_starts(one: Seen, other: Seen) -> Start:
    """The level of `Start`."""
    a, b = one.text, other.text
    if a and (len(a), a[:TEXT_LETTERS]) == (len(b), b[:TEXT_LETTERS]):
        return Start.SAME
    if _alike(a, b, 3) and _begins(a[:TEXT_START_LETTERS], b[:TEXT_START_LETTERS]):
        return Start.TRUNCATED
    ladder = (
        (14, Start.PREFIX_14),
        (11, Start.PREFIX_11),
        (8, Start.PREFIX_8),
        (6, Start.PREFIX_6),
        (4, Start.PREFIX_4),
        (3, Start.PREFIX_3),
    )
    return next((level for most, level in ladder if _alike(a, b, most)), Start.NONE)


def text_level(one: Seen, other: Seen) -> int:
    """Both comparisons of texts as one level."""
    return compare_texts(one, other) * STARTS + compare_starts(one, other)


def compare_references(one: Seen, other: Seen, rare: frozenset[bytes]) -> Ref:
    """The level of `Ref`."""
    if one.tokens & other.tokens & rare:
        return Ref.RARE
    short, long = sorted((one.main, other.main), key=len)
    if not short:
        return Ref.NONE
    if short[:TOKEN_DIGITS] == long[:TOKEN_DIGITS]:
        return Ref.COMMON
    if 5 <= len(short) <= 10 and len(long) > len(short) and long.startswith(short):
        return Ref.TRUNCATED
    return Ref.CONFLICT


def rare_tokens(lefts: list[Seen], rights: list[Seen]) -> frozenset[bytes]:
    """Tokens that few records of either side carry."""
    left = Counter(token for each in lefts for token in each.tokens)
    right = Counter(token for each in rights for token in each.tokens)
    return frozenset(
        token
        for token in left.keys() & right.keys()
        if left[token] * right[token] <= RARE_PAIRS
        and (left[token] == 1 or left[token] * 4 <= len(lefts))
        and (right[token] == 1 or right[token] * 4 <= len(rights))
    )


class _World:
    """Both sides and what is counted over them."""

    def __init__(self, sides: Populations, rules: MatchRules) -> None:
        boilerplate = frozenset(boilerplate_of(sides.left.table, sides.right.table).tolist())
        self.rules = rules
        self.lefts, self.rights = (
            seen_of(sides.left, boilerplate),
            seen_of(sides.right, boilerplate),
        )
        self.rare = rare_tokens(self.lefts, self.rights)
        self.counts = [
            Counter((each.pool, each.amount) for each in side) for side in (self.lefts, self.rights)
        ]
        self.ids = [Counter(e.external for e in side) for side in (self.lefts, self.rights)]
        self.allowed, self.crowded = self._crowds()

    def _crowds(self) -> tuple[dict[tuple[int, int], set[int]], set[tuple[int, int]]]:
        """Lags looked at for too common amounts, and the amounts for which some were not."""
        allowed: dict[tuple[int, int], set[int]] = {}
        cut: set[tuple[int, int]] = set()
        for key, lefts in self.counts[0].items():
            rights = self.counts[1][key]
            budget = (lefts + rights) * CROWD_RATIO
            if lefts * rights <= max(CROWD_LEAST, budget):
                continue
            lags = Counter(
                a.day - b.day
                for a, b in product(self.lefts, self.rights)
                if (a.pool, a.amount) == (b.pool, b.amount) == key and self.near(a, b)
            )
            spent = 0
            allowed[key] = set()
            for lag in sorted(lags, key=lambda lag: (abs(lag), lag)):
                spent += lags[lag]
                if spent <= budget:
                    allowed[key].add(lag)
                else:
                    cut.add(key)
        return allowed, cut

    def near(self, one: Seen, other: Seen) -> bool:
        """Within the window of days."""
        if NO_DAY in {one.day, other.day}:
            return False
        return self.rules.lag_days_min <= one.day - other.day <= self.rules.lag_days_max

    def pairs(self, one: Seen, other: Seen) -> int | None:
        """How many pairs the amount could make if these two are candidates; else None."""
        same_pool, one_any = one.pool == other.pool, one.any_account != other.any_account
        if one.currency != other.currency or not (same_pool or one_any):
            return None
        if one.amount != other.amount:
            return 0 if same_pool and self._tolerable(one, other) else None
        found = []
        if self.near(one, other):
            if one_any:
                found.append(4)
            key = (one.pool, one.amount)
            lags = self.allowed.get(key)
            if same_pool and (lags is None or one.day - other.day in lags):
                found.append(self.counts[0][key] * self.counts[1][key])
        alone = self.ids[0][one.external] == self.ids[1][other.external] == 1
        if one.tokens & other.tokens & self.rare or (one.external == other.external and alone):
            found.append(1)
        return max(found, default=None)

    def _tolerable(self, one: Seen, other: Seen) -> bool:
        wide = max(abs(one.amount), abs(other.amount))
        gap = abs(one.amount - other.amount)
        within = gap <= self.rules.amount_tolerance_minor
        within |= bool(self.rules.amount_tolerance_bp) and (
            gap * 10_000 <= self.rules.amount_tolerance_bp * wide
        )
        same_sign = (one.amount > 0) == (other.amount > 0)
        return within and same_sign and one.name[:1] == other.name[:1] and self.near(one, other)


class Reference:
    """Every pair of records, one by one."""

    name = "reference"

    def close(self) -> None:
        """Nothing is held."""

    def candidates(self, sides: Populations, rules: MatchRules) -> TextEvidence:
        """All candidate pairs with the levels of reference, text and rarity."""
        world = _World(sides, rules)
        chance = chance_pairs(sides, rules)
        rows: list[tuple[int, int, int, int, int]] = []
        random = [
            (world.lefts[one], world.rights[other])
            for one, other in zip(chance[0].tolist(), chance[1].tolist(), strict=True)
        ]
        for one, other in product(world.lefts, world.rights):
            pairs = world.pairs(one, other)
            if pairs is not None:
                reference = compare_references(one, other, world.rare)
                text = text_level(one, other)
                rows.append((one.idx, other.idx, int(reference), int(text), pairs))
        columns = np.array(rows, dtype=np.int64).reshape(-1, 5)
        crowded = [
            np.array([e.idx for e in side if (e.pool, e.amount) in world.crowded], dtype=np.int64)
            for side in (world.lefts, world.rights)
        ]
        return TextEvidence(
            columns[:, 0],
            columns[:, 1],
            columns[:, 2].astype(np.uint8),
            columns[:, 3].astype(np.uint8),
            rarity_level(columns[:, 4]),
            chance,
            np.array([compare_references(*pair, world.rare) for pair in random], dtype=np.uint8),
            np.array([text_level(*pair) for pair in random], dtype=np.uint8),
            crowded_left=crowded[0],
            crowded_right=crowded[1],
        )

    def assign(self, left: Ints, right: Ints, value: Ints) -> Choice:
        """The best choice, by one augmenting path after another."""
        worth = unique_values(value, left, right)
        edges: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for edge in np.flatnonzero(value > 0).tolist():
            edges[int(left[edge])].append((int(right[edge]), int(worth[edge]), edge))
        partner: dict[int, tuple[int, int, int]] = {}
        while _augment(edges, partner):
            pass
        chosen = np.zeros(len(value), dtype=np.bool_)
        chosen[[edge for _, _, edge in partner.values()]] = True
        return Choice(chosen, 0, 1, max(len(edges), 0), 0)


def _augment(
    edges: dict[int, list[tuple[int, int, int]]], partner: dict[int, tuple[int, int, int]]
) -> bool:
    """Improve the choice by the most valuable path from a free left record (Bellman-Ford).

    `partner` holds, for each chosen right record, its left record, the worth and the edge.
    """
    matched = {one for one, _, _ in partner.values()}
    gain = {one: 0 for one in edges if one not in matched}
    came: dict[int, tuple[int, int, int]] = {}
    changed = True
    while changed:
        changed = False
        for one, reached in sorted(gain.items()):
            for other, worth, edge in edges[one]:
                if other in partner and partner[other][2] != edge:
                    owner, owned, _ = partner[other]
                    if reached + worth - owned > gain.get(owner, -(2**62)):
                        gain[owner] = reached + worth - owned
                        came[owner] = (one, other, edge)
                        changed = True
    ends = [
        (reached + worth, one, other, worth, edge)
        for one, reached in gain.items()
        for other, worth, edge in edges[one]
        if other not in partner
    ]
    stops = [(reached, one) for one, reached in gain.items() if one in matched]
    best_end = max(ends, default=(0, 0, 0, 0, 0))
    best_stop = max(stops, default=(0, 0))
    if max(best_end[0], best_stop[0]) <= 0:
        return False
    if best_end[0] >= best_stop[0]:
        _, one, other, worth, edge = best_end
        moves = [(other, (one, worth, edge))]
    else:
        one = best_stop[1]
        moves = []
    while one in came:
        one, other, edge = came[one]
        worth = next(w for o, w, e in edges[one] if e == edge)
        moves.append((other, (one, worth, edge)))
    partner.update(moves)
    return True
