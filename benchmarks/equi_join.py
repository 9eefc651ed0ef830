"""The yardstick: the bare equi-join of two files in DuckDB, result materialised.

`python -m benchmarks.equi_join LEFT RIGHT LAG_MIN LAG_MAX` joins on account, currency and amount
within the date window and prints how many pairs there are.
"""

import sys

import duckdb

_JOIN = """
create table pairs as
select l.*, r.id as right_id, r.date as right_date, r.reference as right_reference,
       r.counterparty as right_counterparty, r.narrative as right_narrative
from read_csv(?) l join read_csv(?) r
  on l.account = r.account and l.currency = r.currency and l.amount = r.amount
 and l.date - r.date between ? and ?
"""


def main(left: str, right: str, lag_min: str, lag_max: str) -> None:
    """Join and count."""
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("set threads = 2")
        connection.execute(_JOIN, [left, right, int(lag_min), int(lag_max)])
        counted = connection.execute("select count(*) from pairs").fetchall()
        print(counted[0][0])


if __name__ == "__main__":
    main(*sys.argv[1:])
