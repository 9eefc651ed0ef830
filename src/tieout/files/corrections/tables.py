"""Posting files as tables: CSV with a row a line, and QuickBooks IIF general journals.

IIF has amounts in base currency only, and no period: on reading, the period follows from the
date and the currency from the document that the memo names.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date

from tieout.core.errors import InvalidInput
from tieout.core.explain.books import Books
from tieout.core.journal import Posting
from tieout.core.money import format_minor
from tieout.core.reading import Reading
from tieout.core.spreadsheets import FORMULA, amount, cell
from tieout.core.statements import Direction
from tieout.files.corrections.filed import (
    FAULT,
    Cells,
    Filed,
    account_of,
    by_journal,
    filed_lines,
)
from tieout.formats.common.source import Source
from tieout.formats.iif import FORMAT as IIF

COLUMNS = (
    *("journal_id", "posting_id", "date", "period", "account", "cost_centre", "department"),
    *("debit", "credit", "currency", "doc_amount", "reference", "narrative", "snapshot"),
)


def csv_text(books: Books, filed: Filed) -> str:
    """A row a line, under `COLUMNS`; no text in it is a formula."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    base = books.exponents.get(books.base_currency, 2)
    for line in filed.lines:
        is_debit = line.direction is Direction.DEBIT
        said = amount(line.base_minor, base)
        own = amount(line.debit_doc_minor, books.exponents.get(line.currency, 2))
        row = (
            *(line.journal_id, line.posting_id, line.posted_on, line.period),
            *(line.key.code, line.key.cost_centre, line.key.department),
            *(said if is_debit else "", "" if is_debit else said, line.currency, own),
            *(line.reference, line.narrative, filed.snapshot),
        )
        writer.writerow([cell(each) for each in row])
    return table.getvalue()


def read_csv(text: str, books: Books, file: str) -> Filed:
    """What `csv_text` wrote."""
    rows = list(csv.DictReader(io.StringIO(text)))
    missing = [name for name in COLUMNS if rows and name not in rows[0]]
    if not rows or missing:
        found = f"no column {missing[0]!r}" if missing else "no rows"
        raise InvalidInput(FAULT, found, ", ".join(COLUMNS), file)
    said = [
        Cells(
            posting_id=_plain(row["posting_id"]),
            journal_id=_plain(row["journal_id"]),
            day=_day(row["date"]),
            account="/".join(
                _plain(row[name]) for name in ("account", "cost_centre", "department")
            ),
            direction="debit" if row["debit"] else "credit",
            amount=row["debit"] or row["credit"],
            narrative=_plain(row["narrative"]),
            reference=_plain(row["reference"]),
            period=row["period"],
            currency=row["currency"],
            doc_amount=row["doc_amount"],
            place=f"line {number}",
        )
        for number, row in enumerate(rows, 2)
    ]
    return Filed(rows[0]["snapshot"], filed_lines(said, books, file))


def _plain(said: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    is_guarded = said.startswith("'") and said[1:].lstrip(" ").startswith(FORMULA)
    return said[1:] if is_guarded else said


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def iif_text(books: Books, filed: Filed) -> str:
    """General journals: the first line of each is its `TRNS`, the others its `SPL`."""
    lines = [
        "!TRNS\tTRNSID\tTRNSTYPE\tDATE\tACCNT\tAMOUNT\tDOCNUM\tMEMO",
        "!SPL\tSPLID\tTRNSTYPE\tDATE\tACCNT\tAMOUNT\tDOCNUM\tMEMO",
        "!ENDTRNS",
    ]
    base = books.exponents.get(books.base_currency, 2)
    for journal_id, of_journal in by_journal(filed.lines).items():
        for number, line in enumerate(of_journal):
            cells = (
                *("SPL" if number else "TRNS", journal_id, "GENERAL JOURNAL"),
                *(f"{line.posted_on:%m/%d/%Y}", account_of(line)),
                *(format_minor(line.debit_minor, base), line.reference, line.narrative),
            )
            lines.append("\t".join(" ".join(each.split()) for each in cells))
        lines.append("ENDTRNS")
    return "\n".join(lines) + "\n"


def read_iif(source: Source, books: Books) -> Filed:
    """The general journals of an IIF file."""
    reading = IIF.read(source, {"currency": books.base_currency, "date": "mdy"})
    return Filed("", filed_lines(entry_cells(reading, "TRNSID", {}), books, source.name))


def _said(attributes: Mapping[str, str], line: Posting, name: str) -> str:
    """What a line says of itself, where the reader keeps it with the entry."""
    return attributes.get(f"{line.account} {name}", "")


def entry_cells(reading: Reading, id_name: str, accounts: dict[str, str]) -> Iterator[Cells]:
    """The lines of journal entries that one of the readers has read."""
    for entry in reading.entries:
        attributes = dict(entry.attributes)
        journal_id = attributes.get(id_name, entry.entry_id)
        for number, line in enumerate(entry.postings, 1):
            weight = line.signed_minor if line.weight_minor is None else line.weight_minor
            currency = line.weight_currency or line.currency
            yield Cells(
                posting_id=f"{journal_id}-{number}",
                journal_id=journal_id,
                day=entry.booked_on,
                account=accounts.get(line.account, line.account),
                direction="debit" if weight >= 0 else "credit",
                amount=format_minor(abs(weight), currency.exponent),
                narrative=line.narrative or _said(attributes, line, "narrative") or entry.narrative,
                currency=_said(attributes, line, "currency"),
                reference=line.reference or next(iter(entry.references), ""),
                place=f"line {line.place.line}",
            )
