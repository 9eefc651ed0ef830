"""`import_file`: a received file is looked at, and imported as what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tieout.core.access import Action
from tieout.core.errors import Conflict, Problem, TieoutError
from tieout.core.reading import Reading
from tieout.files.folder import is_books
from tieout.formats.registry import read_source
from tieout.store.banking.models import BankStatement, FileReading, ReceivedFile
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.import_books import BooksImported, books_as_before, record_books
from tieout.workflows.import_changes import changes_since, newest_rows
from tieout.workflows.import_statement import (
    Imported,
    access_file,
    note_refusal,
    record_statements,
    source_of,
    statements_as_before,
)
from tieout.workflows.import_words import counted, tie_in_words
from tieout.workflows.progress import report

Kind = Literal["statements", "books"]
BETWEEN = ("statement.gap", "statement.overlap")


@dataclass(frozen=True, slots=True)
class FileImported:
    """What a file was, and what came of it; `sentences` says it to a person."""

    file_id: int
    reading_id: int
    kind: Kind
    format: str
    """With its variant: `ofx OFX 1.0.2 (SGML)`."""
    statement_count: int
    line_count: int
    entry_count: int
    repeated_count: int
    """Lines and entries that had come in before."""
    held_count: int
    account_ids: tuple[int, ...]
    books: str
    problems: tuple[Problem, ...]
    ties: tuple[str, ...]
    """A sentence for every statement: whether opening and lines lead to closing."""
    gaps: tuple[str, ...]
    """A sentence for every gap and overlap that it opens."""
    is_new: bool
    kept_count: int
    """Lines and entries that are in the store now: all but those held back or found changed."""

    @property
    def known_entries(self) -> int:
        """Entries that this import found recorded already; none where it did nothing."""
        return self.repeated_count if self.kind == "books" and self.is_new else 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it in plain words."""
        what = (
            counted(self.entry_count, "entry", "entries") + f" of the books {self.books}"
            if self.kind == "books"
            else counted(self.line_count, "line", "lines")
            + f" in {counted(self.statement_count, 'statement', 'statements')}"
        )
        again = "" if self.is_new else ", imported earlier: nothing was changed"
        first = (
            f"Read as {self.format}: {what}, {self.repeated_count:,} of them known before, "
            f"{self.held_count:,} held{again}."
        )
        return first, *self.ties, *self.gaps


def import_file(  # noqa: PLR0913  options by name
    caller: Caller,
    *,
    file_id: int,
    kind: Kind | None = None,
    account: str = "",
    books: str = "",
    file_format: str = "",
    mapping: Mapping[str, str] | None = None,
    as_tried: str = "",
    now: datetime,
) -> FileImported:
    """Read a received file and record what it holds: statements of a bank, or books.

    A table is a bank's statement unless its name says that it is of the books; `kind` decides
    where the file does not. The event is the one of `import_statement` or `import_books`.
    `as_tried`: the proof of a trial (`try_import`); the import then does exactly that.

    Raises:
        Conflict: `import.not-as-tried` where it would do something else than the trial listed;
            nothing is recorded.
    """
    asked = Asked(file_id, kind, account, books, file_format, mapping)
    try:
        with acting(caller, Action.IMPORT, "import_file", now) as act:
            act.alone("import")
            newest = newest_rows() if as_tried else {}
            done = imported_within(act, asked)
            if as_tried:
                changes = changes_since(newest, done.known_entries)
                if changes.proof != as_tried:
                    raise Conflict("import.not-as-tried", str(changes), "what the trial listed")
            return done
    except TieoutError as error:
        note_refusal(caller, "import_file", file_id, error, now)
        raise


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be imported, and what the file does not say itself."""

    file_id: int
    kind: Kind | None = None
    account: str = ""
    books: str = ""
    file_format: str = ""
    mapping: Mapping[str, str] | None = None


def imported_within(act: Act, asked: Asked) -> FileImported:
    """The file, imported; part of a verb that holds the import lock."""
    file = access_file(asked.file_id)
    earlier = FileReading.objects.filter(file=file).first()
    if earlier is not None:
        return _as_before(file, earlier)
    with source_of(file) as source:
        report("reading the file")
        reading = read_source(source, asked.file_format, asked.mapping)
        what = asked.kind or kind_of(reading)
        if what == "books":
            entries = record_books(
                replace(act, verb="import_books"), file, reading, asked.books, asked.account
            )
            return _of_books(file, reading.format, reading.variant, entries)
        known = replace(act, verb="import_statement")
        read = record_statements(known, file, reading, asked.account)
        return _of_statements(file, reading.format, reading.variant, read)


def kind_of(reading: Reading) -> Kind:
    """What a reading is."""
    return "books" if is_books(reading) else "statements"


def _as_before(file: ReceivedFile, reading: FileReading) -> FileImported:
    if reading.books:
        return _of_books(file, reading.format, reading.variant, books_as_before(reading))
    return _of_statements(file, reading.format, reading.variant, statements_as_before(reading))


def _of_books(file: ReceivedFile, name: str, variant: str, done: BooksImported) -> FileImported:
    return FileImported(
        file.pk,
        done.reading_id,
        "books",
        _label(name, variant),
        0,
        0,
        done.entry_count,
        done.known_count,
        done.held_count,
        (),
        done.books,
        done.problems,
        (),
        (),
        done.is_new,
        done.added_count + done.known_count,
    )


def _of_statements(file: ReceivedFile, name: str, variant: str, done: Imported) -> FileImported:
    statements = BankStatement.objects.filter(reading_id=done.reading_id).order_by("id")
    return FileImported(
        file.pk,
        done.reading_id,
        "statements",
        _label(name, variant),
        done.statement_count,
        done.line_count,
        0,
        done.repeated_count,
        done.held_count,
        done.account_ids,
        "",
        done.problems,
        tuple(tie_in_words(each) for each in statements.select_related("account")),
        tuple(f"{each}" for each in done.problems if each.code in BETWEEN),
        done.is_new,
        done.line_count,
    )


def _label(name: str, variant: str) -> str:
    """The format with its variant, not twice the same word."""
    return variant if variant.casefold().startswith(name) else f"{name} {variant}".strip()
