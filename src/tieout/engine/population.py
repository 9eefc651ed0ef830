"""The two populations, ready to compare: sorted by id, coded in integers, texts as keys.

Each record is known by its place in the order of ids, so that nothing depends on the order of
the input. Accounts and currencies of both sides get one coding; `pool` is account and currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import InvalidInput
from tieout.core.matching.records import RECORD_COLUMNS, Side
from tieout.core.matching.rules import MatchRules
from tieout.core.money import Currency
from tieout.engine.letters import mix_into, rows_with_hash_among
from tieout.engine.result import RECORD_SCHEMA
from tieout.engine.text import (
    LEFT_ABSENT,
    NO_TEXT,
    RIGHT_ABSENT,
    Flags,
    Ints,
    TextColumns,
    text_column,
    text_columns,
)
from tieout.engine.workers import beside, over

NO_DAY = -(2**40)
"""The day of a record without a date."""
ANY_ACCOUNT = -1


@dataclass(frozen=True)
class Population:
    """One side, sorted by id; `idx` of a record is its place in these arrays."""

    side: Side
    table: pa.Table
    pool: Ints
    account: Ints
    """Code of the account, `ANY_ACCOUNT` when the record names none and others do."""
    currency: Ints
    amount: Ints
    day: Ints
    external: Ints
    """Code of the external id; it differs by side where the other side has no such id."""
    pending: Flags
    text: TextColumns
    look: Ints
    """A number for each record's look: account, amount, day and texts."""

    @property
    def size(self) -> int:
        return len(self.amount)

    @cached_property
    def ids(self) -> pa.Array:
        """The record ids in one piece."""
        return _flat(self.table["record_id"])


def numbered(*columns: npt.NDArray[Any]) -> Ints:
    """One number for each combination of values, counted as they appear.

    Told apart by 64 mixed bits: of two million combinations two are alike once in ten million runs.
    """
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        mix_into(mixed, np.ascontiguousarray(column.astype(np.uint64)))
    numbers: Ints = pa.array(mixed).dictionary_encode().indices.to_numpy().astype(np.int64)
    return numbers


def _look(side: Population) -> Population:
    text = side.text
    columns = [side.pool, side.amount, side.day, side.pending, text.whole[text.said]]
    return replace(side, look=numbered(*columns, *text.main.eights.T))


