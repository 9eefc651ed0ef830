"""Masked books: nothing that names anybody is left, and they differ by the same causes."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import tieout
from tests.explain.test_bad_input import EDITS, change, set_cell
from tests.explain.test_guessing import sheeted
from tests.explain.test_mapping import MAPPING, foreign
from tests.explain.test_random_books import cells
from tieout.core.errors import InvalidInput
from tieout.core.masking import Mask
from tieout.files.explaining import Explanation
from tieout.formats.books.mapping import read_mapping
from tieout.formats.books.masked import COLUMNS, IDS, SAID, TEXTS, WORDS, masked_books
from tieout.formats.books.reader import MAPPED
from tieout.testing.books import BookWorld, Shape, planted_books, write_books
from tieout.testing.books.other_ledgers import other_books

DEMO = Path("src/tieout/cli/demo_books")
KEY = bytes(range(32))
_OURS = re.compile(
    "opening balance|transfer from suspense|correction of|reversal|revalue|-?[0-9]+[.][0-9]+",
    re.IGNORECASE,
)
LAYOUT = COLUMNS.union(*WORDS.values())
"""What the layout's own words are, and amounts."""


def mask() -> Mask:
    return Mask(KEY, is_exact=True)


def masked(folder: Path, into: Path, mapping: Path | None = None) -> Explanation:
    """The masked books, explained."""
    into.mkdir()
    masked_books(folder, read_mapping(mapping, MAPPED) if mapping else {}, mask(), into)
    return tieout.explain(into)


def figures(made: Explanation, named: Callable[[str], str] = str) -> dict[object, object]:
    """Each cause by account, currency and period; differences, items, problems; no names."""
    found: dict[object, object] = {}
    for each in made.ledgers:
        explanation = each.explanation
        found[each.ledger, "difference"] = explanation.difference()
        found[each.ledger, "items"] = sorted(
            (one.share.cause, one.share.amount_minor, one.share.begins) for one in each.items
        )
        for (cause, key, currency, period), minor in cells(
            explanation.shares, explanation.periods
        ).items():
            found[each.ledger, cause, named(key), currency, period] = minor
    found["problems"] = sorted((each.code, str(each.place.line)) for each in made.problems)
    found["untested"] = sorted(each.cause for each in made.untested)
    return found


def named_in(folder: Path) -> set[str]:
    """What the books call entries, documents, parties, accounts and people, and what they say."""
    found: set[str] = set()
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found |= {row[name] for name in row if name in IDS | SAID | TEXTS}
    found |= {word for each in found for word in _OURS.sub(" ", each).split()}
    return {
        each
        for each in found
        if len(each) >= 4 and not _OURS.fullmatch(each) and each not in LAYOUT
    }


def shown(folder: Path, words: set[str]) -> list[tuple[str, str]]:
    """Where the files' bytes still hold one of the words by itself."""
    found = []
    for path in folder.iterdir():
        said = set(re.split(r'[\s",;():]+', path.read_bytes().decode()))
        lines = path.read_bytes().decode()
        found += [(path.name, each) for each in words if each in said or f",{each}," in lines]
    return found


@pytest.mark.req("R103")
def test_the_worked_example_masked_differs_by_the_same_causes_and_names_nobody(
    tmp_path: Path,
) -> None:
    words = named_in(DEMO)
    assert {
        "44100",
        "C00001",
        "Customer 1",
        "SL00000001",
        "INV0000672",
        "cpatel",
        "brought",
    } < words
    made = figures(masked(DEMO, tmp_path / "copy"))
    assert made == figures(tieout.explain(DEMO), mask().text)
    assert len(made) > 500
    assert shown(DEMO, words)
    assert shown(tmp_path / "copy", words) == []


