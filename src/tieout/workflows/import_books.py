"""`import_books`: a received file of books becomes journal entries, each recorded once."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from django.db.models import Count

import tieout
from tieout.core.access import Action
from tieout.core.accounts import Account
from tieout.core.errors import InvalidInput, Problem, TieoutError
from tieout.core.journal import JournalEntry, Posting, digests, named_by_content
from tieout.core.reading import Reading
from tieout.core.statements import Direction, LineStatus, Statement, StatementLine
from tieout.formats.registry import read_source
from tieout.store.banking.models import FileReading, ReadingProblem, ReceivedFile
from tieout.store.ledger.models import JournalEntry as EntryRow
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.import_statement import (
    access_file,
    keep_problems,
    note_refusal,
    source_of,
)
from tieout.workflows.record_entries import BLOCK, record, told

OWN_IDS = frozenset({"gnucash", "saft"})
"""Formats whose entries carry the books' own ids; elsewhere an id is only a place in the file."""
UNSTATED = "(not stated)"
"""The other account of a table's row: the table does not name it."""


@dataclass(frozen=True, slots=True)
class BooksImported:
    """What came in: entries = added + known + changed + held for being unbalanced."""

    reading_id: int
    books: str
    """The source under which the entries stand in the journal."""
    entry_count: int
    added_count: int
    known_count: int
    changed_count: int
    held_count: int
    """Entries that do not balance, and records that could not be read."""
    problems: tuple[Problem, ...]
    is_new: bool = True
    """Off when the file had been imported before: then nothing was done."""


def import_books(  # noqa: PLR0913  options by name
    caller: Caller,
    *,
    file_id: int,
    books: str = "",
    account: str = "",
    file_format: str = "",
    mapping: Mapping[str, str] | None = None,
    now: datetime,
) -> BooksImported:
    """Read a received file into the journal, wholly or not at all.

    `books` names which books it is an export of, where its name and content do not tell; `account`
    names the account of a table that does not.
    """
    try:
        with acting(caller, Action.IMPORT, "import_books", now) as act:
            file = access_file(file_id)
            act.alone("import")
            earlier = FileReading.objects.filter(file=file).first()
            if earlier is not None:
                return books_as_before(earlier)
            with source_of(file) as source:
                reading = read_source(source, file_format, mapping)
                return record_books(act, file, reading, books, account)
    except TieoutError as error:
        note_refusal(caller, "import_books", file_id, error, now)
        raise


def record_books(
    act: Act, file: ReceivedFile, reading: Reading, books: str, account: str
) -> BooksImported:
    """The entries of a reading, recorded; part of a verb that holds the import lock."""
    entries = list(_entries_of(reading, account))
    if not entries:
        raise InvalidInput(
            "file.no-records", f"{len(reading.statements)} statements", "entries", reading.file
        )
    source = books or _known_as(entries) or _name_of(reading)
    accounts = (*reading.accounts, *_tables_accounts(reading, account))
    recorded = record(act, source, entries, accounts)
    later = (*recorded.held, *recorded.problems, *_gone(source, entries, recorded.known))
    kept = FileReading.objects.create(
        organisation_id=act.caller.organisation_id,
        file=file,
        format=reading.format,
        variant=reading.variant,
        charset=reading.charset,
        mapping=[list(each) for each in reading.mapping],
        program=f"tieout {tieout.__version__}",
        line_count=0,
        entry_count=len(entries),
        known_count=recorded.known,
        held_count=len(reading.held) + len(recorded.held),
        books=source,
        read_at=act.at,
    )
    act.keeps(kept)
    keep_problems(kept, reading, later)
    imported = BooksImported(
        kept.pk,
        source,
        len(entries),
        recorded.added,
        recorded.known,
        recorded.changed,
        kept.held_count,
        (*reading.all_problems(), *later),
    )
    act.record(
        f"received_file:{file.pk}",
        after={
            "reading": kept.pk,
            "format": f"{reading.format} {reading.variant}".strip(),
            "books": source,
            "entries": len(entries),
            **told(recorded),
            "problems": len(imported.problems),
        },
    )
    act.follow_up("books_imported", reading_id=kept.pk, books=source)
    return imported


