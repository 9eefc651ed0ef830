"""The yardstick: DuckDB reads the files of a books folder and sums them, and nothing else.

`python -m benchmarks.read_and_sum FOLDER` reads every ledger and the nominal ledger, sums amounts
by account, currency and period, and prints how many rows there were.
"""

import sys
from pathlib import Path

import duckdb

LEDGERS = ("sales_ledger.csv", "purchase_ledger.csv")
_ENTRIES = """
create table entries_{number} as
select control_account, control_cost_centre, control_department, currency,
    date_trunc('month', transaction_date) as period,
    sum(base_amount::decimal(18, 4)) as amount, count(*) as rows
from read_csv(?) group by all
"""
_POSTINGS = """
create table postings as
select account, cost_centre, department, currency, period, status,
    sum(coalesce(debit, 0)::decimal(18, 4) - coalesce(credit, 0)::decimal(18, 4)) as amount,
    count(*) as rows
from read_csv(?) group by all
"""


def main(folder: str) -> None:
    """Read, sum and count."""
    rows = 0
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set threads = 2")
        for number, name in enumerate(LEDGERS):
            made = _ENTRIES.format(number=number)
            connection.execute(made, [str(Path(folder) / name)])
            rows += counted(connection, f"entries_{number}")
        connection.execute(_POSTINGS, [str(Path(folder) / "nominal.csv")])
        print(rows + counted(connection, "postings"))


def counted(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows went into a table of sums."""
    found = connection.execute(f"select sum(rows)::bigint from {table}").fetchone()
    return int(found[0]) if found else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
