-- Entries with control lines that name them: whether all is as it should be.
select
    entry.row_id,
    bool_and(line.is_posted and line.key = entry.key and line.currency = entry.currency
        and line.period = entry.period) as is_plain,
    sum(line.net) * any_value(entry.sign) = any_value(entry.base) as is_whole,
    count(*) = count(distinct line.line_no) as is_single
from entry
join line on line.source_id = entry.entry_id and line.line_no > 0
group by entry.row_id
