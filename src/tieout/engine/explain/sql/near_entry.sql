-- Kept entries that have one of those ids or references.
select * from kept.entry
where entry_id in (select said from name where kind = 'id')
   or (batch_id <> '' and batch_id in (select said from name where kind = 'id'))
   or reference in (select said from name where kind = 'reference')
