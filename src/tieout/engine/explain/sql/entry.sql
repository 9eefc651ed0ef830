-- Entries of all ledgers: ids, the period of their date, amounts in minor units of the base currency.
select
    raw.rowid as row_id,
    raw.file_name,
    ledgers.ledger,
    ledgers.module,
    ledgers.sign,
    coalesce(raw.txn_id, '') as entry_id,
    coalesce(raw.batch_id, '') as batch_id,
    coalesce(raw.type, '') as kind,
    coalesce(raw.reference, '') as reference,
    coalesce(raw.currency, settings.base_currency) as currency,
    raw.transaction_date as dated_on,
    coalesce(
        days.period,
        case when raw.transaction_date < settings.first_day then 0 else settings.after_last end
    ) as period,
    concat(raw.control_account, '/', raw.control_cost_centre, '/', raw.control_department) as key,
    cast(coalesce(try_cast(raw.base_amount as decimal(18, 4)), 0) * settings.scale as bigint) as base,
    coalesce(try_cast(raw.doc_amount as decimal(18, 4)), 0) as doc,
    raw.void_date is not null as is_voided
from raw_entries as raw
cross join settings
join ledgers on ledgers.file_name = raw.file_name
left join days on days.day = raw.transaction_date
