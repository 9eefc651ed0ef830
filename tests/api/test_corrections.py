"""Journals that correct control accounts go in through the API as `tieout explain` writes them."""

import json
from pathlib import Path

import pytest

import tieout
from tests.api.houses import made
from tests.api.programs import program
from tests.store.firms import organisation
from tieout.testing.books import Shape, planted_books, write_books

pytestmark = pytest.mark.usefixtures("store", "clock")


@pytest.mark.req("R121")
def test_the_entries_of_a_corrections_file_are_recorded_once(tmp_path: Path) -> None:
    folder = write_books(planted_books(4, Shape(documents=12)).books(), tmp_path / "books")
    copy = tieout.explain(folder).investigate(accept="all")
    said = json.loads(copy.write(tmp_path / "c.json").read_text(encoding="utf-8"))
    caller = program(organisation("Corrected Ltd"))
    body = {"books": "nominal", "entries": said["entries"]}
    first, again = (made(caller, "/entries", body) for _ in range(2))
    count = len({line.journal_id for line in copy.filed().lines})
    assert (first["added"], first["held"], first["problems"]) == (count, [], [])
    assert (again["added"], again["known"]) == (0, count)
