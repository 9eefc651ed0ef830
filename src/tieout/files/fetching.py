"""A connected ledger's books as a folder that `tieout.explain` reads."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from tieout.connectors.calendar import Calendar
from tieout.connectors.ledgers import LedgerConnector, Progress, Row, silent
from tieout.core.errors import InvalidInput
from tieout.files.writing import write_whole, writing
from tieout.formats.books.settings import NAME as SETTINGS

SYSTEM = "connected_system"
_ENTRY = ("txn_id", "ledger", "party", "type", "reference", "transaction_date", "entry_date")
_MONEY = ("currency", "doc_amount", "base_amount", "control_account")
_POSTING = ("nominal_id", "journal_id", "status", "account", "period", "posting_date", "source")
_EMPTY: Mapping[str, Sequence[str]] = {
    "sales_ledger.csv": (*_ENTRY, *_MONEY),
    "purchase_ledger.csv": (*_ENTRY, *_MONEY),
    "nominal.csv": (*_POSTING, "source_id", "currency", "doc_amount", "debit", "credit"),
}
"""Files that there must be: a ledger without entries is a ledger too, and may differ."""


@dataclass(frozen=True)
class Fetched:
    """What a folder was given."""

    folder: Path
    rows: Mapping[str, int]
    """By file."""
    notes: tuple[str, ...]


def fetch_books(
    connector: LedgerConnector,
    folder: str | Path,
    progress: Progress = silent,
    *,
    is_written: bool = True,
) -> Fetched:
    """Read a ledger's books into a folder that holds nothing, ready for `tieout.explain`.

    Off, `is_written` only says what the folder would be given.

    Raises:
        InvalidInput: `output.not-writable` where the folder holds something already.
    """
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InvalidInput("output.not-writable", f"{place}, which is not empty", "a new folder")
    made = connector.fetch(progress)
    told = Fetched(place, {name: len(rows) for name, rows in made.tables.items()}, made.notes)
    if not is_written:
        return told
    with writing("a folder that you may write to"):
        place.mkdir(parents=True, exist_ok=True)
        for name, rows in made.tables.items():
            columns = list(rows[0]) if rows else _EMPTY.get(name)
            if columns:
                write_whole(place / name, _csv(rows, columns))
        write_whole(place / SETTINGS, json.dumps(made.settings, indent=1) + "\n")
    return told


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def read_calendar(path: Path) -> Calendar:
    """Periods from a table with `period`, `start`, `end` and, where known, `close_date`.

    Raises:
        InvalidInput: `connector.calendar-unknown` where it is no such table, or a day is missing.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        days = [(date.fromisoformat(row["start"]), date.fromisoformat(row["end"])) for row in rows]
        closed = {
            int(row["period"]): date.fromisoformat(row["close_date"])
            for row in rows
            if row.get("close_date")
        }
        numbers = [int(row["period"]) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{path.name}: {type(error).__name__}: {error}"
        raise InvalidInput("connector.calendar-unknown", found, "period,start,end") from error
    follows = all(two[0] - one[1] == timedelta(days=1) for one, two in pairwise(days))
    if not days or numbers != list(range(1, len(days) + 1)) or not follows:
        found = f"{path.name}: periods that do not follow one another"
        raise InvalidInput("connector.calendar-unknown", found, "period 1, 2, 3 … without a gap")
    return Calendar(tuple(days), closed)


def connected_system(folder: str | Path) -> Mapping[str, Any]:
    """What the folder says of the system that it was fetched from.

    Raises:
        InvalidInput: `connector.folder-not-fetched` where it says nothing.
    """
    path = Path(folder) / SETTINGS
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))[SYSTEM]
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = f"{path.name} without {SYSTEM!r}"
        raise InvalidInput("connector.folder-not-fetched", found, "", str(folder)) from error
    return said
