"""The engine says what the plain reference says, and leaves to it what it cannot read."""

import csv
from pathlib import Path

import pytest

import tieout
from tests.explain.test_random_books import cells
from tieout.engine.explain.triage import STEPS, statement
from tieout.files.answers import answer_of
from tieout.files.explaining import Explanation
from tieout.files.parting import take_part
from tieout.formats.books import rows_at
from tieout.testing.books import Shape, clean_books, large_books, planted_books, write_books
from tieout.testing.corpus import PROJECT


def figures(made: Explanation) -> list[object]:
    """All that an explanation says, in an order that does not depend on the engine."""
    return [
        (
            answer.ledger,
            answer.explanation.difference(),
            answer.explanation.by_cause(),
            answer.explanation.last_matched,
            sorted((item.ids, item.share.amount_minor, item.sentence) for item in answer.items),
            sorted(proposal.ids for proposal in answer.proposals),
        )
        for answer in made.ledgers
    ]


@pytest.mark.parametrize("seed", range(4))
def test_engine_and_reference_agree_on_books_with_every_cause(seed: int, tmp_path: Path) -> None:
    folder = write_books(planted_books(seed, Shape(documents=80, plants=2)).books(), tmp_path)
    plain = tieout.explain(folder, engine="reference")
    fast = tieout.explain(folder, engine="duckdb")
    assert (plain.engine, fast.engine) == ("reference", "duckdb")
    assert figures(fast) == figures(plain)
    assert fast.problems == plain.problems
    assert len(fast.books.entries) < 0.6 * len(plain.books.entries)


def test_of_clean_books_hardly_anything_is_handed_over(tmp_path: Path) -> None:
    folder = write_books(clean_books(2, Shape(documents=150)).books(), tmp_path)
    taken = take_part(folder)
    assert taken is not None
    assert len(taken.reading.books.entries) <= 10
    assert tieout.explain(folder, engine="duckdb").agreed


def test_engine_and_reference_give_one_answer_to_the_worked_example() -> None:
    folder = PROJECT / "src/tieout/cli/demo_books"
    plain = answer_of(tieout.explain(folder, engine="reference"))
    fast = answer_of(tieout.explain(folder, engine="duckdb"))
    for answer in (plain, fast):
        answer["items"].sort(key=str)
    assert fast == plain


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("sales_ledger.csv", "base_amount", "12x"),
        ("sales_ledger.csv", "base_amount", "12.345"),
        ("sales_ledger.csv", "transaction_date", "2025-02-30"),
        ("sales_ledger.csv", "type", "invoce"),
        ("nominal.csv", "nominal_id", "J00000001-1"),
        ("nominal.csv", "account", "12345"),
        ("nominal.csv", "period", "77"),
        ("nominal.csv", "debit", "1e5"),
    ],
)
def test_what_the_engine_cannot_read_is_left_to_the_reader_that_names_it(
    name: str, column: str, value: str, tmp_path: Path
) -> None:
    folder = write_books(clean_books(3, Shape(documents=8)).books(), tmp_path)
    with (folder / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[4][column] = value
    with (folder / name).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert take_part(folder) is None
    fast = tieout.explain(folder, engine="duckdb")
    assert fast.problems == tieout.explain(folder, engine="reference").problems
    assert fast.problems


@pytest.mark.parametrize("name", STEPS)
def test_every_statement_says_what_it_is_for(name: str) -> None:
    assert statement(name).startswith("-- ")


@pytest.mark.req("R295")
def test_large_books_have_the_causes_that_were_planted_in_them(tmp_path: Path) -> None:
    world = large_books(3, 3000, tmp_path)
    made = tieout.explain(tmp_path, engine="duckdb")
    assert made.engine == "duckdb"
    assert len(made.books.entries) < len(world.entries) < 200
    for answer in made.ledgers:
        own = [known for known in world.expected if known.ledger is answer.ledger]
        assert cells(answer.explanation.shares, world.count + 1) == cells(own, world.count + 1)


@pytest.mark.parametrize("said", ["plain", '"with, comma"', '"with\nline break"'])
def test_rows_are_picked_by_their_place_whatever_stands_in_the_others(
    said: str, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"Id,word\r\n1,{said}\r\n2,two\n3,three", encoding="utf-8", newline="")
    rows = rows_at(path, [1, 2], 3)
    assert rows == [(3, {"id": "2", "word": "two"}), (4, {"id": "3", "word": "three"})]
    assert rows_at(path, [1], 9) is None
    assert rows_at(path, [], 3) == []


def test_rows_of_a_large_file_stay_at_their_place(tmp_path: Path) -> None:
    large_books(1, 120_000, tmp_path)
    taken = take_part(tmp_path)
    assert taken is not None
    with (tmp_path / "nominal.csv").open(encoding="utf-8", newline="") as file:
        ids = {row["nominal_id"]: row["journal_id"] for row in csv.DictReader(file)}
    postings = taken.reading.books.postings
    assert len(postings) > 500
    assert {each.posting_id for each in postings} <= set(ids)
    assert tieout.explain(tmp_path).engine == "duckdb"
