-- Entries of one ledger's file: ids, the period of their date, amounts in minor units of the base
-- currency, and whether a cell is not as the layout has it. Rows are numbered
-- before anything else is done: their order does not outlast it.
select
    $file_name as file_name,
    raw.place,
    $ledger as ledger,
    $module as module,
    cast($sign as integer) as sign,
    coalesce(raw.txn_id, '') as entry_id,
    coalesce(raw.batch_id, '') as batch_id,
    coalesce(raw.type, '') as kind,
    coalesce(raw.reference, '') as reference,
    coalesce(raw.currency, $base_currency) as currency,
    raw.transaction_date as dated_on,
    case
        when raw.transaction_date < $first_day then 0
        when raw.transaction_date > $last_day then $after_last
        else list_extract(
            $periods, date_diff('day', cast($first_day as date),
            try_cast(raw.transaction_date as date)) + 1)
    end as period,
    concat(raw.control_account, '/', raw.control_cost_centre, '/', raw.control_department) as key,
    cast(coalesce(try_cast(raw.base_amount as decimal(18, 4)), 0) * $scale as bigint) as base,
    coalesce(try_cast(raw.doc_amount as decimal(18, 4)), 0) as doc,
    raw.void_date is not null as is_voided,
    coalesce(
        try_cast(raw.transaction_date as date) is null
        or length(raw.transaction_date) <> 10
        or (raw.entry_date is not null and try_cast(raw.entry_date as date) is null)
        or (raw.due_date is not null and try_cast(raw.due_date as date) is null)
        or (raw.allocation_date is not null and try_cast(raw.allocation_date as date) is null)
        or (raw.void_date is not null and try_cast(raw.void_date as date) is null)
        or (raw.rate is null
            and coalesce(raw.currency, $base_currency) <> $base_currency)
        or not regexp_full_match(
            concat_ws('|', raw.base_amount, raw.doc_amount, raw.tax_amount),
            '(-?[0-9]{1,13}(\.[0-9]{0,4})?\|?)*')
        or cast(coalesce(try_cast(raw.base_amount as decimal(18, 4)), 0) * 10000 as bigint)
            % $step <> 0
        or cast(coalesce(try_cast(raw.tax_amount as decimal(18, 4)), 0) * 10000 as bigint)
            % $step <> 0,
        true
    ) as is_faulty
from (select *, row_number() over () - 1 + $rows_before as place from raw_file) as raw
