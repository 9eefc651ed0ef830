"""What was imported, held against its source again: lines against bytes, entries against hashes.

`verify_stored` proves that what is kept holds together. A text or a day that somebody changed round
the rules holds together as well, so files are read once more and every line is compared with what
the file says; every entry is hashed once more and compared with the hash of what was read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, zip_longest

import tieout
from tieout.core.errors import TieoutError
from tieout.core.journal import JournalEntry, Posting, digests
from tieout.core.money import Currency
from tieout.core.statements import Direction, Statement, by_currency, counted_in
from tieout.formats.registry import read_source
from tieout.store.banking.lines import SAID, said_of
from tieout.store.banking.models import BankLine, BankStatement, FileReading
from tieout.store.ledger.models import JournalEntry as EntryRow
from tieout.store.ledger.models import Posting as PostingRow
from tieout.workflows.import_statement import source_of
from tieout.workflows.progress import report

BLOCK = 2000
REPLACED = "\ufffd"
"""Stands for what PostgreSQL cannot keep: the hash is of the text as it was read."""


def reread_faults() -> Iterator[str]:
    """Within a tenant: each line and entry that is not what its source said."""
    for reading in FileReading.objects.filter(books="").select_related("file").order_by("id"):
        report(f"reading {reading.file.name} again")
        yield from _of_file(reading)
    report("hashing entries again")
    yield from _of_entries()


def _of_file(reading: FileReading) -> Iterator[str]:
    name = f"received_file:{reading.file_id} ({reading.file.name})"
    kept = BankStatement.objects.filter(reading=reading).select_related("account").order_by("id")
    given: tuple[Mapping[str, str] | None, ...] = (None, dict(reading.mapping))
    found: list[str] = []
    for mapping in given if reading.mapping else given[:1]:
        try:
            with source_of(reading.file) as source:
                read = read_source(source, reading.format, mapping).statements
        except TieoutError as error:
            found = [f"{name} cannot be read again: {error}"]
            continue
        statements = [one for each in read if each.currency for one in by_currency(each)]
        found = list(_compared(name, list(kept), statements))
        if not found:
            return
    by = "" if reading.program == f"tieout {tieout.__version__}" else f", read by {reading.program}"
    yield from (f"{each}{by}" for each in found)


def _compared(name: str, kept: Sequence[BankStatement], read: Sequence[Statement]) -> Iterator[str]:
    if len(kept) != len(read):
        yield f"{name}: {len(kept)} statements are kept, the file has {len(read)}"
        return
    for each, statement in zip(kept, read, strict=True):
        said = counted_in(
            replace(statement, account=each.account.number), each.account.counted_in()
        )
        rows = BankLine.objects.filter(statement=each).order_by("position")
        stored = rows.values_list("id", *SAID).iterator(chunk_size=BLOCK)
        for at, (row, line) in enumerate(zip_longest(stored, said.lines), 1):
            if row is None or line is None:
                yield f"{name}: line {at} is only in the {'file' if row is None else 'store'}"
            elif tuple(row[1:]) != said_of(line):
                differing = [
                    f"{column} {now!r}, the file says {then!r}"
                    for column, now, then in zip(SAID, row[1:], said_of(line), strict=True)
                    if now != then
                ]
                yield f"bank_line:{row[0]} of {name}: {'; '.join(differing)}"


def _of_entries() -> Iterator[str]:
    rows = EntryRow.objects.exclude(digest=b"").order_by("id").iterator(chunk_size=BLOCK)
    for _, block in groupby(enumerate(rows), key=lambda each: each[0] // BLOCK):
        entries = [each for _, each in block]
        postings: dict[int, list[Posting]] = {each.pk: [] for each in entries}
        found = PostingRow.objects.filter(entry__in=list(postings)).select_related("account")
        for row in found.order_by("entry_id", "position"):
            postings[row.entry_id].append(_posting(row))
        for each in entries:
            entry = JournalEntry(
                each.entry_id,
                each.booked_on,
                tuple(postings[each.pk]),
                each.counterparty,
                each.narrative,
                tuple(each.references),
            )
            if bytes(each.digest) not in digests(entry) and REPLACED not in repr(entry):
                yield (
                    f"journal_entry:{each.pk} ({each.source} {each.entry_id}): it says something "
                    "else than what was read"
                )


def _posting(row: PostingRow) -> Posting:
    return Posting(
        row.account.code,
        row.amount_minor,
        Direction(row.direction),
        row.counted_in(),
        row.weight_minor,
        Currency(row.weight_currency, row.weight_exponent),
        posted_on=row.posted_on,
        narrative=row.narrative,
        reference=row.reference,
    )
