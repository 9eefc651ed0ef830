-- Jobs by task and state; and one row without a task: how long the oldest job is due, living workers,
-- the size of the database.
select task_name, status::text, count(*), 0, 0, 0
from procrastinate_jobs group by 1, 2
union all
select '', '', 0,
  (select coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0)
   from procrastinate_jobs j
   join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
   where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now()))::float8,
  (select count(*) from procrastinate_workers where last_heartbeat > now() - interval '1 minute'),
  pg_database_size(current_database())
