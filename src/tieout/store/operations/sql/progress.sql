-- How far a run is; no row when the lease is another's or the run has ended.
update operations_jobrun
set step = %(step)s, step_done = %(done)s, step_of = %(of)s
where id = %(run)s and lease = %(lease)s and state = 'running'
returning cancel_asked_at is not null
