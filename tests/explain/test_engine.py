"""The engine says what the plain reference says, and leaves to it what it cannot read."""

import csv
from pathlib import Path

import pytest

import tieout
from tieout.engine.explain.triage import STEPS, statement
from tieout.files.answers import answer_of
from tieout.files.explaining import Explanation
from tieout.files.parting import take_part
from tieout.testing.books import Shape, clean_books, planted_books, write_books
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
