"""What every report is made of: columns, sections with totals, parameters, origin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from tieout.core.errors import Corruption
from tieout.core.explain.books import Books, LedgerEntry, NominalPosting, SubLedger
from tieout.core.explain.snapshot import books_digest
from tieout.core.money import format_minor

Cell = str | int | date | None
"""What stands in a table; money is an integer of minor units."""


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a section."""

    name: str
    """Stable, for programs."""
    title: str
    """For people."""
    kind: ColumnKind = ColumnKind.TEXT
    is_summed: bool = False
    currency: str = ""
    """Of money: blank is the base currency, or what `currency_in` says."""
    currency_in: str = ""
    """Of money: the column that names the currency of each row."""
    is_on_paper: bool = True
    """Whether a page of print has room for it; tables of data have it always."""

    def aside(self) -> "Column":
        """The same column, left out on paper."""
        return replace(self, is_on_paper=False)


def text(name: str, title: str) -> Column:
    """A column of words."""
    return Column(name, title)


def day(name: str, title: str) -> Column:
    """A column of dates."""
    return Column(name, title, ColumnKind.DAY)


def number(name: str, title: str) -> Column:
    """A column of whole numbers."""
    return Column(name, title, ColumnKind.NUMBER)


def money(name: str, title: str, *, is_summed: bool = True, currency: str = "") -> Column:
    """A column of amounts in one currency, added up unless said otherwise."""
    return Column(name, title, ColumnKind.MONEY, is_summed, currency)


def own_money(name: str, title: str, currency_in: str = "currency") -> Column:
    """A column of amounts each in the currency of its row; such are never added up."""
    return Column(name, title, ColumnKind.MONEY, currency_in=currency_in)


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_title: str = "Total"
    note: str = ""
    group: str = ""
    """Sections of one group are alike in their columns and may stand under one another."""

    def __post_init__(self) -> None:
        """Refuse a row that does not fit its columns."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of {self.name} has not {len(self.columns)} cells")

    def place(self, name: str) -> int:
        """Where a column stands."""
        return next(at for at, column in enumerate(self.columns) if column.name == name)

    def values(self, name: str) -> tuple[Cell, ...]:
        """The cells of a column."""
        at = self.place(name)
        return tuple(row[at] for row in self.rows)

    def total(self, name: str) -> int:
        """The sum of a column of amounts, in minor units."""
        return sum(each for each in self.values(name) if isinstance(each, int))

    @property
    def has_total(self) -> bool:
        """Whether a column of it is added up."""
        return any(column.is_summed for column in self.columns)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a report was made from, and by what."""

    snapshot: str
    """SHA-256 over the files, as an explanation, a run and a page name it; of books that came in
    no files, the digest of what they hold."""
    base_currency: str
    exponents: Mapping[str, int]
    version: str = ""
    """Of the program."""
    books: str = ""
    """The digest of what the books hold (`core.explain.snapshot`); blank of large books."""
    extracted_on: date | None = None

    @classmethod
    def of(cls, books: Books, *, version: str = "", files: str = "") -> "Origin":
        """The origin of a report on those books."""
        digest = books_digest(books)
        base, exponents = books.base_currency, books.exponents
        return cls(files or digest, base, exponents, version, digest, books.extracted_on)

    def exponent(self, currency: str = "") -> int:
        """Decimals of a currency; blank is the base currency."""
        return self.exponents.get(currency or self.base_currency, 2)

    def decimal(self, amount_minor: int, currency: str = "") -> str:
        """Minor units as a plain decimal."""
        return format_minor(amount_minor, self.exponent(currency))


@dataclass(frozen=True)
class Report:
    """A report: what was asked, the answer in one sentence, its tables, and its origin."""

    kind: str
    title: str
    sentence: str
    parameters: tuple[tuple[str, str], ...]
    """Name and value, in words."""
    sections: tuple[Section, ...]
    """The first is the one that the report is known for."""
    control_name: str
    control_total: int
    """In base minor units, added up from the books apart from the sections."""
    origin: Origin
    notes: tuple[str, ...] = field(default=())

    @property
    def row_count(self) -> int:
        """Rows of all sections."""
        return sum(len(section.rows) for section in self.sections)

    def section(self, name: str) -> Section:
        """The section of that name."""
        return next(each for each in self.sections if each.name == name)

    def about(self) -> tuple[tuple[str, str], ...]:
        """What every form of the report prints: parameters, counts, control total, origin."""
        origin = self.origin
        total = f"{origin.decimal(self.control_total)} {origin.base_currency}"
        said = [
            *self.parameters,
            ("rows", str(self.row_count)),
            (f"control total: {self.control_name}", total),
            ("snapshot", origin.snapshot),
            ("books (SHA-256)", origin.books),
            ("extracted on", str(origin.extracted_on or "")),
            ("made by", f"tieout {origin.version}" if origin.version else ""),
        ]
        return tuple((name, value) for name, value in said if value)


def prove(found: int, expected: int, what: str, place: str) -> None:
    """Refuse a total that is not what the books say.

    Raises:
        Corruption: `explain.identity-broken`.
    """
    if found != expected:
        raise Corruption(
            "explain.identity-broken",
            f"{what} of {found} minor units",
            f"{expected} from the books themselves",
            place,
        )


def own_entries(books: Books, ledger: SubLedger) -> tuple[LedgerEntry, ...]:
    """The entries of a ledger by date, then id: the order in which reports list them."""
    found = (entry for entry in books.entries if entry.ledger is ledger)
    return tuple(sorted(found, key=lambda entry: (entry.dated_on, entry.entry_id)))


def in_order(postings: Iterable[NominalPosting]) -> list[NominalPosting]:
    """Postings by moment of entry, then id."""
    return sorted(postings, key=lambda each: (each.entered_on, each.posting_id))


def party_name(books: Books, ledger: SubLedger, party: str) -> str:
    """What a party is called, where the books say it."""
    found = books.parties.get((ledger, party))
    return found.name if found else ""


def clocks(as_at: date | None, known_at: date | None) -> tuple[tuple[str, str], ...]:
    """The two clocks of a report as parameters."""
    return (
        ("as at", str(as_at) if as_at else "all dates"),
        ("as known at", str(known_at) if known_at else "everything entered"),
    )