def _entries_of(reading: Reading, account: str) -> Iterator[JournalEntry]:
    """The entries, each with an id that a later export of the same books gives it too."""
    if not reading.entries:
        yield from named_by_content(list(_of_table(reading, account)))
    elif reading.format in OWN_IDS and all(
        not each.entry_id.startswith("record ") for each in reading.entries
    ):
        yield from reading.entries
    else:
        yield from named_by_content(reading.entries)


def _of_table(reading: Reading, account: str) -> Iterator[JournalEntry]:
    """A table's rows as entries: the account it names, and one account for all that it does not.

    Columns called debit and credit are taken in the books' own sense; other amounts are money
    into the account where they are positive, which books call a debit.
    """
    columns = {name: value.casefold() for name, value in reading.mapping}
    as_said = "credit" in columns.get("money_in", "") and "debit" in columns.get("money_out", "")
    for statement in reading.statements:
        code = statement.account or account or _stem(reading.file)
        for line in statement.lines:
            if line.status is not LineStatus.INFORMATION:
                yield _of_line(line, code, as_said=as_said)


def _of_line(line: StatementLine, code: str, *, as_said: bool) -> JournalEntry:
    way = Direction(line.direction) if as_said else Direction(line.direction).opposite
    return JournalEntry(
        "",
        line.booked_on,
        (
            Posting(code, line.amount_minor, way, line.currency),
            Posting(UNSTATED, line.amount_minor, way.opposite, line.currency),
        ),
        line.counterparty,
        line.narrative,
        tuple(each for each in (*line.references, line.bank_id) if each),
        place=line.place,
    )


def _tables_accounts(reading: Reading, account: str) -> list[Account]:
    statements: Sequence[Statement] = () if reading.entries else reading.statements
    codes = dict.fromkeys(each.account or account or _stem(reading.file) for each in statements)
    return [Account(code, is_bank=True) for code in codes] if len(codes) == 1 else []


def _known_as(entries: Sequence[JournalEntry]) -> str:
    """The books that it is an export of: at least half of what both cover is there already."""
    found: Counter[str] = Counter()
    said = sorted({one for each in entries for one in digests(each)})
    for at in range(0, len(said), BLOCK):
        rows = EntryRow.objects.filter(digest__in=said[at : at + BLOCK])
        for source, count in rows.values_list("source").annotate(count=Count("id")).order_by():
            found[source] += count
    for source, count in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        inside = EntryRow.objects.filter(source=source, booked_on__range=_span(entries)).count()
        if 2 * count >= min(len(entries), inside):
            return source
    return ""


def _span(entries: Sequence[JournalEntry]) -> tuple[date, date]:
    days = [each.booked_on for each in entries if each.booked_on]
    return min(days, default=date.max), max(days, default=date.min)


def _name_of(reading: Reading) -> str:
    """What the file is called without the numbers that change from export to export."""
    return f"{_stem(reading.file)} ({reading.format})"


def _stem(file: str) -> str:
    words = re.sub(r"[\W\d_]+", " ", PurePath(file).stem).split()
    return " ".join(words).casefold() or "books"


def _gone(source: str, entries: Sequence[JournalEntry], known: int) -> list[Problem]:
    """What was recorded of these books for days of this export that it no longer holds."""
    if not known:
        return []
    names = {each.entry_id for each in entries}
    said = {one for each in entries for one in digests(each)}
    rows = EntryRow.objects.filter(
        source=source, booked_on__range=_span(entries), reverses__isnull=True
    ).exclude(digest=b"")
    gone = [
        each
        for each in rows.only("entry_id", "digest", "booked_on", "narrative").iterator(5000)
        if each.entry_id not in names and bytes(each.digest) not in said
    ]
    if not gone:
        return []
    first = min(gone, key=lambda each: (str(each.booked_on), each.pk))
    found = f"{len(gone)} entries of {source}, such as {first.booked_on}, {first.narrative!r}"
    return [Problem("entry.gone", found, "what was recorded for these days")]


def books_as_before(reading: FileReading) -> BooksImported:
    """The answer for a file that was imported earlier: all its entries are known."""
    problems = ReadingProblem.objects.filter(reading=reading).order_by("id")
    told_problems = tuple(each.to_core() for each in problems)
    changed = sum(each.code == "entry.changed" for each in told_problems)
    return BooksImported(
        reading.pk,
        reading.books,
        reading.entry_count,
        0,
        reading.known_count,
        changed,
        reading.held_count,
        told_problems,
        is_new=False,
    )
