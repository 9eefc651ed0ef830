"""A reading as one side of a match: records in the engine's columns.

A side remembers in how many decimals each currency is counted; before two sides meet, both are
brought to the finer count, so that no digit is lost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import InvalidInput, Problem
from tieout.core.journal import JournalEntry, Posting
from tieout.core.matching.records import RECORD_COLUMNS
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.core.statements import LineStatus, Statement, StatementLine
from tieout.engine.result import RECORD_SCHEMA

NO_CURRENCY = "XXX"
"""ISO 4217 for "no currency": what a file without currencies gets until the other side says."""


@dataclass(frozen=True)
class SideRecords:
    """One population: its records, and how its amounts are counted."""

    table: pa.Table
    exponents: Mapping[str, int]
    """Currency code to decimals of its minor unit in this side."""
    label: str
    problems: tuple[Problem, ...] = ()
    set_aside: int = 0
    """Records that are no bookings (information lines) and so are not compared."""
    is_books: bool = False
    """Whether the records are postings, of which only some accounts are to be compared."""
    bank_accounts: frozenset[str] = frozenset()
    """The accounts that books themselves call bank, card or cash accounts."""
    notes: tuple[str, ...] = field(default=())


def side_of(source: Reading | pa.Table | object, label: str) -> SideRecords:
    """The records of a reading, an Arrow table, or a data frame with the engine's columns."""
    if isinstance(source, Reading):
        return _of_entries(source) if source.entries else _of_statements(source)
    try:
        table = source if isinstance(source, pa.Table) else pa.table(source)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            "file.unknown-format",
            f"a value of type {type(source).__name__}",
            "a path, a reading, an Arrow table or a data frame",
            label,
        ) from error
    return _of_table(table, label)


def _of_table(table: pa.Table, label: str) -> SideRecords:
    """Fill in what a caller's table leaves out; refuse it when the needed columns are missing."""
    needed = ("record_id", "amount_minor", "booked_on")
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        raise InvalidInput(
            "table.column-missing",
            f"columns {', '.join(table.column_names)}",
            f"at least {', '.join(needed)}",
            label,
        )
    columns = {}
    for name, kind in RECORD_COLUMNS.items():
        type_ = RECORD_SCHEMA.field(name).type
        if name in table.column_names:
            column = _cast(table[name], name, label)
            columns[name] = column if kind == "date" else pc.fill_null(column, _empty(kind))
        else:
            value = None if kind == "date" else _empty(kind)
            columns[name] = pa.array([value], type_).take(pa.array([0] * len(table)))
    if "currency" not in table.column_names:
        columns["currency"] = pa.array([NO_CURRENCY] * len(table))
    made = pa.table(columns, schema=RECORD_SCHEMA)
    codes = made["currency"].unique().to_pylist()
    return SideRecords(made, {code: Currency.of(code).exponent for code in codes}, label)


