-- How many cells and rows are not as the layout has them; each is named by the reader.
-- An amount has at most four decimals, and none that its currency is not counted in.
select
    (select count(*)
     from raw_entries as raw
     cross join settings
     left join kinds on kinds.kind = raw.type
     left join currencies on currencies.code = coalesce(raw.currency, settings.base_currency)
     where kinds.kind is null
        or currencies.code is null
        or try_cast(raw.transaction_date as date) is null
        or length(raw.transaction_date) <> 10
        or (raw.entry_date is not null and try_cast(raw.entry_date as date) is null)
        or (raw.due_date is not null and try_cast(raw.due_date as date) is null)
        or (raw.allocation_date is not null and try_cast(raw.allocation_date as date) is null)
        or (raw.void_date is not null and try_cast(raw.void_date as date) is null)
        or (raw.rate is null and raw.currency <> settings.base_currency)
        or not regexp_full_match(
            concat_ws('|', raw.base_amount, raw.doc_amount, raw.tax_amount),
            '(-?[0-9]{1,13}(\.[0-9]{0,4})?\|?)*')
        or cast(cast(raw.base_amount as decimal(18, 4)) * 10000 as bigint) % settings.step <> 0
        or cast(cast(raw.tax_amount as decimal(18, 4)) * 10000 as bigint) % settings.step <> 0
        or cast(cast(raw.doc_amount as decimal(18, 4)) * 10000 as bigint) % currencies.step <> 0)
    + (select count(*)
       from raw_nominal as raw
       cross join settings
       left join currencies on currencies.code = coalesce(raw.currency, settings.base_currency)
       where currencies.code is null
          or (raw.transaction_date is not null and try_cast(raw.transaction_date as date) is null)
          or (raw.posting_date is not null and try_cast(raw.posting_date as date) is null)
          or (raw.entry_date is not null and try_cast(raw.entry_date as date) is null)
          or raw.status not in ('posted', 'waiting', 'deferred', 'draft', 'rejected')
          or try_cast(raw.period as integer) is null
          or (raw.line_no is not null and try_cast(raw.line_no as integer) is null)
          or (raw.line_count is not null and try_cast(raw.line_count as integer) is null)
          or not regexp_full_match(
              concat_ws('|', raw.debit, raw.credit, raw.doc_amount),
              '(-?[0-9]{1,13}(\.[0-9]{0,4})?\|?)*')
          or cast(cast(raw.debit as decimal(18, 4)) * 10000 as bigint) % settings.step <> 0
          or cast(cast(raw.credit as decimal(18, 4)) * 10000 as bigint) % settings.step <> 0
          or cast(cast(raw.doc_amount as decimal(18, 4)) * 10000 as bigint) % currencies.step <> 0)
    + (select count(*) - count(distinct nominal_id) from raw_nominal)
    + (select count(*) from (select distinct key from line) as used
       left join accounts on accounts.key = used.key where accounts.key is null)
    + (select count(*) from (select distinct period from line) as used
       left join (select distinct period from days) as known on known.period = used.period
       where known.period is null and used.period <> 0)
    as faults
