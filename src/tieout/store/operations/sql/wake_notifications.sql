-- A notification wakes a worker when it is due, as runs and messages do (`wake.sql`).
create trigger operations_notification_wakes after insert on operations_notification
  for each row execute function operations_wake('notify', 'due_at');
create trigger operations_notification_wakes_again after update of due_at on operations_notification
  for each row when (new.due_at is distinct from old.due_at and new.state = 'waiting')
  execute function operations_wake('notify', 'due_at');

-- and back:
drop trigger operations_notification_wakes_again on operations_notification;
drop trigger operations_notification_wakes on operations_notification;
