-- Work wakes a worker by itself: whoever writes a row that says "there is work" puts a job beside it
-- in the same transaction. So a message cannot be lost between being written and being taken, none is
-- taken twice, and nobody ever has to look for work across organisations: a job names one organisation
-- and one row, nothing else. The rows themselves stay behind row security.
--
-- `operations_wake('task', 'column')`: the job runs at the instant in that column, or at once.
create function operations_wake() returns trigger language plpgsql as $$
declare
  at timestamptz := (to_jsonb(new) ->> nullif(tg_argv[1], ''))::timestamptz;
begin
  insert into procrastinate_jobs (queue_name, task_name, args, scheduled_at)
  values (
    'default',
    tg_argv[0],
    jsonb_build_object('organisation_id', new.organisation_id, 'number', new.id, 'at', at),
    at
  );
  return null;
end $$;

create trigger operations_outboxmessage_wakes after insert on operations_outboxmessage
  for each row execute function operations_wake('take_message', '');

create trigger operations_jobrun_wakes after insert on operations_jobrun
  for each row when (new.state = 'waiting')
  execute function operations_wake('run_job', '');
create trigger operations_jobrun_wakes_again after update of state on operations_jobrun
  for each row when (new.state = 'waiting' and old.state <> 'waiting')
  execute function operations_wake('run_job', '');
create trigger operations_jobrun_watched after update of expected_by on operations_jobrun
  for each row when (new.expected_by is distinct from old.expected_by and new.expected_by is not null)
  execute function operations_wake('watch', 'expected_by');

create trigger operations_schedule_wakes after insert on operations_schedule
  for each row when (new.next_due_at is not null)
  execute function operations_wake('start_due', 'next_due_at');
create trigger operations_schedule_wakes_again after update of next_due_at on operations_schedule
  for each row when (new.next_due_at is distinct from old.next_due_at and new.next_due_at is not null)
  execute function operations_wake('start_due', 'next_due_at');

create trigger operations_notification_wakes after insert on operations_notification
  for each row execute function operations_wake('notify', 'due_at');
create trigger operations_notification_wakes_again after update of due_at on operations_notification
  for each row when (new.due_at is distinct from old.due_at and new.state = 'waiting')
  execute function operations_wake('notify', 'due_at');

-- What the library of jobs needs as the application's role. None of it is a tenant's: a job holds an
-- organisation's id and a number.
grant select, insert, update, delete on
  procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
  to tieout_app;
grant usage on
  procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
  procrastinate_workers_id_seq
  to tieout_app;

-- With thousands of jobs waiting, fetching one is quick only while the planner knows how many.
alter table procrastinate_jobs set (autovacuum_analyze_scale_factor = 0.02);

-- and back:
alter table procrastinate_jobs reset (autovacuum_analyze_scale_factor);
revoke usage on
  procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
  procrastinate_workers_id_seq
  from tieout_app;
revoke all on
  procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
  from tieout_app;
drop trigger operations_notification_wakes_again on operations_notification;
drop trigger operations_notification_wakes on operations_notification;
drop trigger operations_schedule_wakes_again on operations_schedule;
drop trigger operations_schedule_wakes on operations_schedule;
drop trigger operations_jobrun_watched on operations_jobrun;
drop trigger operations_jobrun_wakes_again on operations_jobrun;
drop trigger operations_jobrun_wakes on operations_jobrun;
drop trigger operations_outboxmessage_wakes on operations_outboxmessage;
drop function operations_wake();