@dataclass(frozen=True)
class Populations:
    """Both sides, and the names behind the codes."""

    left: Population
    right: Population
    accounts: tuple[str, ...]
    currencies: tuple[str, ...]
    units: tuple["Unit", ...]
    """What the amounts of each currency count."""
    notes: tuple[str, ...]

    @property
    def has_any_account(self) -> bool:
        """Whether some records name no account while others do."""
        return any(bool((side.account == ANY_ACCOUNT).any()) for side in (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Unit:
    """What amounts count: the minor unit of a currency, or less where a file has more decimals."""

    currency: str
    exponent: int

    @classmethod
    def of(cls, currency: str, exponents: Mapping[str, int]) -> "Unit":
        """Of the given exponents, else of ISO 4217; without a currency, two decimals."""
        if currency in exponents or not currency.strip():
            return cls(currency, exponents.get(currency, 2))
        return cls(currency, Currency.of(currency).exponent)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


_EMPTY: dict[pa.DataType, object] = {pa.string(): "", pa.bool_(): False}


def canonical(table: pa.Table, side: Side) -> pa.Table:
    """The columns of the contract, without nulls where none may be, sorted by unique id."""
    missing = [name for name in RECORD_COLUMNS if name not in table.column_names]
    if missing:
        raise InvalidInput(
            "table.column-missing", f"no column {missing[0]}", ", ".join(RECORD_COLUMNS), str(side)
        )
    columns = {name: table[name] for name in RECORD_COLUMNS}
    for field in RECORD_SCHEMA:
        column = columns[field.name].cast(field.type)
        if not field.nullable and column.null_count:
            if field.name in {"record_id", "amount_minor"}:
                raise InvalidInput("record.amount-missing", f"an empty {field.name}", "", str(side))
            column = column.fill_null(_EMPTY[field.type])
        columns[field.name] = column
    result = pa.table(columns, schema=RECORD_SCHEMA)
    ids = result["record_id"]
    if result.num_rows > 1:
        rising = pc.less(ids.slice(0, result.num_rows - 1), ids.slice(1))
        if not pc.all(rising).as_py():
            result = result.take(pc.sort_indices(ids))
            ids = result["record_id"]
            same = pc.equal(ids.slice(0, result.num_rows - 1), ids.slice(1))
            if pc.any(same).as_py():
                twice = ids.filter(pa.chunked_array([*same.chunks, pa.array([False])]))
                raise InvalidInput(
                    "table.id-repeated",
                    f"the id {twice[0].as_py()} twice",
                    "an id of its own for each row",
                    str(side),
                )
    return result


def _codes(left: pa.Array, right: pa.Array) -> tuple[Ints, Ints, tuple[str, ...]]:
    """One coding of two text columns, in the order of the text."""
    both = pa.concat_arrays([left, right]).dictionary_encode()
    names = both.dictionary
    order = pc.sort_indices(names).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes = rank[both.indices.to_numpy()] if len(both) else np.zeros(0, dtype=np.int64)
    return codes[: len(left)], codes[len(left) :], tuple(names.take(pa.array(order)).to_pylist())


def _distinct(column: pa.Array) -> set[str]:
    return set(pc.unique(column).to_pylist())


def _account_names(left: pa.Table, right: pa.Table, rules: MatchRules) -> tuple[pa.Array, pa.Array]:
    """Account names of both sides made comparable; empty where the account may be any."""
    sides = [_flat(left["account"]), _flat(right["account"])]
    names = [_distinct(column) for column in sides]
    if rules.ignore_account or {""} in names or not all(names):
        return tuple(pa.array(np.full(len(c), "", dtype=object), pa.string()) for c in sides)
    same = {right_name: left_name for left_name, right_name in rules.exact_accounts}
    real = [each - {""} for each in names]
    if len(real[0]) == len(real[1]) == 1:
        same[next(iter(real[1]))] = next(iter(real[0]))
    renamed = sides[1].dictionary_encode()
    dictionary = pa.array([same.get(n, n) for n in renamed.dictionary.to_pylist()], pa.string())
    return sides[0], dictionary.take(renamed.indices)


def _with_currency(left: pa.Table, right: pa.Table) -> tuple[pa.Table, pa.Table, tuple[str, ...]]:
    """A side that names no currency takes the other's, when that is only one."""
    tables = [left, right]
    names = [_distinct(_flat(table["currency"])) for table in tables]
    notes = []
    for one, other in ((0, 1), (1, 0)):
        if names[one] == {""} and len(names[other]) == 1 and names[other] != {""}:
            code = next(iter(names[other]))
            column = pa.array(np.full(tables[one].num_rows, code, dtype=object), pa.string())
            place = tables[one].column_names.index("currency")
            tables[one] = tables[one].set_column(place, RECORD_SCHEMA.field("currency"), column)
            notes.append(f"The {tuple(Side)[one]} side names no currency: {code} is taken.")
    return tables[0], tables[1], tuple(notes)


def _days(table: pa.Table) -> Ints:
    booked = pc.coalesce(table["booked_on"], table["value_on"]).cast(pa.int32()).cast(pa.int64())
    days: Ints = _flat(pc.fill_null(booked, NO_DAY)).to_numpy()
    return days


def _externals(left: pa.Table, right: pa.Table) -> tuple[Ints, Ints]:
    """Ids of both sides as numbers that are equal where the ids are; others equal nothing."""
    one, other = (_flat(table["external_id"]) for table in (left, right))
    theirs = rows_with_hash_among(text_column(other), text_column(one))
    some_other = other.take(pa.array(theirs))
    mine = rows_with_hash_among(text_column(one), text_column(some_other))
    maybe, some = (mine, theirs), (one.take(pa.array(mine)), some_other)
    shared = pc.unique(some[0].filter(pc.is_in(some[0], value_set=some[1])))

    def coded(number: int, absent: int) -> Ints:
        codes = np.full(len((one, other)[number]), absent)
        found = pc.index_in(some[number], value_set=shared)
        codes[maybe[number]] = pc.fill_null(found, absent).to_numpy()
        return codes

    return coded(0, LEFT_ABSENT), coded(1, RIGHT_ABSENT)


def populations(
    left: pa.Table, right: pa.Table, rules: MatchRules, exponents: Mapping[str, int]
) -> Populations:
    """Both sides, checked, sorted and coded."""
    left, right = canonical(left, Side.LEFT), canonical(right, Side.RIGHT)
    left, right, notes = _with_currency(left, right)
    names = _account_names(left, right, rules)
    (of_account, of_currency, externals), texts = beside(
        lambda: (
            _codes(*names),
            _codes(_flat(left["currency"]), _flat(right["currency"])),
            _externals(left, right),
        ),
        lambda: text_columns(left, right),
    )
    left_account, right_account, accounts = of_account
    left_currency, right_currency, currencies = of_currency
    every_empty = accounts == ("",)
    made = []
    for place, (table, account, currency) in enumerate(
        ((left, left_account, left_currency), (right, right_account, right_currency))
    ):
        shown = account
        if accounts and accounts[0] == "" and not every_empty:
            shown = np.where(account == 0, ANY_ACCOUNT, account)
        made.append(
            Population(
                side=tuple(Side)[place],
                table=table,
                pool=account * len(currencies) + currency,
                account=shown,
                currency=currency,
                amount=_flat(table["amount_minor"]).to_numpy(),
                day=_days(table),
                external=externals[place],
                pending=_flat(table["is_pending"]).to_numpy(zero_copy_only=False),
                text=texts[place],
                look=account,
            )
        )
    units = tuple(Unit.of(each, exponents) for each in currencies)
    left_side, right_side = over(_look, made)
    return Populations(left_side, right_side, accounts, currencies, units, notes)


def without_compared(sides: Populations) -> Populations:
    """The same, when candidates have been compared: a third of the texts is for that alone."""
    left, right = (replace(side, text=side.text.compared()) for side in (sides.left, sides.right))
    return replace(sides, left=left, right=right)


def without_texts(sides: Populations) -> Populations:
    """The same, when no text is to be looked at any more: texts are half of what is held."""
    left, right = (replace(side, text=NO_TEXT) for side in (sides.left, sides.right))
    return replace(sides, left=left, right=right)
