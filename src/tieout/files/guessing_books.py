"""`tieout.guess_books_mapping`: how the tables of another system could become a books folder."""

from pathlib import Path
from typing import Any

from tieout.core.errors import InvalidInput
from tieout.formats.books.guessed import BooksGuess, Gap
from tieout.formats.books.guessing import guess_mapping
from tieout.formats.books.mapping_text import mapping_text


def guess_books_mapping(folder: str | Path, *, mapping: str | Path | None = None) -> BooksGuess:
    """Propose which file of a folder is which table of the layout, and column by column how.

    Nothing is read as books and nothing is written; `save_books_mapping` writes the proposal, which
    `tieout.explain(mapping=…)` takes.

    Args:
        folder: A folder of another system's tables: text of any delimiter and charset, plain or
            packed by gzip, and workbooks.
        mapping: A mapping file that is right in part: what it says stands, the rest is guessed.

    Returns:
        The proposal: `tables` with their `choices`, each with a reason and a sureness, and
        `gaps`: what is missing, or can be read in two ways and was not chosen, with the line to
        write. `is_complete` where there is none.

    Raises:
        InvalidInput: There is no such folder, or the mapping file is not understood.
    """
    return guess_mapping(Path(folder), Path(mapping) if mapping is not None else None)


def save_books_mapping(guess: BooksGuess, file: str | Path) -> Path:
    """Write the proposal as a mapping file, with reasons as comments.

    Raises:
        InvalidInput: `output.not-writable` where it cannot be written.
    """
    path = Path(file)
    try:
        path.write_text(mapping_text(guess), encoding="utf-8")
    except OSError as error:
        raise InvalidInput("output.not-writable", f"{path}: {error.strerror}", "a file") from error
    return path


def guess_data(guess: BooksGuess) -> dict[str, Any]:
    """The proposal as plain data."""
    return {
        "folder": guess.folder,
        "complete": guess.is_complete,
        "tables": [
            {
                "table": made.name,
                "file": made.file,
                "sheet": made.sheet,
                "mapping": made.parts,
                "choices": [
                    {
                        "what": each.what,
                        "chosen": each.chosen,
                        "sureness": each.sureness.value,
                        "reason": each.reason,
                    }
                    for each in made.choices
                ],
                "not_found": list(made.not_found),
            }
            for made in guess.tables
        ],
        "gaps": [_gap_data(gap) for gap in guess.gaps],
        "unused": [{"file": file, "reason": reason} for file, reason in guess.unused],
    }


def _gap_data(gap: Gap) -> dict[str, Any]:
    return {
        "table": gap.table,
        "what": gap.what,
        "is": "ambiguous" if gap.is_ambiguous else "missing",
        "found": gap.found,
        "write": list(gap.write),
        "readings": list(gap.readings),
    }
