-- Daily totals that agree with their entries on every account and in every currency.
with of_entries as (
    select
        entry.batch_id, entry.key, entry.currency,
        sum(entry.base * entry.sign) as net,
        min(entry.period) as first_period, max(entry.period) as last_period,
        count(distinct entry.ledger) as ledgers,
        bool_and(by_id.row_id is null and counted.key is not null and not entry.is_voided
            and entry.kind <> 'contra' and corrected.reference is null) as is_plain
    from entry
    left join by_id on by_id.row_id = entry.row_id
    left join counted on counted.key = entry.key and counted.ledger = entry.ledger
    left join corrected on corrected.reference = entry.reference
    where entry.batch_id <> ''
    group by entry.batch_id, entry.key, entry.currency
),
of_lines as (
    select
        line.source_id as batch_id, line.key, line.currency,
        sum(line.net) as net,
        min(line.period) as first_period, max(line.period) as last_period,
        bool_and(line.is_posted) as is_posted,
        count(*) = count(distinct line.line_no) as is_single
    from line
    where line.line_no > 0 and line.source_id in (select batch_id from of_entries)
    group by line.source_id, line.key, line.currency
)
select coalesce(of_entries.batch_id, of_lines.batch_id) as batch_id
from of_entries
full join of_lines
    on of_lines.batch_id = of_entries.batch_id
    and of_lines.key = of_entries.key
    and of_lines.currency = of_entries.currency
group by 1
having bool_and(coalesce(
    of_entries.is_plain and of_entries.ledgers = 1 and of_lines.is_posted and of_lines.is_single
    and of_entries.net = of_lines.net
    and of_entries.first_period = of_lines.last_period
    and of_entries.last_period = of_lines.first_period, false))
