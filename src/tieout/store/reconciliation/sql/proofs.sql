-- A run accounts for every record: counts and sums of its records are those of its two sides, each
-- group's members leave its residual, and left - right = residuals + unmatched left - unmatched right
-- follows from these. Proved for all runs of a transaction at once, when it ends.
create function reconciliation_prove_runs() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what));
  faults text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with sides as (
    select run_id,
           count(*) filter (where side = 'left') as left_count,
           count(*) filter (where side = 'right') as right_count,
           coalesce(sum(amount_minor) filter (where side = 'left'), 0) as left_minor,
           coalesce(sum(amount_minor) filter (where side = 'right'), 0) as right_minor
    from reconciliation_runrecord
    where organisation_id = new.organisation_id and run_id = any (noted) group by run_id
  ), left_over as (
    select group_id, sum(case side when 'left' then amount_minor else -amount_minor end) as minor
    from reconciliation_runrecord
    where organisation_id = new.organisation_id and run_id = any (noted) and group_id is not null
    group by group_id
  ), wrong as (
    select format('run %s states %s and %s records', r.id, r.left_count, r.right_count) as fault
    from reconciliation_matchrun r left join sides s on s.run_id = r.id
    where r.organisation_id = new.organisation_id and r.id = any (noted)
      and (r.left_count, r.right_count, r.left_minor, r.right_minor) is distinct from
          (coalesce(s.left_count, 0), coalesce(s.right_count, 0),
           coalesce(s.left_minor, 0), coalesce(s.right_minor, 0))
    union all
    select format('group %s leaves %s, not %s', g.name, coalesce(l.minor::text, 'nothing'),
                  g.residual_minor)
    from reconciliation_matchgroup g left join left_over l on l.group_id = g.id
    where g.organisation_id = new.organisation_id and g.run_id = any (noted)
      and g.residual_minor is distinct from l.minor
    order by 1 limit 5
  )
  select string_agg(fault, '; ') into faults from wrong;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception '%', faults using errcode = 'check_violation',
      table = 'reconciliation_matchrun', constraint = 'reconciliation_matchrun_accounted';
  end if;
  return null;
end $$;

create trigger reconciliation_matchrun_noted after insert on reconciliation_matchrun
  referencing new table as added
  for each statement execute function tieout_note('match_run', 'id');
create trigger reconciliation_matchgroup_noted after insert on reconciliation_matchgroup
  referencing new table as added
  for each statement execute function tieout_note('match_run', 'run_id');
create trigger reconciliation_runrecord_noted after insert on reconciliation_runrecord
  referencing new table as added
  for each statement execute function tieout_note('match_run', 'run_id');
create constraint trigger reconciliation_matchrun_accounted after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'match_run')
  execute function reconciliation_prove_runs();

-- Two confirmations in force never hold one record. Whoever records a decision of a reconciliation
-- waits for whoever did so before; the check at the end then sees what the other has committed.
create function reconciliation_prove_decisions() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what));
  faults text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  perform pg_advisory_xact_lock(hashtextextended('decision ' || reconciliation_id, 0))
    from (select distinct reconciliation_id from reconciliation_decision
          where organisation_id = new.organisation_id and id = any (noted) order by 1) as touched;
  with mine as (
    select d.reconciliation_id, r.line_id, r.posting_id
    from reconciliation_decidedrecord r join reconciliation_decision d
      on d.organisation_id = r.organisation_id and d.id = r.decision_id
    where r.organisation_id = new.organisation_id and d.id = any (noted)
      and d.verdict = 'confirm'
  ), held as (
    select r.line_id, r.posting_id, count(*) as times
    from reconciliation_decidedrecord r join reconciliation_decision d
      on d.organisation_id = r.organisation_id and d.id = r.decision_id
    where r.organisation_id = new.organisation_id and d.verdict = 'confirm'
      and not exists (select 1 from reconciliation_decision u
                      where u.organisation_id = d.organisation_id and u.undoes_id = d.id)
      and exists (select 1 from mine
                  where mine.reconciliation_id = d.reconciliation_id
                    and (mine.line_id = r.line_id or mine.posting_id = r.posting_id))
    group by 1, 2 having count(*) > 1
  )
  select string_agg(format('%s %s is in %s confirmations',
                           case when line_id is null then 'posting' else 'line' end,
                           coalesce(line_id, posting_id), times), '; ') into faults from held;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception '%', faults using errcode = 'unique_violation',
      table = 'reconciliation_decision', constraint = 'reconciliation_decision_exclusive';
  end if;
  return null;
end $$;

create trigger reconciliation_decision_noted after insert on reconciliation_decision
  referencing new table as added
  for each statement execute function tieout_note('decision', 'id');
create trigger reconciliation_decidedrecord_noted after insert on reconciliation_decidedrecord
  referencing new table as added
  for each statement execute function tieout_note('decision', 'decision_id');
create constraint trigger reconciliation_decision_exclusive after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'decision')
  execute function reconciliation_prove_decisions();

-- A review follows a preparation of the same run and cut-off, by another person.
create function reconciliation_prove_sign_off() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  preparer bigint;
begin
  if new.step <> 'reviewed' then
    return new;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  select signed_by_id into preparer from reconciliation_signoff
    where organisation_id = new.organisation_id and run_id = new.run_id
      and cut_off_on = new.cut_off_on and step = 'prepared';
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if preparer is null or preparer = new.signed_by_id then
    raise exception 'a review needs a preparation by another person'
      using errcode = 'check_violation', table = 'reconciliation_signoff',
            constraint = 'reconciliation_signoff_four_eyes';
  end if;
  return new;
end $$;

create trigger reconciliation_signoff_four_eyes before insert on reconciliation_signoff
  for each row execute function reconciliation_prove_sign_off();

revoke all on function reconciliation_prove_runs(), reconciliation_prove_decisions(),
  reconciliation_prove_sign_off() from public;

-- and back:
drop trigger reconciliation_matchrun_noted on reconciliation_matchrun;
drop trigger reconciliation_matchgroup_noted on reconciliation_matchgroup;
drop trigger reconciliation_runrecord_noted on reconciliation_runrecord;
drop trigger reconciliation_matchrun_accounted on tieout_unproved;
drop trigger reconciliation_decision_noted on reconciliation_decision;
drop trigger reconciliation_decidedrecord_noted on reconciliation_decidedrecord;
drop trigger reconciliation_decision_exclusive on tieout_unproved;
drop trigger reconciliation_signoff_four_eyes on reconciliation_signoff;
drop function reconciliation_prove_runs(), reconciliation_prove_decisions(),
  reconciliation_prove_sign_off();
