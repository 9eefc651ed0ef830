-- Lines that name no entry, once for each ledger in which they can matter.
select distinct line.*, ledgers.ledger, ledgers.sign
from line
cross join ledgers
left join counted on counted.key = line.key and counted.ledger = ledgers.ledger
where line.source_id = ''
  and (counted.key is not null or (line.line_no > 0 and line.module = ledgers.module))
