-- Ids that more than one entry carries.
select entry_id as id from entry group by entry_id having count(*) > 1
