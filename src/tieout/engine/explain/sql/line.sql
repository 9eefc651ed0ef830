-- Lines of journals: whether they are posted, on which account, and debit less credit in minor units.
select
    raw.rowid as row_id,
    raw.journal_id,
    coalesce(raw.status, 'posted') = 'posted' as is_posted,
    concat(raw.account, '/', raw.cost_centre, '/', raw.department) as key,
    try_cast(raw.period as integer) as period,
    coalesce(raw.source, '') as module,
    coalesce(raw.source_id, '') as source_id,
    coalesce(try_cast(raw.line_no as integer), 0) as line_no,
    coalesce(raw.reference, '') as reference,
    coalesce(raw.currency, settings.base_currency) as currency,
    coalesce(raw.transaction_date, raw.posting_date) as dated_on,
    cast(
        (coalesce(try_cast(raw.debit as decimal(18, 4)), 0)
            - coalesce(try_cast(raw.credit as decimal(18, 4)), 0)) * settings.scale as bigint
    ) as net,
    coalesce(try_cast(raw.doc_amount as decimal(18, 4)), 0) as doc,
    lower(raw.narrative) like 'opening balance%' as is_opening,
    lower(raw.narrative) like 'transfer from suspense %' as is_transfer,
    lower(raw.narrative) like 'correction of %' as is_correction,
    raw.narrative
from raw_nominal as raw
cross join settings