def _cast(column: pa.ChunkedArray, name: str, label: str) -> pa.ChunkedArray:
    """A caller's column in the engine's type."""
    type_ = RECORD_SCHEMA.field(name).type
    try:
        return column.cast(type_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        codes = {"amount_minor": "record.amount-invalid", "booked_on": "record.date-invalid"}
        raise InvalidInput(
            codes.get(name, "record.field-invalid"),
            f"column {name} of type {column.type}: {str(error).splitlines()[0]}",
            f"values of type {type_}",
            label,
        ) from error


def _empty(kind: str) -> object:
    return {"string": "", "int64": 0, "bool": False}[kind]


def _of_statements(reading: Reading) -> SideRecords:
    columnar = [getattr(each.lines, "table", None) for each in reading.statements]
    set_aside = 0
    if any(table is not None for table in columnar):
        table, exponents = _from_columns(reading.statements)
    else:
        lines = [(each, line) for each in reading.statements for line in each.lines]
        booked = [pair for pair in lines if pair[1].status is not LineStatus.INFORMATION]
        set_aside = len(lines) - len(booked)
        exponents = _finest(line.currency for _, line in booked)
        rows = (_line_row(statement, line, exponents) for statement, line in booked)
        table = _table(rows)
    return SideRecords(_with_ids(table), exponents, reading.file, reading.all_problems(), set_aside)


def _line_row(
    statement: Statement, line: StatementLine, exponents: Mapping[str, int]
) -> dict[str, object]:
    return {
        "record_id": line.bank_id,
        "account": statement.account,
        "currency": line.currency.code,
        "amount_minor": _scaled(line.signed_minor, line.currency, exponents),
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "external_id": line.bank_id,
        "reference": " ".join(line.references),
        "counterparty": line.counterparty,
        "narrative": line.narrative,
        "kind": line.kind,
        "is_pending": line.status is LineStatus.PENDING,
    }


def _from_columns(statements: Sequence[Statement]) -> tuple[pa.Table, dict[str, int]]:
    """Columns straight from a large table's reading: no value per row is made."""
    tables = []
    exponents: dict[str, int] = {}
    for statement in statements:
        lines: Any = statement.lines
        columns = lines.table
        exponents.update(getattr(lines, "exponents", {}))
        renamed = {
            name: columns["bank_id" if name in {"record_id", "external_id"} else name]
            for name in RECORD_COLUMNS
        }
        tables.append(pa.table(renamed).cast(RECORD_SCHEMA))
    table = pa.concat_tables(tables)
    for code in table["currency"].unique().to_pylist():
        exponents.setdefault(code, Currency.of(code).exponent)
    return table, exponents


def _of_entries(reading: Reading) -> SideRecords:
    exponents = _finest(posting.currency for entry in reading.entries for posting in entry.postings)
    table = _table(_posting_rows(reading.entries, exponents))
    return SideRecords(
        _with_ids(table),
        exponents,
        reading.file,
        reading.all_problems(),
        is_books=True,
        bank_accounts=frozenset(each.code for each in reading.accounts if each.is_bank),
    )


def _posting_rows(
    entries: Iterable[JournalEntry], exponents: Mapping[str, int]
) -> Iterator[dict[str, object]]:
    for entry in entries:
        repeats = Counter(posting.account for posting in entry.postings)
        seen: Counter[str] = Counter()
        for posting in entry.postings:
            seen[posting.account] += 1
            suffix = f"/{seen[posting.account]}" if repeats[posting.account] > 1 else ""
            yield _posting_row(entry, posting, f"{entry.entry_id}{suffix}", exponents)


def _posting_row(
    entry: JournalEntry, posting: Posting, record_id: str, exponents: Mapping[str, int]
) -> dict[str, object]:
    narrative = " ".join(part for part in (entry.narrative, posting.narrative) if part)
    references = [*entry.references, posting.reference]
    return {
        "record_id": record_id,
        "account": posting.account,
        "currency": posting.currency.code,
        "amount_minor": _scaled(posting.signed_minor, posting.currency, exponents),
        "booked_on": posting.posted_on or entry.booked_on,
        "value_on": None,
        "external_id": "",
        "reference": " ".join(each for each in references if each),
        "counterparty": entry.counterparty,
        "narrative": narrative,
        "kind": "",
        "is_pending": False,
    }


def _table(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=RECORD_SCHEMA)


def _finest(currencies: Iterable[Currency]) -> dict[str, int]:
    finest: dict[str, int] = {}
    for currency in currencies:
        finest[currency.code] = max(finest.get(currency.code, 0), currency.exponent)
    return finest


def _scaled(minor: int, currency: Currency, exponents: Mapping[str, int]) -> int:
    return int(minor * 10 ** (exponents[currency.code] - currency.exponent))


def _with_ids(table: pa.Table) -> pa.Table:
    """Give every record an id of its own: the file's id where it is unique, else `#` and its place.

    Postings keep `entry` or `entry/2`; the place counts from 1 through the whole file.
    """
    ids = table["record_id"]
    unique = pc.count_distinct(ids).as_py() == len(ids)
    if not unique or pc.any(pc.equal(ids, "")).as_py():
        counts = ids.value_counts()
        once = pc.filter(counts.field("values"), pc.equal(counts.field("counts"), 1))
        good = pc.and_(pc.is_in(ids, value_set=once), pc.not_equal(ids, ""))
        good = pc.and_(good, pc.invert(pc.starts_with(ids, "#")))
        places = pc.cast(pa.array(range(1, len(ids) + 1)), pa.string())
        ids = pc.if_else(good, ids, pc.binary_join_element_wise("#", places, ""))
    return table.set_column(0, RECORD_SCHEMA.field(0), ids)


def only_accounts(side: SideRecords, accounts: Sequence[str]) -> SideRecords:
    """The side's records on those accounts (a name, or the beginning of one up to a `:`)."""
    if not accounts:
        return side
    known = side.table["account"].unique().to_pylist()
    chosen = [
        name for name in known if any(name == a or name.startswith(f"{a}:") for a in accounts)
    ]
    if not chosen:
        raise InvalidInput(
            "match.no-account",
            f"no account named {', '.join(accounts)}",
            f"one of {', '.join(sorted(known)[:20])}",
            side.label,
        )
    kept = side.table.filter(pc.is_in(side.table["account"], value_set=pa.array(chosen)))
    return replace(side, table=_with_ids(kept))


def same_count(left: SideRecords, right: SideRecords) -> tuple[SideRecords, SideRecords]:
    """Both sides with every currency counted in the finer of their two exponents."""
    finest = dict(left.exponents)
    for code, exponent in right.exponents.items():
        finest[code] = max(finest.get(code, 0), exponent)
    return _counted(left, finest), _counted(right, finest)


def _counted(side: SideRecords, finest: Mapping[str, int]) -> SideRecords:
    table = side.table
    for code, exponent in side.exponents.items():
        factor = 10 ** (finest[code] - exponent)
        if factor > 1:
            amounts = pc.if_else(
                pc.equal(table["currency"], code),
                pc.multiply_checked(table["amount_minor"], factor),
                table["amount_minor"],
            )
            table = table.set_column(3, RECORD_SCHEMA.field(3), amounts)
    return replace(side, table=table, exponents=dict(finest))
