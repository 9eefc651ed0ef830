"""A mapping proposed for the tables of another system that were received as books."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.formats.books.guessed import BooksGuess
from tieout.formats.books.guessing import guess_mapping
from tieout.formats.books.mapping_text import mapping_text
from tieout.formats.books.reader import MAPPING_NAME
from tieout.formats.books.settings import NAME as SETTINGS_NAME
from tieout.store.closing.models import Books, SnapshotFile
from tieout.workflows.acting import Caller, looking
from tieout.workflows.import_statement import access_file
from tieout.workflows.mappings import mappings_of
from tieout.workflows.set_books import access_books
from tieout.workflows.take_snapshot import lay_out, newest_snapshot, parts_of

BYTES_MAX = 64 << 20
"""Larger tables are for the command: `tieout explain FOLDER --guess`."""


@dataclass(frozen=True, slots=True)
class GuessedMapping:
    """The proposal, its text, and which of the files are no tables of the books."""

    books_id: int
    books_name: str
    guess: BooksGuess
    text: str
    """The mapping file; what is open stands in it as lines that begin with `#`."""
    files: dict[str, int]
    """The received files that the tables are in, by name."""
    left_out: tuple[str, ...]
    """Names of tables and other files that are none of the books'."""


def guessed_mapping(
    caller: Caller, *, books_id: int, files: Sequence[int] = (), mapping: str | None = None
) -> GuessedMapping:
    """Propose how tables become the layout's; nothing is set and nothing is taken.

    Args:
        caller: Who may import.
        books_id: Whose tables they are.
        files: Received files, archives among them; none: those of the newest snapshot.
        mapping: The text of a mapping that is right in part; None: that of the books.

    Raises:
        InvalidInput: `file.empty` where there is no file, `file.too-large` above `BYTES_MAX`,
            `match.mapping-invalid` where the mapping is not understood.
    """
    with looking(caller, Action.IMPORT):
        books = access_books(books_id, is_used=True)
        parts = _parts(books, files)
        if not parts:
            raise InvalidInput("file.empty", "no file", "the tables of the books")
        size = sum(part.size for part in parts)
        if size > BYTES_MAX:
            raise InvalidInput("file.too-large", f"{size:,} bytes", f"at most {BYTES_MAX:,}")
        said = books.mapping if mapping is None else mapping
        mappings_of(said)
        with tempfile.TemporaryDirectory(prefix="tieout-") as root:
            folder = Path(root) / "books"
            folder.mkdir()
            lay_out(parts, folder)
            known = None
            if said.strip():
                known = Path(root) / MAPPING_NAME
                known.write_text(said, encoding="utf-8")
            guess = guess_mapping(folder, known)
    used = {made.file for made in guess.tables} | {SETTINGS_NAME}
    left = sorted({part.name for part in parts} - used)
    received = {part.file.name: part.file_id for part in parts}
    return GuessedMapping(books_id, books.name, guess, mapping_text(guess), received, tuple(left))


def _parts(books: Books, files: Sequence[int]) -> list[SnapshotFile]:
    if files:
        parts = parts_of({access_file(each).name: each for each in files})
    else:
        newest = newest_snapshot(books.pk)
        kept = SnapshotFile.objects.filter(snapshot=newest).select_related("file")
        parts = list(kept) if newest else []
    for part in parts:
        if {"/", "\\", "\0"} & set(part.name) or part.name in {".", ".."}:
            raise InvalidInput("snapshot.invalid", repr(part.name), "a plain name")
    return parts
