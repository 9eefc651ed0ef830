"""Large books with a known answer: planted ones, and any number of clean documents beside them.

The causes are planted by `planting`; the clean documents are made as columns by DuckDB, so that a
million of them take seconds. They are posted one by one, in two lines, by reference only and in
daily totals.
"""

from datetime import timedelta
from pathlib import Path
from shutil import copyfileobj

import duckdb
import pyarrow as pa

from tieout.core.explain.books import SubLedger
from tieout.core.money import Currency
from tieout.testing.books.planting import PLANTS, planted_books
from tieout.testing.books.world import OTHERS, RATE_SCALE, RATES, BookWorld, Shape
from tieout.testing.books.writing import append_books, write_books

LEDGER_FILES = {SubLedger.AR: "sales_ledger.csv", SubLedger.AP: "purchase_ledger.csv"}
PLANTED_SHARE = 250
"""One document in so many has a cause, about as many as the specification's example."""

GROWN_POSTINGS = 100

_DOCUMENTS = """
create temp table document as
select
    made.i, party.*, day.day, day.period,
    made.i % 20 as style,
    case when made.i % 10 = 0 then concat('QB', party.ledger, strftime(day.day, '%Y%m%d'))
        else '' end as batch_id,
    case when made.i % 10 = 0 then day.day else day.day + cast(made.i % 8 as integer) end
        as entered,
    concat(party.module, 'Q', made.i) as entry_id,
    case when made.i % 20 between 5 and 9 then concat('QR', made.i)
        else concat('PO', made.i // 4) end as reference,
    ['invoice', 'invoice', 'invoice', 'receipt', 'receipt', 'credit_note', 'refund']
        [made.i % 7 + 1] as type,
    (10000 + (made.i * 7919) % 89989) * case when made.i % 7 between 3 and 5 then -1 else 1 end
        as doc
from range($documents) as made(i)
join party on party.number = (made.i * 7 + made.i // 12) % $parties
join day on day.number = (made.i * 13 + made.i // 20) % $days
"""
_VALUED = """
create temp table valued as
select *, case when rate = 1000000 then doc else sign(doc) * cast(
    (2 * abs(doc)::hugeint * rate * 100 + power) // (2 * power) as bigint) end as base
from (select *, (10 ** exponent)::bigint * 1000000 as power from document)
"""
_TOTALS = """
create temp table total as
select ledger, module, key_code, key_centre, key_department, exponent, currency, period, day,
    batch_id, sum(doc)::bigint as doc, sum(base)::bigint as base
from valued where batch_id <> '' group by all
"""
_LINES = """
create temp table control_line as
select *, row_number() over (order by entry_id, line_no) as journal from (
    select ledger, module, key_code, key_centre, key_department, exponent, currency, period, day,
        entered, entry_id, reference, style between 5 and 9 as is_unnamed,
        doc - case when style between 1 and 4 then doc // 6 else 0 end as doc,
        base - case when style between 1 and 4 then base // 6 else 0 end as base,
        1 as line_no, case when style between 1 and 4 then 2 else 1 end as line_count
    from valued where batch_id = ''
    union all
    select ledger, module, key_code, key_centre, key_department, exponent, currency, period, day,
        entered, entry_id, reference, false, doc // 6, base // 6, 2, 2
    from valued where style between 1 and 4
    union all
    select ledger, module, key_code, key_centre, key_department, exponent, currency, period, day,
        day, batch_id, batch_id, false, doc, base,
        row_number() over (batch order by key_code, key_centre, key_department, currency),
        count(*) over batch
    from total window batch as (partition by batch_id)
)
"""
_SAID = """
create macro said(minor, exponent) as concat(
    case when minor < 0 then '-' else '' end, abs(minor) // (10 ** exponent)::bigint,
    case when exponent > 0 then concat('.', lpad(
        cast(abs(minor) % (10 ** exponent)::bigint as varchar), exponent::integer, '0'))
        else '' end)
"""
_ENTRY_ROWS = """
create temp view entry_row as
select entry_id as txn_id, ledger, party, type, reference, day as transaction_date,
    day + 30 as due_date, entered as entry_date, '' as allocation_date, currency,
    said(doc, exponent) as doc_amount, said(rate, 6) as rate, said(base, 2) as base_amount,
    '0.00' as tax_amount, key_code as control_account, key_centre as control_cost_centre,
    key_department as control_department, '' as related_id, batch_id, '' as void_date
from valued order by i
"""
_POSTING_ROWS = """
create temp view posting_row as
select concat('JQ', journal, '-', side) as nominal_id, concat('JQ', journal) as journal_id,
    'posted' as status,
    case when side = 1 then key_code else $other end as account,
    case when side = 1 then key_centre else '' end as cost_centre,
    case when side = 1 then key_department else '' end as department,
    period, day as posting_date, day as transaction_date, entered as entry_date, module as source,
    case when is_unnamed then '' else entry_id end as source_id,
    case when side = 1 then line_no else 0 end as line_no,
    case when side = 1 then line_count else 0 end as line_count,
    reference, '' as narrative, 'somebody' as party, currency,
    said(debit * sign(base) * abs(doc), exponent) as doc_amount,
    case when debit * base >= 0 then said(abs(base), 2) else '' end as debit,
    case when debit * base < 0 then said(abs(base), 2) else '' end as credit
from (
    select *, case when ledger = 'AP' then -1 else 1 end * case when side = 1 then 1 else -1 end
        as debit
    from control_line cross join (values (1), (2)) as sides(side)
)
order by journal, side
"""


