"""A world: a bank, its books and the truth about which records belong together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tieout.testing.worlds import scenarios, sums, wording
from tieout.testing.worlds.parties import make_parties
from tieout.testing.worlds.rows import KINDS, Ints, Rows, in_order, stack
from tieout.testing.worlds.setting import Density, Setting

__all__ = ["KINDS", "TRUTH_SCHEMA", "World", "make_world"]

TRUTH_SCHEMA = pa.schema(
    [
        ("group_no", pa.int64()),
        ("side", pa.string()),
        ("record_id", pa.string()),
        ("kind", pa.string()),
        ("alike", pa.int64()),
    ]
)
"""One row a record of either side. Records of a side with equal `alike` are alike in everything
but their id, so that exchanging them gives the same books: any of them is right."""


@dataclass(frozen=True)
class World:
    """Two sides on `RECORD_SCHEMA` (the left is the bank) and the truth on `TRUTH_SCHEMA`."""

    left: pa.Table
    right: pa.Table
    truth: pa.Table


def make_world(
    seed: int,
    lines: int,
    accounts: int = 20,
    days: int | None = None,
    density: Density = "normal",
) -> World:
    """About `lines` records a side; the same arguments give the same world.

    `density` sets how many days the lines fall on (unless `days` does) and how often amounts
    repeat.
    """
    party_count = int(np.clip(lines // 20, 120, 8_000))
    s = Setting(seed, accounts, days, density, party_count)
    parties = make_parties(s.rng, party_count)
    left, right = in_order(s.rng, *stack(_happenings(s, lines)))
    number = wording.numbers(s, right)
    bank = wording.bank_table(s, left, right, number, parties)
    books = wording.books_table(s, right, number, parties)
    truth = (_truth("left", left, bank), _truth("right", right, books))
    return World(bank, books, pa.concat_tables(truth))


def _happenings(s: Setting, lines: int) -> list[tuple[Rows, Rows]]:
    """The mixture. Plain pairs fill what the rest leaves."""
    special = [
        scenarios.recurring(s, lines * 14 // 100),
        scenarios.twins(s, max(2, lines // 200)),
        scenarios.fee_net(s, lines * 2 // 100),
        scenarios.transfers(s, lines // 100),
        scenarios.one_sided_transfers(s, lines // 1_000),
        scenarios.reversals(s, lines // 1_000, booked=True),
        scenarios.reversals(s, lines // 1_000, booked=False),
        scenarios.pending(s, lines // 500),
        scenarios.duplicates(s, lines // 500),
        sums.card_batches(s, lines * 3 // 100),
        sums.deposits(s, lines * 3 // 100),
        sums.invoices(s, lines // 100),
        sums.splits(s, lines * 3 // 100),
        scenarios.bank_only(s, lines * 5 // 100),
        scenarios.books_only(s, lines * 5 // 100),
    ]
    used = max(sum(len(left) for left, _ in special), sum(len(right) for _, right in special))
    return [scenarios.exact(s, max(0, lines - used)), *special]


def _truth(side: str, rows: Rows, table: pa.Table) -> pa.Table:
    columns = {
        "group_no": pa.array(rows.group),
        "side": pa.repeat(side, len(rows)),
        "record_id": table["record_id"],
        "kind": pa.array(KINDS).take(pa.array(rows.kind)),
        "alike": pa.array(_alike(rows, table)),
    }
    return pa.table(columns, schema=TRUTH_SCHEMA)


def _alike(rows: Rows, table: pa.Table) -> Ints:
    """A number per row, equal for rows that are alike in everything but their id.

    Texts are compared only where account, amount and day are equal.
    """
    alike = np.arange(len(rows))
    days = [rows.alike_day, rows.amount, rows.account]
    repeated = np.nonzero(_repeats(days))[0]
    texts = table.select(["reference", "counterparty", "narrative", "kind", "is_pending"])
    texts = texts.take(pa.array(repeated)).combine_chunks()
    words = [
        texts[name].chunk(0).dictionary_encode().indices.to_numpy() for name in texts.column_names
    ]
    keys = [*(key[repeated] for key in days), *words]
    order = np.lexsort(keys)
    starts = np.concatenate([[True], ~_equal_neighbours(keys, order)])
    alike[repeated[order]] = repeated[order][
        np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    ]
    return alike


def _repeats(keys: list[Ints]) -> npt.NDArray[np.bool_]:
    order = np.lexsort(keys)
    same = _equal_neighbours(keys, order)
    repeats = np.zeros(len(order), np.bool_)
    repeats[order] = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    return repeats


def _equal_neighbours(keys: list[Ints], order: Ints) -> npt.NDArray[np.bool_]:
    """Whether each row in that order equals the one before it; one fewer than rows."""
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    return same
