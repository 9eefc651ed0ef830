-- Some entries of one source, as one value: their ids by the ids they have there.
insert into ledger_journalentry (
  organisation_id, source, entry_id, booked_on, counterparty, narrative, "references", digest,
  recorded_at)
select %(organisation)s::uuid, %(source)s, e.entry_id, e.booked_on, e.counterparty, e.narrative,
       array(select jsonb_array_elements_text(e."references")), decode(e.digest, 'hex'), %(at)s
from jsonb_to_recordset(%(rows)s::jsonb) as e(
  entry_id text, booked_on date, counterparty text, narrative text, "references" jsonb, digest text)
returning entry_id, id;