@pytest.mark.req("R103")
@pytest.mark.parametrize("make", [planted_books, other_books])
@pytest.mark.parametrize("seed", [1, 2, 17])
def test_planted_causes_stay_what_they_are_behind_masks(
    make: Callable[[int], BookWorld], seed: int, tmp_path: Path
) -> None:
    folder = write_books(make(seed).books(), tmp_path / "books")
    made = figures(masked(folder, tmp_path / "copy"))
    assert made == figures(tieout.explain(folder), mask().text)


def test_what_cannot_be_read_stays_so_and_what_is_not_of_the_layout_is_masked(
    tmp_path: Path,
) -> None:
    folder = write_books(planted_books(3, Shape(documents=8)).books(), tmp_path / "books")
    for at, (name, column, value, _) in enumerate(EDITS):
        change(folder, name, set_cell(at, column, value))
    change(folder, "sales_ledger.csv", set_cell(11, "base_amount", "Rosalind Marlowe"))
    change(folder, "sales_ledger.csv", lambda rows: [row.update(Clerk="Winifred") for row in rows])
    with (folder / "nominal.csv").open("a", encoding="utf-8") as lines:
        lines.write('Quentin,"Ambrose\nand Sons"\n')
    with (folder / "sales_ledger.csv").open("a", encoding="utf-8") as lines:
        lines.write("," * 40 + "Thistledown\n")
    copy = masked(folder, tmp_path / "copy")
    assert figures(copy) == figures(tieout.explain(folder), mask().text)
    assert len(copy.problems) > len(EDITS)
    said = "".join(each.read_text() for each in (tmp_path / "copy").iterdir())
    for word in ("Rosalind", "Marlowe", "Clerk", "Winifred", "Quentin", "Ambrose", "Thistledown"):
        assert word.casefold() not in said.casefold()


def test_settings_that_are_none_stay_none(tmp_path: Path) -> None:
    folder = write_books(planted_books(3, Shape(documents=8)).books(), tmp_path / "books")
    (folder / "settings.json").write_text('["Marlowe"]')
    with pytest.raises(InvalidInput, match=r"books\.settings-invalid"):
        tieout.explain(folder)
    with pytest.raises(InvalidInput, match=r"books\.settings-invalid"):
        masked(folder, tmp_path / "copy")
    assert "Marlowe" not in (tmp_path / "copy" / "settings.json").read_text()


def test_tables_of_another_system_become_the_layouts(tmp_path: Path) -> None:
    folder = write_books(planted_books(4, Shape(documents=20)).books(), tmp_path / "books")
    before = tieout.explain(folder)
    foreign(folder)
    path = tmp_path / "map.toml"
    path.write_text(MAPPING, encoding="utf-8")
    assert figures(masked(folder, tmp_path / "copy", path)) == figures(before, mask().text)
    assert not (tmp_path / "copy" / "offene Posten.csv").exists()
    assert "Beleg" not in (tmp_path / "copy" / "sales_ledger.csv").read_text()


def test_years_are_masked_and_accents_count_where_ids_must_stay_different() -> None:
    texts = [f"{number:04}" for number in range(10_000)] + ["Muller", "Müller", "MULLER"]
    masks = [mask().text(each) for each in texts]
    assert len(set(masks)) == len(texts)
    assert all(one != other for one, other in zip(texts, masks, strict=True) if one != "0000")


@pytest.mark.req("R103")
def test_sheets_of_a_workbook_become_tables_of_the_layout(tmp_path: Path) -> None:
    folder = write_books(planted_books(4, Shape(documents=25)).books(), tmp_path / "books")
    before = figures(tieout.explain(folder), mask().text)
    words = named_in(folder) - {"49363"}  # an amount, which the audit log says again
    sheeted(folder, folder / "export.xlsx", 3)
    guess = tieout.guess_books_mapping(folder)
    mapping = tieout.save_books_mapping(guess, tmp_path / "map.toml")
    made = figures(masked(folder, tmp_path / "copy", mapping))
    assert made == before
    assert not list((tmp_path / "copy").glob("*.xlsx"))
    assert shown(tmp_path / "copy", words) == []
