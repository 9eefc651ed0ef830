-- How many rows are not as the layout has them; each is named by the reader.
-- An amount has at most four decimals, and none that its currency is not counted in.
select
    (select count(*)
     from entry
     left join kinds on kinds.kind = entry.kind
     left join currencies on currencies.code = entry.currency
     where entry.is_faulty
        or kinds.kind is null
        or currencies.code is null
        or cast(entry.doc * 10000 as bigint) % currencies.step <> 0)
    + (select count(*)
       from line
       left join currencies on currencies.code = line.currency
       where line.is_faulty
          or currencies.code is null
          or cast(line.doc * 10000 as bigint) % currencies.step <> 0)
    + (select count(*) from (select distinct key from line) as used
       left join accounts on accounts.key = used.key where accounts.key is null)
    + (select count(*) from (select distinct period from line) as used
       left join (select distinct period from days) as known on known.period = used.period
       where known.period is null and used.period <> 0)
    as amount
