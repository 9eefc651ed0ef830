"""Lines held as columns are stored as the same lines held as values are, whatever is in them."""

import csv
import io
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction

from tests.store.firms import NOW, organisation
from tieout.core.money import Currency
from tieout.formats.common.columns import ColumnLines, Holding
from tieout.formats.common.source import Source
from tieout.store.banking.columns import copied
from tieout.store.banking.lines import add_columns, add_lines
from tieout.store.banking.models import BankLine, BankStatement
from tieout.store.postgres.tenant import tenant
from tieout.workflows.import_statement import import_statement
from tieout.workflows.receive_file import receive_file

ODD = [
    "",
    "plain",
    'a "quoted" word',
    "back\\slash, {braces}, NULL, \\N",
    "Zoë Łukasz 漢字 🧾",
    "tab\there",
    "bell\x07 and nul\0",
    "-1; =cmd|' /C calc'!A0",
    "'single' \\\"both\\\"",
    "two\nlines\r\nthree",
]


def holding() -> Holding:
    """A row for every pair of odd texts, with days and none, signs, and states."""
    rows = [
        {
            "amount_minor": (-1) ** n * n * 99_999_999_999,
            "booked_on": date(2026, 1, 1 + n % 28) if n % 5 else None,
            "value_on": date(1999, 12, 31) if n % 3 else None,
            "bank_id": ODD[n % 10],
            "reference": ODD[n // 10 % 10] + ("\n" + ODD[n % 10] if n % 4 == 1 else ""),
            "counterparty": ODD[n // 10 % 10],
            "counterparty_account": ODD[(n + 3) % 10],
            "narrative": ODD[(n + 1) % 10],
            "kind": ODD[(n + 2) % 10],
            "is_pending": n % 7 == 0,
            "is_void": n % 11 == 0,
            "line_no": n + 2,
            "record": n,
            "a0": ODD[(n + 4) % 10],
            "a1": ODD[n // 10 % 10],
        }
        for n in range(100)
    ]
    return Holding(pa.Table.from_pylist(rows), ['odd "name"\\', "other"], ids_differ=False)


def stored(statement: BankStatement) -> list[tuple[Any, ...]]:
    kept = BankLine.objects.filter(statement=statement).order_by("position")
    left_out = {"id", "statement", "account", "organisation", "repeats"}
    names = [each.name for each in BankLine._meta.fields if each.name not in left_out]
    return list(kept.values_list(*names))


@pytest.mark.usefixtures("store")
def test_columns_and_values_are_stored_alike() -> None:
    caller = organisation()
    held = holding()
    lines = ColumnLines(held, pa.array(range(100)).to_numpy(), Currency.of("EUR"))
    for name in "one", "two":
        received = receive_file(
            caller,
            source=Source(
                f"{name}.csv", f"Date,Text,Amount,Currency\n2026-09-01,{name},1.00,EUR\n".encode()
            ),
            now=NOW,
        )
        import_statement(caller, file_id=received.file_id, account=name, now=NOW)
    with tenant(caller.organisation_id), transaction.atomic():
        one, two = BankStatement.objects.order_by("id")
        # The statements are not whole, so nothing of this is kept: what was written is compared.
        point = transaction.savepoint()
        for each in one, two:
            each.pk = None
            each.number = "again"
            each.save()
        add_lines(one, list(lines), {})
        told: list[int] = []
        add_columns(two, lines.tables(37), held.attributes, {}, told.append)
        first, second = stored(one), stored(two)
        transaction.savepoint_rollback(point)
    assert told == [37, 74, 100]
    assert len(second) == 100
    assert second == first


def test_a_line_that_repeats_another_says_which() -> None:
    held = holding()
    rows = list(csv.reader(io.StringIO(copied(held.table, held.attributes, 40, {41: 7}).decode())))
    assert [row[1] for row in rows[:3]] == ["", "7", ""]
    assert [row[0] for row in rows[:2]] == ["41", "42"]
