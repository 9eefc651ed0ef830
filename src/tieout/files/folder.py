"""A folder of received files: read each, count overlapping downloads once, find bank and books."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tieout.core.errors import Problem, TieoutError
from tieout.core.overlaps import repeated
from tieout.core.reading import Reading
from tieout.core.statements import Statement, StatementLine, continuity, span_of
from tieout.files.reading import read
from tieout.formats.registry import format_named

FILES_MAX = 1000
BOOKS_WORDS = ("book", "ledger", "journal", "nominal", "invoice", "sales", "purchase")


@dataclass(frozen=True)
class Refused:
    """A file that could not be read at all, and why."""

    file: str
    error: TieoutError


@dataclass(frozen=True)
class Folder:
    """What a folder holds."""

    bank: tuple[Reading, ...]
    books: tuple[Reading, ...]
    refused: tuple[Refused, ...]
    repeats: tuple[str, ...]
    """One sentence for every file whose lines were partly known from an earlier file."""
    problems: tuple[Problem, ...]
    """Gaps and overlaps between files of one account."""


def read_folder(folder: Path, progress: Callable[[str, float], None] | None = None) -> Folder:
    """Read every file of a folder (not of folders below it), in order of name."""
    say = progress or (lambda _stage, _share: None)
    paths = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    readings, refused = [], []
    for number, path in enumerate(paths[:FILES_MAX]):
        say(f"reading {path.name}"[:28], number / max(len(paths), 1))
        try:
            readings.append(read(path))
        except TieoutError as error:
            refused.append(Refused(path.name, error))
    books = tuple(each for each in readings if is_books(each))
    bank = tuple(each for each in readings if not is_books(each) and each.statements)
    all_statements = [statement for each in bank for statement in each.statements]
    files = [each.file for each in bank for _ in each.statements]
    between = continuity(all_statements, files)
    if len(paths) > FILES_MAX:
        between += (
            Problem("record.extra", f"{len(paths):,} files", f"{FILES_MAX:,}: the others not read"),
        )
    bank, repeats, doubts = count_once(bank)
    return Folder(bank, books, tuple(refused), repeats, (*between, *doubts))


def is_books(reading: Reading) -> bool:
    """Whether it is of the books: by its format, its entries, or as a table by its name."""
    side = format_named(reading.format).side
    named = any(word in reading.file.casefold() for word in BOOKS_WORDS)
    return bool(reading.entries) or side == "books" or (side == "table" and named)


def count_once(
    readings: Sequence[Reading],
) -> tuple[tuple[Reading, ...], tuple[str, ...], tuple[Problem, ...]]:
    """The readings without the lines that an earlier file of the same account already gave.

    Files are taken in order of the first day they hold, so that the first download of a day is
    the one kept. Lines whose day and amount agree though their texts differ (two formats of one
    bank) are counted once only on days that both files cover, and a doubt says so. A file
    without an account number is compared with no other.
    """
    known: dict[tuple[str, str], list[_Known]] = {}
    kept, repeats, doubts = [], [], []
    for reading in sorted(readings, key=_first_day):
        statements = []
        for statement in reading.statements:
            code = statement.currency.code if statement.currency else ""
            if not statement.account:
                statements.append(statement)
                continue
            before = known.setdefault((statement.account, code), [])
            lines = list(statement.lines)
            again = repeated([line for each in before for line in each.lines], lines)
            reworded = _reworded(before, statement, again)
            fresh = [
                line for index, line in enumerate(lines) if index not in again | reworded.keys()
            ]
            before.append(_Known(reading.file, fresh, span_of(statement)))
            label = f"account {statement.account}"
            if again:
                repeats.append(
                    f"{reading.file}: {len(again)} of {len(lines)} lines of {label} "
                    "were in an earlier file and are counted once"
                )
            if reworded:
                names = ", ".join(sorted(set(reworded.values())))
                doubts.append(
                    Problem(
                        "statement.reworded",
                        f"{reading.file}: {len(reworded)} of {len(lines)} lines of {label} have "
                        f"day and amount of lines of {names}, in other words",
                    )
                )
            cut = again or reworded
            statements.append(_without(statement, fresh) if cut else statement)
        kept.append(replace(reading, statements=tuple(statements)))
    return tuple(kept), tuple(repeats), tuple(doubts)


@dataclass(frozen=True)
class _Known:
    """The lines that a file was the first to give, and the days it covers."""

    file: str
    lines: list[StatementLine]
    span: tuple[date, date]


def _reworded(
    before: Sequence[_Known], statement: Statement, again: frozenset[int]
) -> dict[int, str]:
    """Index of each line that an earlier file of the same days holds in other words, and its file.

    Only when the whole of the days that both cover agrees by day and amount: else the two files
    hold different lines, and every line counts.
    """
    first, last = span_of(statement)
    rest = [(at, line) for at, line in enumerate(statement.lines) if at not in again]
    found: dict[int, str] = {}
    for known in before:
        lower, upper = max(first, known.span[0]), min(last, known.span[1])
        mine = [
            (at, line)
            for at, line in rest
            if at not in found and line.booked_on and lower <= line.booked_on <= upper
        ]
        theirs = Counter(
            (line.booked_on, line.signed_minor)
            for line in known.lines
            if line.booked_on and lower <= line.booked_on <= upper
        )
        ours = Counter((line.booked_on, line.signed_minor) for _, line in mine)
        if mine and not again and ours == theirs:
            found.update({at: known.file for at, _ in mine})
    return found


def _without(statement: Statement, fresh: list[StatementLine]) -> Statement:
    return replace(statement, lines=tuple(fresh), opening=None, begins_on=None)


def _first_day(reading: Reading) -> tuple[str, str]:
    days = [
        str(line.booked_on)
        for statement in reading.statements
        for line in statement.lines
        if line.booked_on
    ]
    return (min(days, default=""), reading.file)


def combined(readings: Sequence[Reading], label: str) -> Reading:
    """Several readings as one side; an account without a name is called by its file."""
    if len(readings) == 1:
        return readings[0]
    return Reading(
        file=label,
        format="several",
        variant=", ".join(sorted({each.format for each in readings})),
        statements=tuple(
            s if s.account else replace(s, account=each.file)
            for each in readings
            for s in each.statements
        ),
        entries=tuple(entry for each in readings for entry in each.entries),
        accounts=tuple(account for each in readings for account in each.accounts),
        problems=tuple(problem for each in readings for problem in each.problems),
        held=tuple(held for each in readings for held in each.held),
    )
