"""Statement lines in bulk: into the store by COPY, and the known ones of an account out of it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import pyarrow as pa
from django.db import connection
from django.db.models import Q

from tieout.core.statements import Statement, StatementLine
from tieout.store.banking import columns
from tieout.store.banking.models import BankAccount, BankLine, BankStatement
from tieout.store.postgres.files import copying, sql_text

Item = TypeVar("Item")
TOLD_LINES = 10_000
NUL = str.maketrans({columns.NUL: columns.REPLACED})
"""PostgreSQL's texts hold no NUL; the file keeps the byte as it came."""


def add_lines(
    statement: BankStatement,
    lines: Sequence[StatementLine],
    known: Mapping[int, int],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """All lines of a statement, in its account's count; `known` is line index to known id.

    `told` is called now and then with the number of lines that have gone.
    """
    with _taking(statement) as cursor, copying(cursor, "banking/lines_copy") as copy:
        for at, line in enumerate(lines):
            copy.write_row(_row(at, line, known.get(at)))
            if at % TOLD_LINES == TOLD_LINES - 1:
                told(at + 1)


def add_columns(
    statement: BankStatement,
    tables: Iterable[pa.Table],
    attributes: Sequence[str],
    known: Mapping[int, int],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """As `add_lines`, of lines held as columns (their shape: `copied`), some at a time."""

    def texts() -> Iterator[tuple[int, bytes]]:
        at = 0
        for table in tables:
            text = columns.copied(table, attributes, at, known)
            at += table.num_rows
            yield at, text

    with _taking(statement) as cursor, copying(cursor, "banking/lines_copy_csv") as copy:
        for at, text in _one_ahead(texts()):
            copy.write(text)
            told(at)


def _one_ahead(several: Iterator[Item]) -> Iterator[Item]:
    """The same, each made while the one before it is being used."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming = maker.submit(next, several, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, several, None)
            yield item


@contextmanager
def _taking(statement: BankStatement) -> Iterator[Any]:
    """A cursor to copy a statement's lines with; then they are taken."""
    with connection.cursor() as cursor:
        cursor.execute(sql_text("banking/lines_in"))
        cursor.execute("truncate lines_in")
        yield cursor
        cursor.execute(
            sql_text("banking/lines_take"),
            {
                "organisation": statement.organisation_id,
                "statement": statement.pk,
                "account": statement.account_id,
            },
        )


def _row(at: int, line: StatementLine, known: int | None) -> tuple[object, ...]:
    details = json.dumps(_details(line)).replace("\\u0000", "\\ufffd")
    return (at + 1, known, *said_of(line), details)


SAID = (
    *("amount_minor", "direction", "booked_on", "value_on", "bank_id", "references"),
    *("counterparty", "counterparty_account", "narrative", "kind", "status", "is_reversal"),
)
"""The columns of what a line itself says, but for its details."""


def said_of(line: StatementLine) -> tuple[object, ...]:
    """What those columns hold of a line."""
    return (
        line.amount_minor,
        str(line.direction),
        line.booked_on,
        line.value_on,
        line.bank_id.translate(NUL),
        [each.translate(NUL) for each in line.references],
        line.counterparty.translate(NUL),
        line.counterparty_account.translate(NUL),
        line.narrative.translate(NUL),
        line.kind.translate(NUL),
        str(line.status),
        line.is_reversal,
    )


def _details(line: StatementLine) -> dict[str, Any]:
    """What has no column: the parts of a batch and the file's other words."""
    details: dict[str, Any] = {}
    if line.attributes:
        details["attributes"] = [list(each) for each in line.attributes]
    if line.parts:
        details["parts"] = [
            {
                "amount_minor": part.amount_minor,
                "currency": part.currency.code,
                "exponent": part.currency.exponent,
                "direction": str(part.direction),
                "counterparty": part.counterparty,
                "narrative": part.narrative,
                "references": list(part.references),
            }
            for part in line.parts
        ]
    return details


def known_lines(
    account: BankAccount, lines: Sequence[StatementLine]
) -> tuple[list[int], list[StatementLine]]:
    """Ids and values of the account's first-given lines of the days that these lines cover."""
    if not BankLine.objects.filter(account=account).exists():
        return [], []  # lines kept as columns need not become values for this
    days = [line.booked_on for line in lines if line.booked_on]
    wanted = Q(booked_on__range=(min(days, default=date.max), max(days, default=date.min)))
    if len(days) < len(lines):
        wanted |= Q(booked_on__isnull=True)
    found = BankLine.objects.filter(wanted, account=account, repeats__isnull=True).order_by("id")
    kept = list(found.defer("details").iterator(chunk_size=5000))
    currency = account.counted_in()
    return [line.pk for line in kept], [line.to_core(currency) for line in kept]


def statements_of(account: BankAccount) -> list[Statement]:
    """The account's statements without their lines: spans and balances, for gaps and overlaps."""
    found = BankStatement.objects.filter(account=account).order_by("id")
    return [each.to_core(account) for each in found]
