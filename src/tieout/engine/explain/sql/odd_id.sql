-- Ids by which lines name the entries that may differ.
select entry_id as id from odd_entry
union
select batch_id from odd_entry where batch_id <> ''
