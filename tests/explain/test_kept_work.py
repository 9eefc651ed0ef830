"""Work kept between runs: what was added is read alone, and the answer is that of a full run."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import tieout
from tests.explain.test_engine import figures
from tieout.cli.app import app
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import LedgerEntry, NominalPosting
from tieout.files.kept_work import ADDED_ONLY, SET_ASIDE
from tieout.files.opened_keep import NAME
from tieout.testing.books import (
    PLANTS,
    BookWorld,
    Shape,
    append_books,
    clean_books,
    planted_books,
    write_books,
)

ADDED = ADDED_ONLY


def kept(folder: Path, keep: Path) -> str:
    """Explain with kept work; the answer is that of a full run and of the plain reference."""
    made = tieout.explain(folder, keep=keep)
    full = tieout.explain(folder, engine="duckdb")
    assert figures(made) == figures(full)
    assert figures(made) == figures(tieout.explain(folder, engine="reference"))
    assert (made.snapshot, made.problems, made.agreed) == (
        full.snapshot,
        full.problems,
        full.agreed,
    )
    return made.kept


def entry_of(world: BookWorld, place: int) -> LedgerEntry:
    return world.entries[place % len(world.entries)]


def line_of(world: BookWorld, place: int) -> NominalPosting:
    return world.postings[place % len(world.postings)]


def clean(world: BookWorld, _place: int) -> None:
    world.post(world.entry(world.ledger()))


def planted(world: BookWorld, place: int) -> None:
    names = [name for name in PLANTS if name != "amount_edited"]
    PLANTS[names[place % len(names)]](world)


def posted_again(world: BookWorld, place: int) -> None:
    world.post(entry_of(world, place))


def posted_by_reference(world: BookWorld, place: int) -> None:
    world.post(entry_of(world, place), source_id="")


def taken_back(world: BookWorld, place: int) -> None:
    entry = entry_of(world, place)
    world.post(entry, natural=-entry.base_minor, natural_doc=-entry.doc_minor, module="NL")


def entered_again(world: BookWorld, place: int) -> None:
    world.entries.append(replace(entry_of(world, place), is_repeated=True))


def another_of_its_reference(world: BookWorld, place: int) -> None:
    world.entry(world.ledger(), reference=entry_of(world, place).reference)


def another_of_its_batch(world: BookWorld, place: int) -> None:
    old = entry_of(world, place)
    world.entry(old.ledger, batch_id=old.batch_id or old.entry_id)


def corrected(world: BookWorld, place: int) -> None:
    old = entry_of(world, place)
    for words in (f"Transfer from suspense {old.reference}", f"Correction of {old.reference}"):
        world.line(old.ledger, 100, 100, key=old.key, period=3, narrative=words)


def case_corrected(world: BookWorld, place: int) -> None:
    old = entry_of(world, place)
    words = f"Correction of {old.entry_id} (missing)"
    world.line(old.ledger, old.base_minor, 0, key=old.key, period=4, narrative=words)


def line_in_an_old_journal(world: BookWorld, place: int) -> None:
    old = line_of(world, place)
    world.postings.append(replace(old, posting_id=world.name("X"), base_minor=old.base_minor + 5))


def other_side_on_a_control(world: BookWorld, place: int) -> None:
    old = entry_of(world, place)
    world.line(old.ledger, 70, 70, key=old.key, period=2, source_id=old.entry_id, module="SL")


ADDITIONS: tuple[Callable[[BookWorld, int], None], ...] = (
    *(clean, planted, posted_again, posted_by_reference, taken_back, entered_again),
    *(another_of_its_reference, another_of_its_batch, corrected, case_corrected),
    *(line_in_an_old_journal, other_side_on_a_control),
)
rounds = st.lists(
    st.lists(st.tuples(st.sampled_from(ADDITIONS), st.integers(0, 10_000)), max_size=4),
    min_size=1,
    max_size=3,
)


def add(world: BookWorld, additions: list[tuple[Callable[[BookWorld, int], None], int]]) -> None:
    for made, place in additions:
        made(world, place)


@settings(max_examples=12)
@given(seed=st.integers(0, 5), additions=rounds)
def test_what_is_added_changes_the_answer_as_a_full_run_would(
    seed: int, additions: list[list[tuple[Callable[[BookWorld, int], None], int]]]
) -> None:
    world = planted_books(seed, Shape(documents=60))
    with TemporaryDirectory() as spare:
        folder, keep = Path(spare) / "books", Path(spare) / "keep"
        write_books(world.books(), folder)
        kept(folder, keep)
        for each in additions:
            entries, postings = len(world.entries), len(world.postings)
            add(world, each)
            append_books(world.books(), world.entries[entries:], world.postings[postings:], folder)
            kept(folder, keep)


def books(folder: Path) -> BookWorld:
    world = clean_books(4, Shape(documents=200))
    write_books(world.books(), folder)
    return world


@pytest.mark.parametrize("addition", ADDITIONS)
def test_only_what_was_added_is_read(
    addition: Callable[[BookWorld, int], None], tmp_path: Path
) -> None:
    world = books(tmp_path / "books")
    keep = tmp_path / "keep"
    assert kept(tmp_path / "books", keep) == "read in full: nothing was kept yet"
    assert kept(tmp_path / "books", keep) == ADDED
    entries, postings = len(world.entries), len(world.postings)
    addition(world, 41)
    append_books(
        world.books(), world.entries[entries:], world.postings[postings:], tmp_path / "books"
    )
    assert kept(tmp_path / "books", keep) == ADDED


def test_a_file_that_has_not_only_grown_is_read_in_full(tmp_path: Path) -> None:
    books(tmp_path / "books")
    keep = tmp_path / "keep"
    kept(tmp_path / "books", keep)
    path = tmp_path / "books" / "nominal.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("posted", "waiting", 1), "utf-8")
    assert "nominal.csv has changed, not only grown" in kept(tmp_path / "books", keep)
    assert kept(tmp_path / "books", keep) == ADDED


def test_other_accounts_or_settings_are_read_in_full(tmp_path: Path) -> None:
    books(tmp_path / "books")
    keep = tmp_path / "keep"
    kept(tmp_path / "books", keep)
    with (tmp_path / "books" / "accounts.csv").open("a", encoding="utf-8") as file:
        file.write("77777,,,New,other\n")
    assert "settings are others now" in kept(tmp_path / "books", keep)


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_damaged_work_is_set_aside(damage: str, tmp_path: Path) -> None:
    world = books(tmp_path / "books")
    keep = tmp_path / "keep"
    kept(tmp_path / "books", keep)
    data = bytearray((keep / NAME).read_bytes())
    if damage == "flipped":
        for place in range(4096, len(data), 512):
            data[place] ^= 0xFF
    (keep / NAME).write_bytes(
        b"no database" if damage == "other" else data[: len(data) // 2] if damage == "cut" else data
    )
    entries, postings = len(world.entries), len(world.postings)
    clean(world, 0)
    append_books(
        world.books(), world.entries[entries:], world.postings[postings:], tmp_path / "books"
    )
    assert kept(tmp_path / "books", keep) == "read in full: what was kept is damaged"
    assert (keep / SET_ASIDE).exists()
    assert kept(tmp_path / "books", keep) == ADDED


def test_new_rows_that_are_not_as_the_layout_has_them_are_left_to_the_plain_reader(
    tmp_path: Path,
) -> None:
    world = books(tmp_path / "books")
    keep = tmp_path / "keep"
    kept(tmp_path / "books", keep)
    line = world.postings[0]
    append_books(world.books(), [], [line], tmp_path / "books")
    made = tieout.explain(tmp_path / "books", keep=keep)
    assert made.engine == "reference"
    assert [problem.code for problem in made.problems][:1] == ["record.id-repeated"]


def test_the_command_says_how_much_was_read(tmp_path: Path) -> None:
    books(tmp_path / "books")
    command = ["explain", str(tmp_path / "books"), "--keep", str(tmp_path / "keep")]
    assert "nothing was kept yet" in CliRunner().invoke(app, command).output
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0
    assert ADDED in " ".join(ran.output.split())


def test_a_run_from_kept_work_loads_no_engine(tmp_path: Path) -> None:
    books(tmp_path / "books")
    tieout.explain(tmp_path / "books", keep=tmp_path / "keep")
    run = (
        "import sys, tieout; made = tieout.explain(sys.argv[1], keep=sys.argv[2]);"
        "print(made.kept, {'duckdb', 'pyarrow', 'numpy', 'pandas'} & sys.modules.keys())"
    )
    folders = [str(tmp_path / "books"), str(tmp_path / "keep")]
    done = subprocess.run(
        [sys.executable, "-c", run, *folders], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{ADDED} set()"


def test_what_a_killed_run_had_begun_to_write_goes_after_an_hour(tmp_path: Path) -> None:
    books(tmp_path / "books")
    keep = tmp_path / "keep"
    keep.mkdir()
    old, new = keep / f"{NAME}.1.part", keep / f"{NAME}.2.part"
    for each in (old, new):
        each.write_text("half", encoding="utf-8")
    os.utime(old, (0, 0))
    kept(tmp_path / "books", keep)
    assert not old.exists()
    assert new.exists()


def test_a_row_of_more_than_one_line_is_explained_and_not_kept(tmp_path: Path) -> None:
    books(tmp_path / "books")
    ledger = tmp_path / "books" / "sales_ledger.csv"
    head, first, *rest = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    place = head.split(",").index("party")
    cells = first.split(",")
    cells[place] = f'"{cells[place]}\n"'
    ledger.write_text("".join([head, ",".join(cells), *rest]), encoding="utf-8")
    said = kept(tmp_path / "books", tmp_path / "keep")
    assert said.endswith("nothing is kept, as sales_ledger.csv has line breaks in its cells")
    assert not (tmp_path / "keep" / NAME).exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    books(tmp_path / "books")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"output\.not-writable"):
        tieout.explain(tmp_path / "books", keep=tmp_path / "file" / "keep")
