"""beangulp's search for entries already in the books, on the lines it survives."""

import datetime as dt
from decimal import Decimal

import pandas as pd
from beancount.core import amount, data
from beangulp import similar

from benchmarks.peers.common import main


def entries(table: pd.DataFrame, other: str = "Equity:Other") -> list[data.Transaction]:
    """Each record as a balanced entry on its account."""
    made = []
    columns = ("record_id", "account", "currency", "amount_minor", "booked_on", "text")
    for row in table[list(columns)].itertuples(index=False):
        record_id, account, currency, minor, booked_on, text = row
        value = amount.Amount(Decimal(int(minor)) / 100, currency)
        parts = [
            (f"Assets:Bank:{account}", value),
            (other, amount.Amount(-value.number, currency)),
        ]
        postings = [data.Posting(name, each, None, None, None, None) for name, each in parts]
        meta = data.new_metadata("instance", 0, {"record": record_id})
        day = booked_on.date() if isinstance(booked_on, dt.datetime) else booked_on
        made.append(
            data.Transaction(meta, day, "*", None, text, data.EMPTY_SET, data.EMPTY_SET, postings)
        )
    return made


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs it calls similar, within five days."""
    compare = similar.heuristic_comparator(max_date_delta=dt.timedelta(days=5))
    found = similar.find_similar_entries(entries(left), entries(right), compare, 5)
    return [(new.meta["record"], old.meta["record"]) for new, old in found]


if __name__ == "__main__":
    main(find)
