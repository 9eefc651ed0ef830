"""What is read from texts, byte by byte, is what the reference reads from plain strings."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.matching.rules import MatchRules
from tieout.engine import letters, text_loops
from tieout.engine.population import Populations, populations
from tieout.engine.reference import Seen, seen_of
from tieout.engine.result import RECORD_SCHEMA
from tieout.engine.text import (
    TextColumns,
    boilerplate_of,
    hash_texts,
    text_column,
)

LETTERS = "AbcSZ0123456789 -/.,'ÄßéŁ北\u00a0"
"""Letters of all classes, and enough digits and joints that numbers meet."""
texts = st.text(LETTERS, max_size=40) | st.sampled_from(
    [
        "INV 2024-0031/7 to Möller & Söhne GmbH",
        "REF 00012 2024 1999 0000",
        "1234-",
        "-5678",
        "A1B2C3D4 12.34.56",
        "payment payment PAYMENT ACME",
        "x" * 200 + " 123456789012345678901234567890",
    ]
)


def sides_of(rows: list[tuple[str, str, str]]) -> Populations:
    def side(letter: str) -> pa.Table:
        count = len(rows)
        columns = {
            "record_id": [f"{letter}{n:04}" for n in range(count)],
            "account": [""] * count,
            "currency": ["EUR"] * count,
            "amount_minor": [100] * count,
            "counterparty": [row[0] for row in rows],
            "narrative": [row[1] for row in rows],
            "reference": [row[2] for row in rows],
        }
        for field in RECORD_SCHEMA:
            if field.name not in columns:
                columns[field.name] = pa.nulls(count, field.type)
        return pa.table(columns)

    return populations(side("L"), side("R"), MatchRules(), {})


def unpacked(eights: np.ndarray, length: int) -> bytes:
    return eights.tobytes()[:length]


def said_by(columns: TextColumns, row: int) -> tuple[object, ...]:
    """What is kept of a record, as `Seen` would say it."""
    said = columns.said[row]
    name = int(columns.name.length[said])
    text, main = int(columns.text.length[said]), int(columns.main.length[row])
    return (
        unpacked(columns.name.eights[said], name),
        unpacked(columns.text.eights[said], text),
        [word for word in columns.words[said].tolist() if word >= 0],
        sorted(columns.token[columns.token_row == row].tolist()),
        unpacked(columns.main.eights[row], main),
    )


def seen_by(seen: Seen) -> tuple[object, ...]:
    return (
        seen.name[:24],
        seen.text[:32],
        [hash_of(word) for word in seen.words],
        sorted({hash_of(token) for token in seen.tokens}),
        seen.main[:24],
    )


def hash_of(word: bytes) -> int:
    body = letters.letters_of(np.frombuffer(word + b"\0" * 8, np.uint8))
    return int(letters.hashed(body, 0, len(word), 24))


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6))
def test_names_words_and_tokens_are_those_of_the_plain_reference(
    rows: list[tuple[str, str, str]],
) -> None:
    sides = sides_of(rows)
    left = sides.left
    boilerplate = frozenset(boilerplate_of(left.table, sides.right.table).tolist())
    for row, seen in enumerate(seen_of(left, boilerplate)):
        assert said_by(left.text, row) == seen_by(seen), rows[row]


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6))
def test_texts_are_the_same_when_and_only_when_their_letters_are(
    rows: list[tuple[str, str, str]],
) -> None:
    text = sides_of(rows).left.text
    for one, mine in enumerate(rows):
        for other, theirs in enumerate(rows):
            same = mine[:2] == theirs[:2]
            assert (text.said[one] == text.said[other]) == same


@pytest.mark.usefixtures("both_ways")
def test_a_loop_says_the_same_compiled_and_as_it_stands() -> None:
    rows = [("Möller GmbH", f"INV 2024-00{n}/7 A1B2C3D4", f"R-000{n % 7}") for n in range(40)]
    rows += [("", "0" * 60 + " 1999", ""), ("x" * 300, "1234567890" * 9, "12/34/5678")]
    sides = sides_of(rows)
    boilerplate = frozenset(boilerplate_of(sides.left.table, sides.right.table).tolist())
    seen = seen_of(sides.left, boilerplate)
    assert [said_by(sides.left.text, n) for n in range(len(rows))] == [
        seen_by(each) for each in seen
    ]


@pytest.mark.usefixtures("both_ways")
@given(st.lists(st.tuples(texts, texts), max_size=12))
def test_distinct_texts_are_numbered_as_they_appear(pairs: list[tuple[str, str]]) -> None:
    one, two = (text_column(pa.array([p[n] for p in pairs], pa.string())) for n in (0, 1))
    which, first = letters.number_texts(one, two, letters.mixed_rows(one, two))
    known: dict[tuple[str, str], int] = {}
    assert which.tolist() == [known.setdefault(pair, len(known)) for pair in pairs]
    assert [pairs[row] for row in first.tolist()] == list(known)


@given(st.lists(texts, max_size=12), st.lists(texts, max_size=12))
def test_no_id_that_both_sides_know_is_passed_over(mine: list[str], theirs: list[str]) -> None:
    one, other = (text_column(pa.array(ids, pa.string())) for ids in (mine, theirs))
    found = letters.rows_with_hash_among(one, other).tolist()
    shared = [row for row, each in enumerate(mine) if each and each in theirs]
    assert set(shared) <= set(found)


@given(st.lists(st.integers(0, 50), max_size=60))
def test_values_are_put_in_order(values: list[int]) -> None:
    numbers = np.array(values, np.int64)
    text_loops.put_in_order(numbers)
    assert numbers.tolist() == sorted(values)


def test_a_text_of_many_tokens_takes_no_longer_than_its_length() -> None:
    narrative = " ".join(str(10_000 + n) for n in range(60_000))
    sides = sides_of([("", narrative, "")])
    assert len(sides.left.text.token) == 60_000


def test_hashes_of_words_are_what_the_columns_hold() -> None:
    assert hash_texts(["ACME", ""]).tolist() == [hash_of(b"ACME"), 0]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**62) | st.integers(0, 3))),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3))),
)
def test_words_are_counted_once_a_row(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    """In whichever of both columns a row has them, and however often."""
    one.sort(key=lambda each: each[0])
    other.sort(key=lambda each: each[0])
    columns = [np.array(each, np.int64).reshape(-1, 2).T for each in (one, other)]
    words, many = text_loops.rows_with_words(
        *((np.ascontiguousarray(row), np.ascontiguousarray(word)) for row, word in columns)
    )
    seen = Counter(word for _, word in set(one) | set(other))
    assert dict(zip(words.tolist(), many.tolist(), strict=True)) == seen
