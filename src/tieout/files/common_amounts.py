"""How many amounts two accounts have in common within a few days: the evidence for pairing them."""

from typing import NamedTuple

import duckdb
import pyarrow as pa

SAMPLE_MAX = 200_000
"""With more records a share of all amounts is looked at, the same amounts on both sides."""
DAYS = 15

_COMMON = """
with l as (select account, currency, amount_minor, booked_on, count(*) n
           from left_records where amount_minor <> 0 and hash(abs(amount_minor)) % $share = 0
           group by all),
     r as (select account, currency, amount_minor, booked_on, count(*) n
           from right_records where amount_minor <> 0 and hash(abs(amount_minor)) % $share = 0
           group by all),
     near as (select l.account as la, r.account as ra, l.currency, l.amount_minor,
                     l.amount_minor = r.amount_minor as is_same,
                     l.booked_on as l_on, r.booked_on as r_on, l.n as l_n, r.n as r_n
              from l join r on l.currency = r.currency and abs(l.amount_minor) = abs(r.amount_minor)
              where abs(l.booked_on - r.booked_on) <= $days),
     of_left as (select la, ra, currency, amount_minor, is_same, sum(l_n) as n
                 from (select distinct la, ra, currency, amount_minor, is_same, l_on, l_n from near)
                 group by all),
     of_right as (select la, ra, currency, amount_minor, is_same, sum(r_n) as n
                  from (select distinct la, ra, currency, amount_minor, is_same, r_on, r_n
                        from near)
                  group by all),
     common as (select la, ra, currency, amount_minor, is_same,
                       least(of_left.n, of_right.n) as n
                from of_left join of_right using (la, ra, currency, amount_minor, is_same))
select la, ra,
       coalesce(sum(n) filter (is_same), 0),
       coalesce(sum(n) filter (not is_same), 0),
       count(distinct (currency, amount_minor)) filter (is_same),
       count(distinct (currency, amount_minor)) filter (not is_same)
from common group by all order by all
"""


class Overlap(NamedTuple):
    """What two accounts have in common: records, and distinct amounts, as they are and turned."""

    left: str
    right: str
    same: int
    opposite: int
    amounts_same: int
    amounts_opposite: int

    @property
    def swapped(self) -> "Overlap":
        """The same seen from the other side."""
        return self._replace(left=self.right, right=self.left)


def overlaps(left: pa.Table, right: pa.Table) -> list[Overlap]:
    """For each two accounts with an amount in common: how many. Order of records does not count."""
    share = max(len(left), len(right)) // SAMPLE_MAX + 1
    connection = duckdb.connect(config={"threads": 2})
    try:
        connection.register("left_records", left)
        connection.register("right_records", right)
        found = connection.execute(_COMMON, {"days": DAYS, "share": share}).fetchall()
    finally:
        connection.close()
    return [Overlap(row[0], row[1], *map(int, row[2:])) for row in found]


def account_sizes(table: pa.Table) -> dict[str, int]:
    """How many records each account has among the amounts that `overlaps` looks at."""
    counted = table.group_by("account").aggregate([("amount_minor", "count")])
    return {row["account"]: row["amount_minor_count"] for row in counted.to_pylist()}
