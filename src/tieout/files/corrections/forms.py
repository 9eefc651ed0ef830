"""Which form a posting file has, by the end of its name; and the JSON of the journal API."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tieout.core.errors import InvalidInput
from tieout.core.explain.books import Books, NominalPosting, SubLedger
from tieout.core.explain.corrections import Into
from tieout.core.money import format_minor
from tieout.files.corrections.beancount_form import beancount_text, read_beancount
from tieout.files.corrections.filed import (
    FAULT,
    Cells,
    Filed,
    account_of,
    by_journal,
    filed_lines,
)
from tieout.files.corrections.tables import csv_text, iif_text, read_csv, read_iif
from tieout.files.writing import write_whole, writing
from tieout.formats.common.source import Source

FORMS = (".csv", ".iif", ".beancount", ".json")
KIND = "tieout corrections 1"


def write_posting_file(path: Path, books: Books, filed: Filed) -> Path:
    """Write what was accepted, in the form that the name asks for.

    Raises:
        InvalidInput: `command.invalid` where the name ends in none of `FORMS`.
    """
    form = path.suffix.lower()
    if form not in FORMS:
        raise InvalidInput("command.invalid", f"the file {path.name}", f"one of {', '.join(FORMS)}")
    makers = {
        ".csv": csv_text,
        ".iif": iif_text,
        ".beancount": beancount_text,
        ".json": json_text,
    }
    with writing():
        return write_whole(path, makers[form](books, filed))


def read_posting_file(path: Path, books: Books) -> Filed:
    """What was written, as postings of those books.

    Raises:
        InvalidInput: `explain.posting-file-invalid` where it is not such a file.
    """
    if path.suffix.lower() not in FORMS:
        raise InvalidInput("command.invalid", f"the file {path.name}", f"one of {', '.join(FORMS)}")
    try:
        filed = _read(path, books)
        _check(filed, books)
    except (UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InvalidInput(FAULT, found, "a file that --corrections wrote", path.name) from error
    if not filed.lines and not filed.actions:
        raise InvalidInput(FAULT, "no correction", "a file that --corrections wrote", path.name)
    return filed


def _read(path: Path, books: Books) -> Filed:
    source, form = Source.of(path), path.suffix.lower()
    if form == ".iif":
        return read_iif(source, books)
    if form == ".beancount":
        return read_beancount(source, books)
    text = source.data().decode("utf-8-sig")
    return (read_csv if form == ".csv" else read_json)(text, books, path.name)


def _check(filed: Filed, books: Books) -> None:
    """ValueError or AttributeError where a word of the file is none of ours."""
    for name, row in filed.expected.items():
        SubLedger(name)
        for period, said in row.items():
            int(period)
            books.minor(said)
    if filed.into:
        Into(filed.into)


def json_text(books: Books, filed: Filed) -> str:
    """Everything accepted: journals for the API, actions that are none, what is expected."""
    base = books.base_currency
    said = {
        "kind": KIND,
        "snapshot": filed.snapshot,
        "base_currency": base,
        "entries": [
            _entry(books, journal_id, lines)
            for journal_id, lines in by_journal(filed.lines).items()
        ],
        "own_amounts": {
            line.posting_id: {
                "period": line.period,
                "currency": line.currency,
                "amount": format_minor(line.debit_doc_minor, books.exponents.get(line.currency, 2)),
            }
            for line in filed.lines
        },
        "what_ifs": list(filed.what_ifs),
        "accepted": list(filed.accepted),
        "into": filed.into,
        "actions": list(filed.actions),
        "expected": filed.expected,
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _entry(books: Books, journal_id: str, lines: Sequence[NominalPosting]) -> dict[str, Any]:
    """A journal as `POST /api/v1/entries` takes it."""
    exponent = books.exponents.get(books.base_currency, 2)
    return {
        "id": journal_id,
        "booked_on": lines[0].posted_on.isoformat(),
        "narrative": lines[0].narrative,
        "references": [lines[0].reference],
        "postings": [
            {
                "account": account_of(line),
                "amount": {
                    "amount": format_minor(line.base_minor, exponent),
                    "currency": books.base_currency,
                },
                "direction": line.direction.value,
                "narrative": line.narrative,
                "reference": line.reference,
            }
            for line in lines
        ],
    }


def read_json(text: str, books: Books, file: str) -> Filed:
    """What `json_text` wrote."""
    said = json.loads(text)
    if said.get("kind") != KIND:
        raise InvalidInput(FAULT, f"the kind {said.get('kind')!r}", repr(KIND), file)
    own: Mapping[str, Mapping[str, Any]] = said["own_amounts"]
    cells: list[Cells] = []
    for entry in said["entries"]:
        for number, line in enumerate(entry["postings"], 1):
            name = f"{entry['id']}-{number}"
            more = own.get(name, {})
            cells.append(
                Cells(
                    posting_id=name,
                    journal_id=entry["id"],
                    day=date.fromisoformat(entry["booked_on"]),
                    account=line["account"],
                    direction=line["direction"],
                    amount=line["amount"]["amount"],
                    narrative=line["narrative"],
                    reference=line["reference"],
                    period=str(more.get("period", "")),
                    currency=str(more.get("currency", "")),
                    doc_amount=str(more.get("amount", "")),
                    place=f"entry {entry['id']}",
                )
            )
    lines = filed_lines(cells, books, file)
    actions, tried = tuple(said["actions"]), tuple(said["what_ifs"])
    return Filed(
        *(said["snapshot"], lines, said["expected"], actions, tried),
        tuple(said["accepted"]),
        said["into"],
    )
