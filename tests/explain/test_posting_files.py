"""Posting files: what is written is read back, other programs take it, and departures are named."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tieout
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import NominalPosting, PostingStatus
from tieout.core.explain.changes import Change, changed
from tieout.core.explain.corrections import Into
from tieout.core.explain.proving import compared_lines
from tieout.files.corrections.beancount_form import account_names
from tieout.files.corrections.forms import FORMS, read_posting_file
from tieout.files.investigating import Investigation
from tieout.testing.books import Shape, planted_books, write_books


def investigated(folder: Path, seed: int = 1, **choices: str) -> Investigation:
    made = tieout.explain(write_books(planted_books(seed, Shape(documents=20)).books(), folder))
    return made.investigate(accept=choices.pop("accept", "all"), **choices)


@pytest.mark.req("R121")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(2))
def test_what_is_written_is_read_back_line_by_line(seed: int, form: str, tmp_path: Path) -> None:
    made = investigated(tmp_path / "books", seed)
    filed = made.filed()
    read = read_posting_file(made.write(tmp_path / f"c{form}"), made.books)
    assert read.snapshot == ("" if form == ".iif" else made.snapshot)
    assert compared_lines(made.books, read.lines, filed.lines) == (len(filed.lines), [])
    if form in {".csv", ".json"}:
        assert read.lines == filed.lines
    if form == ".json":
        assert read == filed


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("into", list(Into))
def test_a_file_is_proved_on_the_books_that_it_was_drafted_on(
    form: str, into: Into, tmp_path: Path
) -> None:
    made = investigated(tmp_path / "books", 2, into=into.value)
    path = made.write(tmp_path / f"c{form}")
    proof = tieout.explain(tmp_path / "books").prove(path)
    assert [str(each) for each in proof.departures] == []
    assert proof.holds
    assert not proof.is_posted
    assert proof.agreeing == len(made.filed().lines)


@pytest.mark.parametrize("form", FORMS)
def test_books_that_hold_what_was_accepted_prove_it(form: str, tmp_path: Path) -> None:
    made = investigated(tmp_path / "books", 3)
    path = made.write(tmp_path / f"c{form}")
    after = tieout.explain(write_books(made.copy, tmp_path / "after"))
    assert [str(each) for each in after.prove(path).departures] == []
    assert after.prove(path).is_posted


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


DEPARTURES: list[tuple[str, Callable[[NominalPosting], NominalPosting | None]]] = [
    ("missing", lambda _line: None),
    ("amount", lambda line: replace(line, base_minor=line.base_minor + 1)),
    ("amount", lambda line: replace(line, direction=line.direction.opposite)),
    ("period", lambda line: replace(line, period=line.period + 1)),
    ("account", lambda line: replace(line, key=replace(line.key, code="10100"))),
    ("not_posted", lambda line: replace(line, status=PostingStatus.WAITING)),
    ("source", lambda line: replace(line, module="XX")),
]


@pytest.mark.parametrize(("what", "edit"), DEPARTURES)
def test_each_departure_of_the_books_is_named(
    what: str, edit: Callable[[NominalPosting], NominalPosting | None], tmp_path: Path
) -> None:
    made = investigated(tmp_path / "books", 3, accept="wrong_sign")
    path = made.write(tmp_path / "c.json")
    control = next(line for line in made.filed().lines if line.key.code != "10100")
    other = edit(control)
    postings = [line for line in made.copy.postings if line.posting_id != control.posting_id]
    kept = replace(made.copy, postings=(*postings, *([other] if other else [])))
    after = tieout.explain(write_books(kept, tmp_path / "after"))
    departures = after.prove(path).departures
    assert what in {each.what for each in departures}
    assert {each.what for each in departures} <= {what, "difference"}
    assert all(each.found != each.expected for each in departures)
    if what != "source":
        assert "difference" in {each.what for each in departures}


def test_a_posting_made_twice_is_an_extra_and_a_changed_file_departs(tmp_path: Path) -> None:
    made = investigated(tmp_path / "books", 3, accept="wrong_sign")
    path = made.write(tmp_path / "c.csv")
    twice = [replace(line, posting_id=f"{line.posting_id}b") for line in made.filed().lines]
    after = changed(made.copy, [Change(lines=tuple(twice))])
    read = tieout.explain(write_books(after, tmp_path / "after"))
    assert [each.what for each in read.prove(path).departures if each.what != "difference"] == [
        "extra"
    ] * len(twice)
    rows = rows_of(path)
    rows[0]["period"] = str(int(rows[0]["period"]) + 1)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    proof = tieout.explain(tmp_path / "books").prove(path)
    assert "period" in {each.what for each in proof.departures}


def test_beancount_loads_the_file_without_an_error(tmp_path: Path) -> None:
    loader = pytest.importorskip("beancount.loader")
    made = investigated(tmp_path / "books", 4)
    path = made.write(tmp_path / "c.beancount")
    entries, errors, _ = loader.load_file(str(path))
    assert not errors
    journals = [each for each in entries if type(each).__name__ == "Transaction"]
    assert len(journals) == len({line.journal_id for line in made.filed().lines})


def test_the_products_own_readers_take_iif_and_beancount(tmp_path: Path) -> None:
    made = investigated(tmp_path / "books", 4)
    count = len({line.journal_id for line in made.filed().lines})
    for form in (".iif", ".beancount"):
        reading = tieout.read(made.write(tmp_path / f"c{form}"))
        assert len(reading.entries) == count
        assert all(each.is_balanced for each in reading.entries)
        doubts = {each.code for each in reading.all_problems() if each.severity != "note"}
        assert doubts <= {"match.no-currency"}


def test_the_json_has_journals_as_the_api_takes_them_and_actions_beside(tmp_path: Path) -> None:
    made = investigated(tmp_path / "books", 4)
    said = json.loads(made.write(tmp_path / "c.json").read_text(encoding="utf-8"))
    assert {each["kind"] for each in said["actions"]} >= {"settings", "post_waiting", "repost"}
    assert said["snapshot"] == made.snapshot
    assert {each["id"] for each in said["entries"]} == {
        line.journal_id for line in made.filed().lines
    }


def test_accounts_of_one_name_get_two_in_beancount() -> None:
    kept = planted_books(1, Shape(documents=1)).books()
    key = next(iter(kept.accounts))
    alike = [replace(key, code=code) for code in ("4 1", "4-1", "ä1")]
    accounts = {**kept.accounts, **dict.fromkeys(alike, kept.accounts[key])}
    names = account_names(replace(kept, accounts=accounts), ())
    assert len(set(names.values())) == len(names)


def test_no_text_of_a_posting_file_is_a_formula(tmp_path: Path) -> None:
    books = planted_books(1, Shape(documents=5)).books()
    entries = tuple(replace(each, reference=f"=1+{each.reference}") for each in books.entries)
    folder = write_books(replace(books, entries=entries), tmp_path / "books")
    made = tieout.explain(folder).investigate(accept="all")
    path = made.write(tmp_path / "c.csv")
    rows = rows_of(path)
    assert [row for row in rows if row["reference"].startswith("'=1+")]
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]
    assert read_posting_file(path, made.books).lines == made.filed().lines


BROKEN = [
    ("c.csv", "a,b\n1,2\n"),
    ("c.csv", ""),
    ("c.json", "{}"),
    ("c.json", "[1]"),
    ("c.json", '{"kind": "tieout corrections 1"}'),
    ("c.beancount", '2026-01-01 * "nothing"\n  Assets:A  1 GBP\n  Assets:B  -1 GBP\n'),
]


@pytest.mark.parametrize(("name", "text"), BROKEN)
def test_a_file_that_is_no_posting_file_is_refused(name: str, text: str, tmp_path: Path) -> None:
    made = investigated(tmp_path / "books")
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"\[(explain\.posting-file-invalid|file\.empty)\]"):
        read_posting_file(path, made.books)


def test_a_form_or_a_name_that_is_not_known_is_refused(tmp_path: Path) -> None:
    made = investigated(tmp_path / "books")
    for refused in (
        lambda: made.write(tmp_path / "c.xls"),
        lambda: read_posting_file(tmp_path / "c.xls", made.books),
        lambda: investigated(tmp_path / "two", accept="no_such_cause"),
        lambda: investigated(tmp_path / "two", accept="amount_edited=no_such_way"),
        lambda: investigated(tmp_path / "two", into="nowhere"),
        lambda: investigated(tmp_path / "two", accept="").write(tmp_path / "c.csv"),
    ):
        with pytest.raises(InvalidInput, match=r"\[command\.invalid\]"):
            refused()


@pytest.mark.parametrize(
    "change",
    [
        {"expected": {"AR": {"3": "abc"}}},
        {"expected": {"AR": {"x": "1.00"}}},
        {"expected": {"ZZ": {"0": "1.00"}}},
        {"expected": [1]},
        {"into": "moon"},
        {"entries": [], "actions": []},
    ],
)
def test_a_file_with_words_that_are_none_is_refused(
    change: dict[str, object], tmp_path: Path
) -> None:
    made = investigated(tmp_path / "books", 3)
    path = made.write(tmp_path / "c.json")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), encoding="utf-8")
    with pytest.raises(InvalidInput) as raised:
        tieout.explain(tmp_path / "books").prove(path)
    assert raised.value.code == "explain.posting-file-invalid"


@pytest.mark.parametrize("name", ["x.iif", "x.beancount"])
def test_a_file_without_a_correction_proves_nothing(name: str, tmp_path: Path) -> None:
    books = write_books(planted_books(3, Shape(documents=12)).books(), tmp_path / "books")
    (tmp_path / name).write_bytes(b"; nothing is corrected here\n")
    with pytest.raises(InvalidInput) as raised:
        tieout.explain(books).prove(tmp_path / name)
    assert raised.value.code == "explain.posting-file-invalid"
