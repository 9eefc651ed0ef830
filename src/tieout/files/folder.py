"""A folder of received files: read each, count overlapping downloads once, find bank and books."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.core.errors import Problem, TieoutError
from tieout.core.overlaps import repeated
from tieout.core.reading import Reading
from tieout.core.statements import Statement, StatementLine, continuity
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
    books = tuple(each for each in readings if _is_books(each))
    bank = tuple(each for each in readings if not _is_books(each) and each.statements)
    all_statements = [statement for each in bank for statement in each.statements]
    bank, repeats = _count_once(bank)
    return Folder(bank, books, tuple(refused), repeats, continuity(all_statements))


def _is_books(reading: Reading) -> bool:
    side = format_named(reading.format).side
    named = any(word in reading.file.casefold() for word in BOOKS_WORDS)
    return bool(reading.entries) or side == "books" or (side == "table" and named)


def _count_once(readings: Sequence[Reading]) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """The readings without the lines that an earlier file of the same account already gave.

    Files are taken in order of the first day they hold, so that the first download of a day is
    the one kept. A file without an account number is compared with no other.
    """
    known: dict[tuple[str, str], list[StatementLine]] = {}
    kept, repeats = [], []
    for reading in sorted(readings, key=_first_day):
        statements = []
        for statement in reading.statements:
            code = statement.currency.code if statement.currency else ""
            before = known.setdefault((statement.account, code), [])
            lines = list(statement.lines)
            again = repeated(before, lines) if statement.account and before else frozenset()
            fresh = [line for index, line in enumerate(lines) if index not in again]
            before.extend(fresh)
            if again:
                repeats.append(
                    f"{reading.file}: {len(again)} of {len(lines)} lines of account "
                    f"{statement.account} were in an earlier file and are counted once"
                )
                statement = _without(statement, fresh)  # noqa: PLW2901  the same statement, cut down
            statements.append(statement)
        kept.append(replace(reading, statements=tuple(statements)))
    return tuple(kept), tuple(repeats)


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
    """Several readings as one side."""
    if len(readings) == 1:
        return readings[0]
    return Reading(
        file=label,
        format="several",
        variant=", ".join(sorted({each.format for each in readings})),
        statements=tuple(s for each in readings for s in each.statements),
        entries=tuple(entry for each in readings for entry in each.entries),
        accounts=tuple(account for each in readings for account in each.accounts),
        problems=tuple(problem for each in readings for problem in each.problems),
        held=tuple(held for each in readings for held in each.held),
    )
