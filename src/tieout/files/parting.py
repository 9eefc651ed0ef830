"""Large books in two halves: the engine adds up all of them, the core explains what may differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.explaining import Balances
from tieout.core.explain.groups import Steps, add
from tieout.core.money import ISO_4217_EXPONENTS
from tieout.core.periods import Calendar
from tieout.core.statements import Direction
from tieout.engine.explain import Frame, Move, Triage
from tieout.files.kept_work import found_with
from tieout.files.opened_keep import OpenedKeep
from tieout.formats.books import (
    LEDGER_FILES,
    BooksReading,
    Part,
    Picked,
    Unbalanced,
    read_books,
    rows_at,
)


@dataclass(frozen=True)
class Taken:
    """The part of the books that may differ, and the balances of all of them."""

    reading: BooksReading
    balances: Mapping[SubLedger, Balances]
    said: str = ""
    """How much of the books was read, where work is kept."""


def take_part(folder: Path, keep: OpenedKeep | None = None) -> Taken | None:
    """What the engine leaves over of a folder; None where only the plain reader can read it.

    `keep` is what was kept of it.
    """
    if not folder.is_dir():
        return None
    small = read_books(folder, Part({}, content_hash=""))
    if small.books.base_currency not in ISO_4217_EXPONENTS or small.problems:
        return None
    if not small.books.calendar.periods or (folder / "control_totals.csv").exists():
        return None
    frame = frame_of(folder, small.books)
    kept = found_with(keep, frame) if keep else None
    found = kept.triage if kept else (None if keep else _found_by_engine(folder, frame))
    if found is None:
        return None
    reading = kept.reading if kept else None
    if reading is None:
        rows = _rows(folder, found)
        if rows is None:
            return None
        unbalanced = [Unbalanced(*each) for each in found.unbalanced]
        digests = kept.digests if kept else {}
        reading = read_books(folder, Part(rows, unbalanced, digests=digests))
    balances = {
        ledger: Balances(_steps(found.subledger, ledger), _steps(found.control, ledger))
        for ledger in small.books.ledgers
    }
    return Taken(reading, balances, kept.said if kept else "")


def _found_by_engine(folder: Path, frame: Frame) -> Triage | None:
    from tieout.engine.explain.triage import triage  # noqa: PLC0415  start-up time counts

    return triage(folder, frame)


def _rows(folder: Path, found: Triage) -> dict[str, list[Picked]] | None:
    """The rows of what may differ; None where they cannot be picked from the files."""
    rows = {}
    for name, places in found.places.items():
        count, starts = found.rows.get(name, 0), found.starts.get(name, ())
        picked = rows_at(folder / name, places, count, starts)
        if picked is None:
            return None
        rows[name] = picked
    return rows


def frame_of(folder: Path, books: Books) -> Frame:
    """What the steps of the engine join with."""
    return Frame(
        base_currency=books.base_currency,
        exponents=ISO_4217_EXPONENTS,
        ledgers=[
            (
                name,
                ledger.value,
                ledger.module,
                1 if ledger.natural_direction is Direction.DEBIT else -1,
            )
            for ledger, name in LEDGER_FILES.items()
            if (folder / name).exists()
        ],
        days=_days(books.calendar),
        counted=[
            (ledger.value, str(key))
            for ledger, settings in books.settings.items()
            for key in sorted(settings.counted)
        ],
        accounts=sorted(map(str, books.accounts)),
    )


def _days(calendar: Calendar) -> list[tuple[date, int]]:
    """Every day from the first to the last, also those of no period of their own."""
    first, last = calendar.periods[0].begins_on, calendar.periods[-1].ends_on
    days = (first + timedelta(days=each) for each in range((last - first).days + 1))
    return [(day, calendar.number_of(day)) for day in days]


def _steps(moves: Iterable[Move], ledger: SubLedger) -> Steps:
    steps: Steps = {}
    for move in moves:
        if move.ledger == ledger.value:
            cell = AccountKey(*move.key.split("/")), move.currency
            add(steps, cell, move.period, move.amount_minor)
    return steps
