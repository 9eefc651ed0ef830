-- Kept lines that have one of those ids, references or journals, and all that correct something.
-- Each condition reads one column of all lines; the others are read of what was found.
with near as (
    select rowid as place, true as by_id from kept.line
    where source_id in (select said from name where kind = 'id' and said <> '')
    union all
    select rowid, false from kept.line where is_transfer or is_correction
    union all
    select rowid, false from kept.line
    where reference in (select said from name where kind = 'reference')
    union all
    select rowid, false from kept.line
    where journal_id in (select said from name where kind = 'journal')
),
once as (select place, bool_or(by_id) as by_id from near group by place)
select line.* from kept.line as line join once on once.place = line.rowid
where once.by_id or line.source_id = ''
