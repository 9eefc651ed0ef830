"""How texts and references compare, pair by pair: as the reference says on plain strings."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching.records import Record
from tieout.core.matching.rules import MatchRules
from tieout.engine.compare import reference_levels, text_levels
from tieout.engine.evidence import STARTS, Text
from tieout.engine.population import Populations, populations
from tieout.engine.reference import (
    Seen,
    compare_references,
    rare_tokens,
    seen_of,
    text_level,
)
from tieout.engine.text import boilerplate_of
from tieout.testing.matching import table_of

pytestmark = pytest.mark.usefixtures("both_ways")
LETTERS = st.text("ABCDÉ", max_size=12)
WORDS = st.sampled_from(("MARTIN", "MARTINEZ", "MARTEN", "NORTHWIND", "NORTHWINDS", "HARBOUR", "O"))
SAID = st.lists(WORDS | LETTERS, max_size=5).map(" ".join)
NUMBERS = st.text("0123", max_size=14) | st.sampled_from(("10023", "100234", "INV-2024-0031", ""))
RECORDS = st.lists(st.tuples(SAID, SAID, NUMBERS), min_size=1, max_size=6)
Rows = list[tuple[str, str, str]]


def _sides(*several: Rows) -> tuple[Populations, list[list[Seen]]]:
    """Both sides as arrays, and as plain values."""
    left, right = (
        table_of(
            Record(f"{name}{row}", 100, "EUR", None, counterparty=a, narrative=b, reference=c)
            for row, (a, b, c) in enumerate(rows)
        )
        for name, rows in zip("lr", several, strict=True)
    )
    sides = populations(left, right, MatchRules(), {})
    boilerplate = frozenset(boilerplate_of(sides.left.table, sides.right.table).tolist())
    return sides, [seen_of(side, boilerplate) for side in (sides.left, sides.right)]


@settings(max_examples=50, deadline=None)
@given(RECORDS, RECORDS)
def test_levels_are_those_of_plain_strings(left: Rows, right: Rows) -> None:
    sides, (ones, others) = _sides(left, right)
    pairs = list(product(range(len(ones)), range(len(others))))
    lefts, rights = np.array(pairs, np.int64).T.copy()
    rare = rare_tokens(ones, others)
    shared = np.array([bool(ones[a].tokens & others[b].tokens & rare) for a, b in pairs])
    texts = sides.left.text, sides.right.text
    assert text_levels(*texts, lefts, rights).tolist() == [
        text_level(ones[a], others[b]) for a, b in pairs
    ]
    assert reference_levels(*texts, (lefts, rights), shared).tolist() == [
        compare_references(ones[a], others[b], rare) for a, b in pairs
    ]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("MARTIN", "MARTIN", Text.NAME),
        ("MARTIN", "", Text.NONE),
        ("MARTIN", "HARBOUR", Text.CONFLICT),
        ("MARTIN", "MONTANA", Text.INITIAL),
        ("MARTIN", "MARKO", Text.PREFIX_3),
        ("MARTIN", "MARTHAS SONS", Text.PREFIX_4),
        ("MARTIN", "NARTEN", Text.EDIT),
        ("ACE NORTH", "ACENORM", Text.PREFIX_6),
        ("HARBOUR MARTIN", "MARTIN AB", Text.WORD),
        ("HARBOUR MARTIN", "MARTIN HARBOUR", Text.WORDS),
        ("NORTHWIND ZED", "NORTHWINTER", Text.PREFIX_8),
        ("NORTHWINDTRADING", "NORTHWINDTREASURY", Text.PREFIX_11),
        ("NORTHWINDTRADING", "NORTHWINDTRADIES", Text.PREFIX_14),
        ("MARTIN", "MARTINEZ", Text.TRUNCATED),
    ],
)
def test_what_names_say_of_each_other(one: str, other: str, level: Text) -> None:
    sides, _ = _sides([(one, "1", "")], [(other, "2", "")])
    first = np.zeros(1, np.int64)
    levels = text_levels(sides.left.text, sides.right.text, first, first)
    assert Text(levels[0] // STARTS) is level