def large_books(seed: int, documents: int, folder: Path) -> BookWorld:
    """Write books of about so many documents; the world knows what was planted in them."""
    world = large_world(seed, documents)
    write_books(world.books(), folder)
    with duckdb.connect() as made:
        made.register("party", _parties(world))
        days = _days(world)
        made.register("day", days)
        counts = {"documents": max(documents - len(world.entries), 0)}
        counts |= {"parties": len(world.parties), "days": days.num_rows}
        made.execute(_SAID)
        made.execute(_DOCUMENTS, counts)
        made.execute(_VALUED)
        made.execute(_TOTALS)
        made.execute(_LINES)
        made.execute(_ENTRY_ROWS)
        made.execute(_POSTING_ROWS.replace("$other", f"'{OTHERS['sales'].code}'"))
        for ledger, name in LEDGER_FILES.items():
            _append(made, folder / name, f"from entry_row where ledger = '{ledger.value}'")
        _append(made, folder / "nominal.csv", "from posting_row")
    return world


def grown_books(seed: int, documents: int, folder: Path) -> BookWorld:
    """Add about a hundred postings behind those of `large_books`."""
    old = large_world(seed, documents)
    world = large_world(seed, documents, is_grown=True)
    entries, postings = world.entries[len(old.entries) :], world.postings[len(old.postings) :]
    append_books(world.books(), entries, postings, folder)
    return world


def large_world(seed: int, documents: int, *, is_grown: bool = False) -> BookWorld:
    """What was planted in large books, without their clean documents; grown: one cause in five."""
    plants = max(documents // PLANTED_SHARE // len(PLANTS), 1)
    world = planted_books(seed, Shape(documents=20, plants=plants))
    if is_grown:
        enough = len(world.postings) + GROWN_POSTINGS
        planters = iter([each for name, each in PLANTS.items() if name != "amount_edited"])
        while len(world.postings) < enough:
            for _ in range(4):
                world.post(world.entry(world.ledger()))
            next(planters)(world)
    return world


def _parties(world: BookWorld) -> pa.Table:
    rows = [
        {
            "number": number,
            "ledger": ledger.value,
            "module": ledger.module,
            "party": name,
            "currency": world.currency_of[name],
            "exponent": Currency.of(world.currency_of[name]).exponent,
            "rate": RATES.get(world.currency_of[name], RATE_SCALE),
            "key_code": party.key.code,
            "key_centre": party.key.cost_centre,
            "key_department": party.key.department,
        }
        for number, ((ledger, name), party) in enumerate(world.parties.items())
    ]
    return pa.Table.from_pylist(rows)


def _days(world: BookWorld) -> pa.Table:
    """The days on which a clean document may be dated: a week later its period is still open."""
    days = [
        (period.begins_on + timedelta(days=each), period.number)
        for period in world.calendar.periods
        if period.number <= world.last_open
        for each in range(period.days)
    ]
    return pa.table(
        {
            "number": list(range(len(days))),
            "day": [day for day, _ in days],
            "period": [number for _, number in days],
        }
    )


def _append(made: duckdb.DuckDBPyConnection, path: Path, source: str) -> None:
    """Write rows behind those of a file, in the order of its columns."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    columns = ", ".join(f"nullif(cast({name} as varchar), '')" for name in names)
    rows = path.with_suffix(".rows")
    made.execute(f"copy (select {columns} {source}) to '{rows}' (header false)")
    with rows.open("rb") as added, path.open("ab") as file:
        copyfileobj(added, file)
    rows.unlink()
