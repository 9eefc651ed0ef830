"""Groups among what the pairs left free: the populations' columns for the sum search, and back.

Records of confirmed and firmly suggested pairs are out of reach; a pair too weak to hold its
records (`Pairs.held`) gives way to a group.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass
from tieout.engine.groups import (
    FoundGroup,
    FreeRecords,
    GroupsFound,
    Undecided,
    find_groups,
    learn_groups,
)
from tieout.engine.later import Free
from tieout.engine.population import Population, Populations
from tieout.engine.ragged import dense_both
from tieout.engine.text import Ints
from tieout.engine.workers import over

SERIES_MIN = 20
SERIES_SHARE = 0.98
"""A series of references names a kind when so many of so many records agree."""

GROUP_PASSES = (Pass.BATCH, Pass.SPLIT, Pass.FEE_NET)


def search_sums(
    sides: Populations, free: Free, rules: MatchRules
) -> tuple[list[FoundGroup], tuple[Undecided, ...], list[str]]:
    """The groups found among the free records, which are free no longer.

    Also the records whose sum was looked for and not decided, and what to say of the search.
    """
    if not any(each in rules.passes for each in GROUP_PASSES):
        return [], (), []
    kept = np.flatnonzero(free.left), np.flatnonzero(free.right)
    if not (len(kept[0]) and len(kept[1])):
        return [], (), []
    left, right = _free_records(sides, kept)
    weights = learn_groups(left, right, rules)
    pa.default_memory_pool().release_unused()  # the sample has gone: its pieces lie all about
    found = find_groups(left, right, rules, weights)
    groups = [each for each in found.groups if each.made_by in rules.passes]
    return free.take(groups), found.undecided, _notes(found)


def _free_records(sides: Populations, kept: tuple[Ints, Ints]) -> tuple[FreeRecords, FreeRecords]:
    both = tuple(zip((sides.left, sides.right), kept, strict=True))
    words = [side.text.words[side.text.said[keep]] for side, keep in both]
    frequencies = np.unique(np.concatenate([each.ravel() for each in words]), return_counts=True)
    tables = [side.table.select(["kind", "reference"]).take(keep) for side, keep in both]
    kinds = _kinds(tables)
    numbers = over(_numbers, [each["reference"] for each in tables])
    left, right = over(
        lambda one: _free_of(*one, frequencies), zip(both, words, kinds, numbers, strict=True)
    )
    tokens = dense_both((left.token, right.token))
    return replace(left, token=tokens[0]), replace(right, token=tokens[1])


def _free_of(
    of: tuple[Population, Ints],
    word: Ints,
    kind: Ints,
    number: Ints,
    frequencies: tuple[Ints, Ints],
) -> FreeRecords:
    """One side's free records, known by the two rarest words of each."""
    side, keep = of
    known, count = frequencies
    code = np.searchsorted(known, word)
    frequency = np.where(word < 0, np.iinfo(np.int64).max, count[code])
    code[word < 0] = -1
    rarest = np.take_along_axis(code, np.argsort(frequency, axis=1, kind="stable")[:, :2], 1)
    place = np.full(side.size, -1, dtype=np.int64)
    place[keep] = np.arange(len(keep))
    row = place[side.text.token_row]
    named = np.flatnonzero(row >= 0)
    return FreeRecords.of(
        idx=keep,
        account=side.account[keep],
        currency=side.currency[keep],
        amount=side.amount[keep],
        day=side.day[keep],
        party=rarest[:, 0],
        alias=rarest[:, 1],
        kind=kind,
        number=number,
        twin=side.look[keep],
        is_pending=side.pending[keep],
        token_row=row[named],
        token=side.text.token[named],
    )


def _kinds(tables: list[pa.Table]) -> list[Ints]:
    """The kinds of the records, coded alike on both sides; -1 where nothing tells it.

    A record of no kind has that of its series, when all others of the series have one kind: the
    letters that its reference begins with name the series (R-1001, R-1002).
    """
    said = [pc.utf8_lower(pc.utf8_trim_whitespace(each["kind"])) for each in tables]
    known = pc.unique(pa.chunked_array([c for each in said for c in each.chunks], pa.string()))
    known = known.filter(pc.not_equal(known, "")).sort()
    coded = [pc.fill_null(pc.index_in(kind, known), -1) for kind in said]
    references = [table["reference"] for table in tables]
    return over(lambda one: _with_series(*one), zip(coded, references, strict=True))


def _with_series(kind: pa.ChunkedArray, reference: pa.ChunkedArray) -> Ints:
    codes: Ints = kind.to_numpy().astype(np.int64)
    letters = pc.extract_regex(reference, r"^\s*(?P<series>[A-Za-z]+)[^A-Za-z]*$")
    series = pc.struct_field(letters, "series").combine_chunks().dictionary_encode()
    place: Ints = pc.fill_null(series.indices, -1).to_numpy().astype(np.int64)
    known = np.flatnonzero((place >= 0) & (codes >= 0))
    kinds = int(codes.max(initial=0)) + 1
    pair, count = np.unique(place[known] * kinds + codes[known], return_counts=True)
    named, named_kind = np.divmod(pair, kinds)
    total = np.bincount(named, count, minlength=len(series.dictionary))
    rules = (total[named] >= SERIES_MIN) & (count >= SERIES_SHARE * total[named])
    of_series = np.full(len(series.dictionary) + 1, -1, dtype=np.int64)
    of_series[named[rules]] = named_kind[rules]
    return np.where(codes < 0, of_series[place], codes)


def _numbers(references: pa.ChunkedArray) -> Ints:
    """A number of three to nine digits that a reference ends with, else -1."""
    digits = pc.struct_field(pc.extract_regex(references, r"(?P<n>\d{3,9})\s*$"), "n")
    numbers: Ints = pc.fill_null(digits.cast("int64"), -1).to_numpy()
    return numbers


def _notes(found: GroupsFound) -> list[str]:
    return [*found.notes, f"The sum search looked at {found.work:,} partial sums."]
