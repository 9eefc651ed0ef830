"""Mapping files: how the tables of another system become those of the books folder.

A TOML file with a table a file of the layout, all parts optional:

    [sales_ledger]
    file = "AR_open_items.csv"
    heading_line = 4
    delimiter = ";"
    decimal_mark = ","
    date_format = "%d/%m/%Y"
    negate = ["base_amount", "doc_amount"]
    [sales_ledger.columns]
    txn_id = "Doc No"
    base_amount = "Debit"
    [sales_ledger.less]
    base_amount = "Credit"
    [sales_ledger.negate_where.doc_amount]
    "D/C" = ["C"]
    [sales_ledger.constants]
    currency = "EUR"
    [sales_ledger.values.type]
    INV = "invoice"
    "*" = "other"
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from tieout.core.errors import InvalidInput
from tieout.core.money import Decimals, format_minor, parse_decimal
from tieout.formats.common.parsed import Exact

DATES = frozenset(
    {
        *("transaction_date", "due_date", "entry_date", "allocation_date", "void_date"),
        *("posting_date", "start", "end", "close_date", "when"),
    }
)
AMOUNTS = frozenset(
    {
        *("doc_amount", "base_amount", "tax_amount", "rate", "debit", "credit", "total"),
        *("base_from_debit", "base_from_credit", "ledger_total", "nominal_control_total"),
    }
)


@dataclass(frozen=True)
class FileMapping:
    """How one file of the layout is made from a file of another system."""

    file: str = ""
    sheet: str = ""
    """Of a workbook; it may be left out where only one is filled."""
    heading_line: int = 1
    """The line of the file, or the row of the sheet, that has the headings."""
    delimiter: str = ","
    decimal_mark: Literal[".", ","] = "."
    date_format: str = ""
    negate: frozenset[str] = frozenset()
    """Amounts whose sign is the other way round."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column of the layout to column of the file."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Column of the layout to what stands in every row of it."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column of the layout to words of the file and what they mean; `*` is any other word."""
    less: Mapping[str, str] = field(default_factory=dict)
    """Amount of the layout to the column of the file that is taken away from it."""
    negate_where: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    """Amount of the layout to a column of the file and the words there that turn its sign."""

    def cells(self, said: Mapping[str, str]) -> dict[str, str]:
        """A row of the file as a row of the layout; what cannot be turned stays as it is."""
        row = dict(said)
        for column, source in self.columns.items():
            row[column] = said.get(_key(source), "")
        row.update(self.constants)
        for column, words in self.values.items():
            cell = row.get(column, "")
            row[column] = words.get(cell.strip(), words.get("*", cell))
        for column in DATES & row.keys():
            row[column] = self._date(row[column])
        for column in AMOUNTS & row.keys():
            row[column] = self._amount(column, row[column], said)
        return row

    def known(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of the layout that such a header gives."""
        given = [
            name
            for name, source in self.columns.items()
            if all(_key(each) in header for each in (source, *self._beside(name)))
        ]
        return tuple(dict.fromkeys([*header, *given, *self.constants]))

    def _date(self, said: str) -> str:
        if not self.date_format or not said.strip():
            return said
        try:
            return datetime.strptime(said.strip(), self.date_format).date().isoformat()  # noqa: DTZ007  a day
        except ValueError:
            return said

    def _beside(self, column: str) -> tuple[str, ...]:
        """The further columns of the file that an amount is made from."""
        less = (self.less[column],) if column in self.less else ()
        return (*less, *self.negate_where.get(column, ()))

    def _amount(self, column: str, cell: str, said: Mapping[str, str]) -> str:
        found = self._decimals(cell)
        if column in self.less:
            found = self._difference(cell, said.get(_key(self.less[column]), ""))
        if found is None:
            return cell
        turns = column in self.negate
        for source, words in self.negate_where.get(column, {}).items():
            turns ^= said.get(_key(source), "").strip() in words
        return format_minor(-found.digits if turns else found.digits, found.exponent)

    def _decimals(self, cell: str) -> Decimals | None:
        """An amount; a number cell of a workbook has a point whatever its texts have."""
        return parse_decimal(cell, "." if isinstance(cell, Exact) else self.decimal_mark)

    def _difference(self, cell: str, taken: str) -> Decimals | None:
        """The first less the second, a blank one being zero; None where one is no amount."""
        one, other = (
            self._decimals(each) if each.strip() else Decimals(0, 0) for each in (cell, taken)
        )
        if one is None or other is None or not (cell.strip() or taken.strip()):
            return None
        exponent = max(one.exponent, other.exponent)
        digits = one.digits * 10 ** (exponent - one.exponent)
        return Decimals(digits - other.digits * 10 ** (exponent - other.exponent), exponent)


def _key(source: str) -> str:
    """A heading as rows have it."""
    return source.strip().casefold()


PLAIN = FileMapping()
"""The layout as it is."""
_PARTS = {
    *("file", "sheet", "heading_line", "delimiter", "decimal_mark", "date_format", "negate"),
    *("columns", "constants", "values", "less", "negate_where"),
}


def read_mapping(path: Path, known: frozenset[str]) -> dict[str, FileMapping]:
    """The mappings of a file by name of the file in the layout, without `.csv`.

    Raises:
        InvalidInput: `match.mapping-invalid` where it is not understood.
    """
    import tomllib  # noqa: PLC0415  start-up time counts

    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return {name: _mapping(name, part, known) for name, part in said.items()}
    except OSError as error:
        raise InvalidInput("file.not-readable", f"{path}: {error.strerror}", "a file") from error
    except (ValueError, TypeError) as error:
        raise InvalidInput("match.mapping-invalid", str(error), "", path.name) from error


def _mapping(name: str, part: object, known: frozenset[str]) -> FileMapping:
    if name not in known:
        raise ValueError(f"[{name}] is none of {', '.join(sorted(known))}")
    if not isinstance(part, dict) or set(part) - _PARTS:
        unknown = sorted(set(part) - _PARTS) if isinstance(part, dict) else part
        raise ValueError(f"[{name}] has {unknown}, expected some of {', '.join(sorted(_PARTS))}")
    if part.get("decimal_mark", ".") not in {".", ","} or len(part.get("delimiter", ",")) != 1:
        raise ValueError(f"[{name}] has a decimal_mark or delimiter that is none")
    line = part.get("heading_line", 1)
    if type(line) is not int or line < 1:
        raise ValueError(f"[{name}] has heading_line = {line!r}, expected a line from 1")
    return FileMapping(**{**part, "negate": frozenset(part.get("negate", ()))})
