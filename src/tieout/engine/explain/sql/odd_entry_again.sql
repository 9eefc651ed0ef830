-- Entries that may differ: of the kept ones those that were not looked at again, and the others.
select kept_odd.* from kept.odd_entry as kept_odd
left join near_entry on near_entry.row_id = kept_odd.row_id
where near_entry.row_id is null
union all by name
select * from odd_entry
