-- Lines of what may differ: of the kept ones those that were not looked at again, and the others.
select kept_odd.row_id from kept.odd_line as kept_odd
left join near_line on near_line.row_id = kept_odd.row_id
where near_line.row_id is null
union
select row_id from odd_line
