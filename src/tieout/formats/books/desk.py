"""Where the files of a folder lie, and which of its ledgers can be used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tieout.core.errors import InvalidInput, Place, Problem, TieoutError
from tieout.core.explain.books import SubLedger
from tieout.formats.books.checks import Unbalanced
from tieout.formats.books.mapping import PLAIN, FileMapping
from tieout.formats.books.settings import SettingsRead
from tieout.formats.books.tables import Row, Table, load

LEDGER_FILES = {
    SubLedger.AR: "sales_ledger.csv",
    SubLedger.AP: "purchase_ledger.csv",
    SubLedger.INVENTORY: "stock_ledger.csv",
    SubLedger.FIXED_ASSETS: "fixed_assets.csv",
    SubLedger.DEPRECIATION: "depreciation.csv",
    SubLedger.BANK: "cash_book.csv",
}
ENTRY_COLUMNS = ("txn_id", "type", "transaction_date", "base_amount", "control_account")


@dataclass(frozen=True)
class Part:
    """Rows of the large files that somebody else has read, instead of all of them."""

    rows: Mapping[str, Sequence[tuple[int, dict[str, str]]]]
    """By file name: line in the file, and cells by column."""
    unbalanced: Sequence[Unbalanced] = ()
    content_hash: str | None = None
    """Of all files, where it is known or not asked for; else they are read for it."""
    digests: Mapping[str, bytes] = field(default_factory=dict)
    """SHA-256 by file name of those that somebody else has hashed."""


@dataclass(frozen=True)
class Desk:
    """Where the files lie, which rows are given already, and how the rest is understood."""

    folder: Path
    part: Part | None
    mappings: Mapping[str, FileMapping]

    def load(self, name: str, needed: Sequence[str], *, is_required: bool) -> Table:
        """A small file."""
        mapping = self.mappings.get(name.removesuffix(".csv"), PLAIN)
        return load(self.folder, name, needed, mapping, is_required=is_required)

    def large(self, name: str, needed: Sequence[str], *, is_required: bool) -> Table:
        """A ledger: all of it, or the rows that are given."""
        if self.part is None:
            return self.load(name, needed, is_required=is_required)
        is_there = (self.folder / name).exists()
        if is_required and not is_there:
            raise InvalidInput("books.file-missing", f"no {name}", "that file", str(self.folder))
        table = Table(name)
        table.rows = [Row(table, line, cells) for line, cells in self.part.rows.get(name, ())]
        if table.rows:
            table.columns = tuple(table.rows[0].cells)
        return table

    def optional(self, name: str, needed: Sequence[str]) -> Table:
        """An optional file; of a part, one as large as a ledger is only known to be there."""
        if self.part is not None and name == "allocations.csv":
            return Table(name, is_there=(self.folder / name).exists())
        return self.load(name, needed, is_required=False)


@dataclass(frozen=True)
class Unread:
    """A ledger whose file cannot be used, and why."""

    ledger: SubLedger
    problem: Problem


def expected_ledgers(settings: SettingsRead | None, accounts: Table) -> set[SubLedger]:
    """Ledgers that settings or control accounts speak of: their file ought to be there."""
    kinds = {row.text("kind") for row in accounts}
    said = set(settings.ledgers) if settings else set()
    return said | {ledger for ledger in SubLedger if f"control_{ledger.value}" in kinds}


def ledger_tables(
    desk: Desk, expected: Collection[SubLedger]
) -> tuple[dict[SubLedger, Table], tuple[Unread, ...]]:
    """The file of each ledger; one that cannot be used does not stop the others.

    Raises:
        InvalidInput: What the first says, where no ledger can be used.
    """
    tables: dict[SubLedger, Table] = {}
    unread: list[Unread] = []
    first: TieoutError | None = None
    for ledger, name in LEDGER_FILES.items():
        try:
            tables[ledger] = desk.large(name, ENTRY_COLUMNS, is_required=True)
        except TieoutError as error:
            tables[ledger] = Table(name, is_there=False)
            if error.code == "books.file-missing" and ledger not in expected:
                continue
            first = first or error
            place = Place(file=name, field=_column_of(error))
            unread.append(Unread(ledger, Problem(error.code, error.found, error.expected, place)))
    if not any(table.is_there for table in tables.values()):
        expected_file = "a ledger's file"
        folder = str(desk.folder)
        raise first or InvalidInput("books.file-missing", "no ledger", expected_file, folder)
    return tables, tuple(unread)


def _column_of(error: TieoutError) -> str | None:
    """The column that an error names."""
    is_column = error.code == "books.column-missing"
    return error.found.removeprefix("no column ").strip("'") if is_column else None
