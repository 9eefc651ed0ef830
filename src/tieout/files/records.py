"""A reading as one side of a match: records in the engine's columns.

A side remembers in how many decimals each currency is counted; before two sides meet, both are
brought to the finer count, so that no digit is lost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import InvalidInput, Problem
from tieout.core.journal import JournalEntry, Posting
from tieout.core.matching.records import RECORD_COLUMNS
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.core.statements import LineStatus, Statement, StatementLine
from tieout.engine.result import RECORD_SCHEMA
from tieout.formats.common.columns import ColumnLines

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
    """Statement lines as records; lines kept as columns stay columns, no value a line is made."""
    columnar: dict[int, list[_Placed]] = {}
    rows: list[dict[str, object]] = []
    row_places: list[int] = []
    exponents = _finest(_booked_currencies(reading.statements))
    set_aside = place = 0
    for statement in reading.statements:
        lines = statement.lines
        if isinstance(lines, ColumnLines):
            kept = lines.rows[~lines.holding.is_void[lines.rows]]
            placed = _Placed(statement.account, lines, kept, place)
            columnar.setdefault(id(lines.holding), []).append(placed)
        else:
            kept = [line for line in lines if line.status is not LineStatus.INFORMATION]
            rows += (_line_row(statement, line, exponents) for line in kept)
            row_places += range(place, place + len(kept))
        place += len(kept)
        set_aside += len(lines) - len(kept)
    tables = [_table(rows)] if rows else []
    places = [np.array(row_places, np.int64)]
    for several in columnar.values():
        table, where = _from_columns(several, exponents)
        tables.append(table)
        places.append(where)
    table = pa.concat_tables(tables) if tables else _table([])
    ids_differ = len(columnar) == 1 and not rows and next(iter(columnar.values()))[0].ids_differ
    table = _with_ids(table, np.concatenate(places) + 1, ids_differ=ids_differ)
    return SideRecords(table, exponents, reading.file, reading.all_problems(), set_aside)


@dataclass(frozen=True)
class _Placed:
    """A statement kept as columns: its booked rows, and the place of the first in the file."""

    account: str
    lines: ColumnLines
    rows: np.ndarray
    place: int

    @property
    def ids_differ(self) -> bool:
        return self.lines.holding.ids_differ


def _booked_currencies(statements: Sequence[Statement]) -> Iterator[Currency]:
    for statement in statements:
        lines = statement.lines
        if isinstance(lines, ColumnLines):
            if not lines.holding.is_void[lines.rows].all():
                yield lines.currency
        else:
            yield from (
                line.currency for line in lines if line.status is not LineStatus.INFORMATION
            )


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


def _from_columns(
    statements: Sequence[_Placed], exponents: Mapping[str, int]
) -> tuple[pa.Table, np.ndarray]:
    """The booked rows of statements that share one table, in its order, and their places."""
    holding = statements[0].lines.holding
    count = holding.table.num_rows
    number = np.full(count, -1, np.int32)
    places = np.empty(count, np.int64)
    amounts = holding.amounts.copy()
    for at, each in enumerate(statements):
        number[each.rows] = at
        places[each.rows] = np.arange(each.place, each.place + len(each.rows))
        currency = each.lines.currency
        factor = 10 ** (exponents.get(currency.code, currency.exponent) - currency.exponent)
        if factor > 1:
            amounts[each.rows] = _times(amounts[each.rows], factor)
    table, kept = holding.table, number >= 0
    if not kept.all():
        table = table.filter(pa.array(kept))
        number, places, amounts = number[kept], places[kept], amounts[kept]
    columns = {
        "record_id": table["bank_id"],
        "account": _by_number(number, [each.account for each in statements]),
        "currency": _by_number(number, [each.lines.currency.code for each in statements]),
        "amount_minor": pa.array(amounts),
        "booked_on": table["booked_on"],
        "value_on": table["value_on"],
        "external_id": table["bank_id"],
        "reference": _on_one_line(table["reference"]),
        **{name: table[name] for name in ("counterparty", "narrative", "kind", "is_pending")},
    }
    return pa.table([columns[name] for name in RECORD_SCHEMA.names], schema=RECORD_SCHEMA), places


def _by_number(number: np.ndarray, texts: Sequence[str]) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(number))


def _times(amounts: np.ndarray, factor: int) -> pa.Array:
    """The amounts counted finer; refused where they do not fit any more."""
    try:
        return pc.multiply_checked(pa.array(amounts), factor).to_numpy()
    except pa.ArrowInvalid as error:
        raise InvalidInput(
            "record.amount-too-large", f"an amount counted {factor} times finer", "64 bits"
        ) from error


def _on_one_line(references: pa.ChunkedArray) -> pa.ChunkedArray:
    several = pc.any(pc.match_substring(references, "\n")).as_py()
    return pc.replace_substring(references, "\n", " ") if several else references


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


def _with_ids(
    table: pa.Table, places: np.ndarray | None = None, *, ids_differ: bool = False
) -> pa.Table:
    """Give every record an id of its own: the file's id where it is unique, else `#` and its place.

    Postings keep `entry` or `entry/2`; the place counts from 1 through the whole file, statement
    by statement.
    """
    ids = table["record_id"]
    differ = ids_differ or pc.count_distinct(ids).as_py() == len(ids)
    if not differ or pc.any(pc.equal(ids, "")).as_py():
        counts = ids.value_counts()
        once = pc.filter(counts.field("values"), pc.equal(counts.field("counts"), 1))
        good = pc.and_(pc.is_in(ids, value_set=once), pc.not_equal(ids, ""))
        good = pc.and_(good, pc.invert(pc.starts_with(ids, "#")))
        numbers = np.arange(1, len(ids) + 1) if places is None else places
        named = pc.binary_join_element_wise("#", pc.cast(pa.array(numbers), pa.string()), "")
        ids = pc.if_else(good, ids, named)
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
