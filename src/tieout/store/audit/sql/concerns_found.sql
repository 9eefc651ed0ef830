-- Lead from records to the events that are there already: to what each is about, and to every account,
-- pairing and set of books that its bytes name. Which fields it changed is read from its bytes.
-- The owner of the tables sees no organisation's rows; for these statements it does.
alter table audit_event no force row level security;
alter table audit_concern no force row level security;

insert into audit_concern (organisation_id, subject, sequence, at, actor, fields)
select distinct e.organisation_id, n.name, e.sequence, e.at, e.actor, '{}'::text[]
from audit_event e
cross join lateral (
  select e.subject as name
  union
  select m[1]
  from regexp_matches(
    encode(e.body, 'escape'), '"((?:bank_account|reconciliation|books):\d+)"', 'g'
  ) as m
) n;

-- Keys are proved now: a table that waits for a proof cannot be altered.
set constraints all immediate;
alter table audit_event force row level security;
alter table audit_concern force row level security;

-- and back:
select 1;
