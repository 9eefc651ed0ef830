"""Books on the server, explained from kept work: the answer is that of a full run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.firms import NOW
from tests.store.ledgers import Closing, files_of
from tieout.files import explaining
from tieout.files.kept_work import ADDED_ONLY
from tieout.files.opened_keep import NAME
from tieout.store.closing.models import CauseItem, Contribution, Difference
from tieout.store.postgres.tenant import tenant
from tieout.testing.books import BookWorld, Shape, append_books, planted_books, write_books
from tieout.workflows.views.closing import books_state

pytestmark = pytest.mark.usefixtures("store")
IN_FULL = "read in full: "


@pytest.fixture(autouse=True)
def _all_books_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "LARGE_BYTES", 0)


class Growing:
    """Books in a folder that can grow, as an export written anew every night does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world: BookWorld = planted_books(3, Shape(documents=80))
        write_books(self.world.books(), folder)

    def grow(self) -> dict[str, bytes]:
        """Two documents more, of which one is not posted; the files."""
        entries, postings = len(self.world.entries), len(self.world.postings)
        self.world.post(self.world.entry(self.world.ledger()))
        self.world.entry(self.world.ledger())
        added = self.world.entries[entries:], self.world.postings[postings:]
        append_books(self.world.books(), *added, self.folder)
        return files_of(self.folder)


def found(desk: Closing) -> tuple[list[object], ...]:
    """All that the newest run recorded."""
    run = desk.run.run_id
    with tenant(desk.owner.organisation_id):
        return (
            list(
                Contribution.objects.filter(run_id=run)
                .order_by("ledger", "period", "cause", "account", "currency")
                .values_list("ledger", "period", "cause", "account", "currency", "amount_minor")
            ),
            list(
                Difference.objects.filter(run_id=run)
                .order_by("ledger", "period")
                .values_list("ledger", "period", "sub_ledger_minor", "control_minor", "item_count")
            ),
            list(
                CauseItem.objects.filter(run_id=run)
                .order_by("ledger", "rank")
                .values_list("ledger", "rank", "cause", "amount_minor", "sentence")
            ),
        )


def file_of(keep: Path, desk: Closing) -> Path:
    return keep / str(desk.owner.organisation_id) / str(desk.books_id) / NAME


def nothing(_file: Path) -> None:
    pass


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)


def not_readable(file: Path) -> None:
    file.unlink()
    file.mkdir()


def dropped(file: Path) -> None:
    file.unlink()
    file.parent.rmdir()


def of_others(file: Path) -> None:
    """What another books' run kept, put in its place by somebody."""
    other = file.with_name("other")
    write_books(planted_books(8, Shape(documents=90)).books(), other)
    explaining.explain(other, keep=file.parent)


@pytest.mark.req("R028")
@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (nothing, ADDED_ONLY),
        (cut, IN_FULL + "what was kept is damaged"),
        (flipped, IN_FULL + "what was kept is damaged"),
        (not_readable, IN_FULL + "what was kept is damaged"),
        (dropped, IN_FULL + "nothing was kept yet"),
        (of_others, IN_FULL),
    ],
)
def test_what_is_kept_changes_how_much_is_read_and_never_the_answer(
    damage: Callable[[Path], None], kept: str, tmp_path: Path
) -> None:
    books, keep = Growing(tmp_path / "books"), tmp_path / "keep"
    files = files_of(books.folder)
    desk, plain = Closing(files), Closing(files, "Plain")
    desk.take(books.grow())
    assert desk.explain(keep).kept == IN_FULL + "nothing was kept yet"
    damage(file_of(keep, desk))
    more = books.grow()
    desk.take(more)
    plain.take(more)
    desk.run, plain.run = desk.explain(keep), plain.explain()
    assert desk.run.kept.startswith(kept)
    assert not plain.run.kept
    assert found(desk) == found(plain)
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    assert state.run is not None
    assert state.run.run_id == desk.run.run_id


def test_what_one_firm_kept_is_of_no_use_to_another_with_the_same_files(tmp_path: Path) -> None:
    books, keep = Growing(tmp_path / "books"), tmp_path / "keep"
    files = files_of(books.folder)
    first, second = Closing(files), Closing(files, "Second")
    more = books.grow()
    for desk in (first, second):
        desk.take(more)
        assert desk.explain(keep).kept == IN_FULL + "nothing was kept yet"
    assert file_of(keep, first) != file_of(keep, second)
    assert keep.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_kept_books_are_explained_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    books, keep = Growing(tmp_path / "books"), tmp_path / "keep"
    desk = Closing(files_of(books.folder))
    keep.write_text("no folder", encoding="utf-8")
    desk.take(books.grow())
    with caplog.at_level("INFO", logger="tieout"):
        assert desk.explain(keep).is_new
    assert "kept work cannot be used" in caplog.text


def test_the_log_says_whether_kept_work_was_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    books, keep = Growing(tmp_path / "books"), tmp_path / "keep"
    desk = Closing(files_of(books.folder))
    with caplog.at_level("INFO", logger="tieout"):
        for _ in range(2):
            desk.take(books.grow())
            desk.explain(keep)
    said = [each.getMessage() for each in caplog.records if "kept work" in each.getMessage()]
    assert said == [f"kept work: {IN_FULL}nothing was kept yet", f"kept work: {ADDED_ONLY}"]
