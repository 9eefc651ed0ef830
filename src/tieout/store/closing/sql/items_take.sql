-- A run's items into their table, each with its case.
insert into closing_causeitem (
  organisation_id, run_id, case_id, ledger, cause, account, currency, amount_minor, begins, ends, rank,
  differs, ids, document, posting, sentence, action)
select %(organisation)s::uuid, %(run)s, c.id, i.ledger, i.cause, i.account, i.currency, i.amount_minor,
       i.begins, i.ends, i.rank, i.differs, i.ids::jsonb, i.document::jsonb, i.posting::jsonb,
       i.sentence, i.action
from items_in i join closing_case c
  on c.organisation_id = %(organisation)s::uuid and c.books_id = %(books)s
     and c.ledger = i.ledger and c.name = i.name
order by i.ledger, i.rank;
