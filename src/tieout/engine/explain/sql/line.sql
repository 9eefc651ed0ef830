-- Lines of journals: whether they are posted, on which account, debit less credit in minor units,
-- and whether a cell is not as the layout has it. Rows are numbered before anything else is done:
-- their order does not outlast it.
select
    raw.row_id,
    raw.nominal_id,
    raw.journal_id,
    coalesce(raw.status, 'posted') = 'posted' as is_posted,
    concat(raw.account, '/', raw.cost_centre, '/', raw.department) as key,
    try_cast(raw.period as integer) as period,
    coalesce(raw.source, '') as module,
    coalesce(raw.source_id, '') as source_id,
    coalesce(try_cast(raw.line_no as integer), 0) as line_no,
    coalesce(raw.reference, '') as reference,
    coalesce(raw.currency, $base_currency) as currency,
    coalesce(raw.transaction_date, raw.posting_date) as dated_on,
    cast(
        (coalesce(try_cast(raw.debit as decimal(18, 4)), 0)
            - coalesce(try_cast(raw.credit as decimal(18, 4)), 0)) * $scale as bigint
    ) as net,
    coalesce(try_cast(raw.doc_amount as decimal(18, 4)), 0) as doc,
    lower(raw.narrative) like 'opening balance%' as is_opening,
    lower(raw.narrative) like 'transfer from suspense %' as is_transfer,
    lower(raw.narrative) like 'correction of %' as is_correction,
    case when is_transfer or is_correction then raw.narrative end as narrative,
    coalesce(
        (raw.transaction_date is not null and try_cast(raw.transaction_date as date) is null)
        or (raw.posting_date is not null and try_cast(raw.posting_date as date) is null)
        or (raw.entry_date is not null and try_cast(raw.entry_date as date) is null)
        or not list_contains(
            ['posted', 'waiting', 'deferred', 'draft', 'rejected'], coalesce(raw.status, 'posted'))
        or try_cast(raw.period as integer) is null
        or (raw.line_no is not null and try_cast(raw.line_no as integer) is null)
        or (raw.line_count is not null and try_cast(raw.line_count as integer) is null)
        or not regexp_full_match(
            concat_ws('|', raw.debit, raw.credit, raw.doc_amount),
            '(-?[0-9]{1,13}(\.[0-9]{0,4})?\|?)*')
        or cast(coalesce(try_cast(raw.debit as decimal(18, 4)), 0) * 10000 as bigint)
            % $step <> 0
        or cast(coalesce(try_cast(raw.credit as decimal(18, 4)), 0) * 10000 as bigint)
            % $step <> 0,
        true
    ) as is_faulty
from (select *, row_number() over () - 1 + $rows_before as row_id from raw_file) as raw
