"""`import_file`: a received file is looked at, and imported as what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tieout.core.access import Action
from tieout.core.errors import Problem, TieoutError
from tieout.core.money import format_minor
from tieout.core.reading import Reading
from tieout.files.folder import is_books
from tieout.formats.registry import read_source
from tieout.store.banking.models import BankStatement, FileReading, ReceivedFile
from tieout.workflows.acting import Caller, acting
from tieout.workflows.import_books import BooksImported, books_as_before, record_books
from tieout.workflows.import_statement import (
    Imported,
    access_file,
    note_refusal,
    record_statements,
    source_of,
    statements_as_before,
)
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
    def sentences(self) -> tuple[str, ...]:
        """All of it in plain words."""
        what = (
            _count(self.entry_count, "entry", "entries") + f" of the books {self.books}"
            if self.kind == "books"
            else _count(self.line_count, "line", "lines")
            + f" in {_count(self.statement_count, 'statement', 'statements')}"
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
    now: datetime,
) -> FileImported:
    """Read a received file and record what it holds: statements of a bank, or books.

    A table is a bank's statement unless its name says that it is of the books; `kind` decides
    where the file does not. The event is the one of `import_statement` or `import_books`.
    """
    try:
        with acting(caller, Action.IMPORT, "import_file", now) as act:
            file = access_file(file_id)
            act.alone("import")
            earlier = FileReading.objects.filter(file=file).first()
            if earlier is not None:
                return _as_before(file, earlier)
            with source_of(file) as source:
                report("reading the file")
                reading = read_source(source, file_format, mapping)
                what = kind or kind_of(reading)
                if what == "books":
                    done = record_books(
                        replace(act, verb="import_books"), file, reading, books, account
                    )
                    return _of_books(file, reading.format, reading.variant, done)
                known = replace(act, verb="import_statement")
                read = record_statements(known, file, reading, account)
                return _of_statements(file, reading.format, reading.variant, read)
    except TieoutError as error:
        note_refusal(caller, "import_file", file_id, error, now)
        raise


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


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def tie_in_words(statement: BankStatement) -> str:
    """Whether a statement's lines lead from opening to closing balance, with the figures."""
    account = statement.account
    label = f"Statement {statement.number}".strip() + f" of {account.number}"
    if statement.begins_on and statement.ends_on:
        label += f", {statement.begins_on} to {statement.ends_on}"
    opening, closing = statement.opening_minor, statement.closing_minor
    booked = format_minor(statement.booked_minor, account.exponent)
    lines = f"{booked} {account.currency} in " + _count(statement.line_count, "line", "lines")
    if opening is None or closing is None:
        return f"{label}: {lines}; it gives no balances to prove them by."
    reached = opening + statement.booked_minor
    sums = (
        f"{format_minor(opening, account.exponent)} + {lines} = "
        f"{format_minor(reached, account.exponent)}"
    )
    if statement.ties:
        return f"{label}: {sums}, as it says."
    apart = format_minor(closing - reached, account.exponent)
    said = format_minor(closing, account.exponent)
    return f"{label}: {sums}, but it says {said}: {apart} apart."
