-- Entries and journals that are the only ones alike in reference, currency, amounts and date.
with waiting as (
    select entry.*
    from entry
    left join by_id on by_id.row_id = entry.row_id
    left join (select distinct source_id from line where line_no > 0) as posted
        on posted.source_id = entry.batch_id and entry.batch_id <> ''
    where by_id.row_id is null and posted.source_id is null and entry.kind <> 'opening_balance'
),
bundle as (
    select
        ledger, journal_id, reference, currency,
        sum(net) * any_value(sign) as base,
        sum(doc) * any_value(sign) as doc,
        arg_min(dated_on, row_id) as dated_on,
        bool_and(is_posted) as is_posted,
        min(key) as first_key, max(key) as last_key,
        min(period) as first_period, max(period) as last_period
    from loose
    where module <> 'BF' and reference <> '' and not coalesce(is_opening, false)
      and not coalesce(is_transfer, false) and not coalesce(is_correction, false)
    group by ledger, journal_id, reference, currency
),
alone as (
    select
        ledger, reference, currency, base, doc, dated_on,
        any_value(row_id) as row_id, any_value(key) as key, any_value(period) as period
    from waiting
    group by ledger, reference, currency, base, doc, dated_on
    having count(*) = 1
),
alone_bundle as (
    select
        ledger, reference, currency, base, doc, dated_on,
        any_value(journal_id) as journal_id, any_value(is_posted) as is_posted,
        any_value(first_key) as first_key, any_value(last_key) as last_key,
        any_value(first_period) as first_period, any_value(last_period) as last_period
    from bundle
    group by ledger, reference, currency, base, doc, dated_on
    having count(*) = 1
)
select alone.row_id, alone.ledger, alone_bundle.journal_id, alone.reference, alone.currency
from alone
join alone_bundle using (ledger, reference, currency, base, doc, dated_on)
where alone_bundle.is_posted
  and alone_bundle.first_key = alone.key and alone_bundle.last_key = alone.key
  and alone_bundle.first_period = alone.period and alone_bundle.last_period = alone.period
