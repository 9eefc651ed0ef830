"""GnuCash books stored in SQLite, read from a copy in memory, in which nothing can be run.

A file from outside may hold views and triggers that compute without end: only reading is
allowed, and a budget of steps ends what does not end by itself.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing

from tieout.core.errors import InvalidInput
from tieout.formats.common.source import Source
from tieout.formats.gnucash.book import AccountRow, Book, SplitRow, TransactionRow, commodity

_STEPS, _CALLS_MAX = 100_000, 20_000
"""Two thousand million steps of SQLite's machine: far more than a real book needs."""

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_BUSINESS = {
    "schedxactions": "scheduled transactions",
    "budgets": "budgets",
    "prices": "prices",
    "invoices": "invoices",
    "entries": "invoice lines",
    "customers": "customers",
    "vendors": "vendors",
    "employees": "employees",
    "jobs": "jobs",
    "orders": "orders",
}
Row = dict[str, str]


def read_sqlite_book(source: Source) -> Book:
    """All rows of a GnuCash database; raises when it is none or is damaged."""
    data = bytearray(source.data())
    data[18:20] = b"\1\1"  # a copy in memory has no write-ahead log to look for
    calls = 0

    def out_of_budget() -> bool:
        nonlocal calls
        calls += 1
        return calls > _CALLS_MAX

    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(bytes(data))
            database.text_factory = lambda raw: raw.decode("utf-8", "replace")
            database.set_progress_handler(out_of_budget, _STEPS)
            database.set_authorizer(_allow)
            return _book(database, source.name)
    except (sqlite3.Error, OverflowError, ValueError) as error:
        raise InvalidInput(
            "file.damaged", f"SQLite: {error}", "a whole GnuCash database", source.name
        ) from error


def _allow(action: int, _first: str | None, name: str | None, *_: str | None) -> int:
    is_count = action == sqlite3.SQLITE_FUNCTION and name == "count"
    return sqlite3.SQLITE_OK if is_count or action in _ALLOWED else sqlite3.SQLITE_DENY


def _book(database: sqlite3.Connection, name: str) -> Book:
    tables = {
        str(row[0])
        for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not {"accounts", "transactions", "splits"} <= tables:
        raise InvalidInput(
            "file.unknown-format", "an SQLite database of something else", "a GnuCash book", name
        )
    book = Book()
    names = {}
    for row in _rows(database, "SELECT * FROM commodities", "commodities" in tables):
        code = commodity(row.get("namespace", ""), row.get("mnemonic", ""))
        names[row.get("guid", "")] = code
        fraction = row.get("fraction", "")
        if fraction.isdecimal() and int(fraction[:18]) > 0:
            book.fractions[code] = int(fraction[:18])
    templates = {
        row.get("root_template_guid", "")
        for row in _rows(database, "SELECT * FROM books", "books" in tables)
    } - {""}
    rows = list(_rows(database, "SELECT * FROM accounts"))
    template_accounts = _below(rows, templates)
    book.accounts = [
        AccountRow(
            guid=row["guid"],
            name=row.get("name", ""),
            kind=row.get("account_type", ""),
            commodity=names.get(row.get("commodity_guid", ""), ""),
            parent=row.get("parent_guid", ""),
            code=row.get("code", ""),
        )
        for row in rows
        if row["guid"] not in template_accounts
    ]
    _fill_transactions(database, book, names, template_accounts, has_slots="slots" in tables)
    for table, said in _BUSINESS.items():
        if table in tables:
            # The table's name is one of the constants above, never the file's.
            count = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            if count:
                book.set_aside[said] += count
    return book


def _fill_transactions(
    database: sqlite3.Connection,
    book: Book,
    names: dict[str, str],
    template_accounts: set[str],
    *,
    has_slots: bool,
) -> None:
    splits: dict[str, list[SplitRow]] = defaultdict(list)
    for row in _rows(database, "SELECT * FROM splits ORDER BY rowid"):
        splits[row.get("tx_guid", "")].append(_split(row))
    slots: dict[str, dict[str, str]] = defaultdict(dict)
    query = (
        "SELECT obj_guid, name, string_val, gdate_val FROM slots "
        "WHERE name IN ('notes', 'date-posted', 'void-reason')"
    )
    for row in _rows(database, query, has_slots):
        slots[row["obj_guid"]][row["name"]] = row.get("string_val") or row.get("gdate_val", "")
    for row in _rows(database, "SELECT * FROM transactions ORDER BY post_date, rowid"):
        guid = row.get("guid", "")
        own = splits.pop(guid, [])
        if own and all(split.account in template_accounts for split in own):
            book.set_aside["template transactions"] += 1
            continue
        said = slots.get(guid, {})
        texts = (row.get("description", ""), said.get("notes", ""))
        reason = said.get("void-reason", "")
        book.transactions.append(
            TransactionRow(
                guid=guid,
                currency=names.get(row.get("currency_guid", ""), ""),
                posted=said.get("date-posted") or row.get("post_date", ""),
                splits=tuple(own),
                number=row.get("num", ""),
                description=" ".join(text for text in texts if text),
                attributes=(
                    ("date-entered", row.get("enter_date", "")),
                    *((("void-reason", reason),) if reason else ()),
                ),
            )
        )
    for guid, lost in splits.items():  # splits of a transaction that is not there
        book.transactions.append(
            TransactionRow(guid=guid, currency="", posted="", splits=tuple(lost))
        )


def _split(row: Row) -> SplitRow:
    return SplitRow(
        account=row.get("account_guid", ""),
        value=f"{row.get('value_num', '')}/{row.get('value_denom', '')}",
        quantity=f"{row.get('quantity_num', '')}/{row.get('quantity_denom', '')}",
        state=row.get("reconcile_state", ""),
        memo=row.get("memo", ""),
        action=row.get("action", ""),
        reconciled=row.get("reconcile_date", "") if row.get("reconcile_state") == "y" else "",
        guid=row.get("guid", ""),
    )


def _rows(
    database: sqlite3.Connection,
    query: str,
    is_there: bool = True,  # noqa: FBT001, FBT002  a guard
) -> Iterator[Row]:
    """Rows as text by lower-case column name; columns differ between versions of GnuCash."""
    if not is_there:
        return
    cursor = database.execute(query)
    columns = [str(each[0]).lower() for each in cursor.description]
    for values in cursor:
        yield {
            column: "" if value is None else str(value)
            for column, value in zip(columns, values, strict=True)
        }


def _below(rows: list[Row], roots: set[str]) -> set[str]:
    """The accounts below those roots, and the roots themselves."""
    by_parent: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_parent[row.get("parent_guid", "")].append(row["guid"])
    found, waiting = set(roots), list(roots)
    while waiting:
        for guid in by_parent[waiting.pop()]:
            if guid not in found:
                found.add(guid)
                waiting.append(guid)
    return found
