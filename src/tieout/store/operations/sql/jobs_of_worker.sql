-- What the queue believes that a worker is doing.
select id from procrastinate_jobs where status = 'doing' and worker_id = %(worker_id)s
