-- The records of runs are of runs, lines, postings and groups that are there, all of their organisation,
-- and a group is one of the record's run. Proved by set, since keys would be checked record by record;
-- nothing of it is ever changed or removed, so it cannot cease to hold. What is looked up is joined by
-- organisation and id alone, which only the right index fits.
create or replace function reconciliation_require_records(organisation uuid, runs bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, public set enable_nestloop = on set plan_cache_mode = force_custom_plan as $$
declare
  missing text;
  fault text;
begin
  select what, format('a record of run %s is of what is not there: %s %s', run_id, what, id)
    into missing, fault
  from (
    select 'run' as what, n.run_id, n.run_id as id from unnest(runs) n(run_id)
    left join reconciliation_matchrun r on r.organisation_id = organisation and r.id = n.run_id
    where r.id is null
    union all
    select 'line', x.run_id, x.line_id from reconciliation_runrecord x
    left join banking_bankline l on l.organisation_id = organisation and l.id = x.line_id
    where x.organisation_id = organisation and x.run_id = any (runs)
      and x.line_id is not null and l.id is null
    union all
    select 'posting', x.run_id, x.posting_id from reconciliation_runrecord x
    left join ledger_posting p on p.organisation_id = organisation and p.id = x.posting_id
    where x.organisation_id = organisation and x.run_id = any (runs)
      and x.posting_id is not null and p.id is null
    union all
    select 'group', x.run_id, x.group_id from reconciliation_runrecord x
    left join reconciliation_matchgroup g on g.organisation_id = organisation and g.id = x.group_id
    where x.organisation_id = organisation and x.run_id = any (runs)
      and x.group_id is not null and g.run_id is distinct from x.run_id
  ) as astray limit 1;
  if missing is not null then
    raise exception '%', fault using errcode = 'foreign_key_violation',
      table = 'reconciliation_runrecord',
      constraint = format('reconciliation_runrecord_%s_key', missing);
  end if;
end $$;

-- A run accounts for every record: counts and sums of its records are those of its two sides, each
-- group's members are as many and as much as it says and leave its residual, and
-- left - right = residuals + unmatched left - unmatched right follows from these. Proved for all runs of a transaction at once, when it ends.
create or replace function reconciliation_prove_runs() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_nestloop = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  perform reconciliation_require_records(new.organisation_id, noted);
  with sides as (
    select run_id,
           count(*) filter (where side = 'left') as left_count,
           count(*) filter (where side = 'right') as right_count,
           coalesce(sum(amount_minor) filter (where side = 'left'), 0) as left_minor,
           coalesce(sum(amount_minor) filter (where side = 'right'), 0) as right_minor
    from reconciliation_runrecord
    where organisation_id = new.organisation_id and run_id = any (noted) group by run_id
  ), inside as (
    select group_id,
           count(*) filter (where side = 'left') as left_count,
           count(*) filter (where side = 'right') as right_count,
           coalesce(sum(amount_minor) filter (where side = 'left'), 0) as left_minor,
           coalesce(sum(amount_minor) filter (where side = 'right'), 0) as right_minor
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
    select format('group %s leaves %s, not %s', g.name,
                  coalesce((i.left_minor - i.right_minor)::text, 'nothing'), g.residual_minor)
    from reconciliation_matchgroup g left join inside i on i.group_id = g.id
    where g.organisation_id = new.organisation_id and g.run_id = any (noted)
      and (g.residual_minor, g.left_count, g.right_count, g.left_minor, g.right_minor)
          is distinct from
          (i.left_minor - i.right_minor, i.left_count, i.right_count, i.left_minor, i.right_minor)
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

-- Two confirmations in force never hold one record. Only the records that were decided now are looked up, so
-- that ten thousand at once are seconds: one by one (`offset 0` keeps the order), by an index that nothing
-- else fits, whatever the statistics of the tables say. Whoever records a decision of a reconciliation
-- waits for whoever did so before; the check at the end then sees what the other has committed.
create or replace function reconciliation_prove_decisions() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  perform pg_advisory_xact_lock(hashtextextended('decision ' || reconciliation_id, 0))
    from (select distinct reconciliation_id from reconciliation_decision
          where organisation_id = new.organisation_id and id = any (noted) order by 1) as touched;
  with mine as materialized (
    select distinct d.reconciliation_id, d.side, d.record_id
    from unnest(noted) n(id) cross join lateral (
      select c.reconciliation_id, r.side, coalesce(r.line_id, r.posting_id) as record_id
      from reconciliation_decision c join reconciliation_decidedrecord r
        on r.organisation_id = c.organisation_id and r.decision_id = c.id
      where c.organisation_id = new.organisation_id and c.id = n.id and c.verdict = 'confirm' offset 0
    ) as d
  ), holding as materialized (
    select m.side, m.record_id, m.reconciliation_id, r.decision_id
    from mine m cross join lateral (
      select decision_id from reconciliation_decidedrecord
      where organisation_id = new.organisation_id and line_id = m.record_id offset 0
    ) as r
    where m.side = 'left'
    union all
    select m.side, m.record_id, m.reconciliation_id, r.decision_id
    from mine m cross join lateral (
      select decision_id from reconciliation_decidedrecord
      where organisation_id = new.organisation_id and posting_id = m.record_id offset 0
    ) as r
    where m.side = 'right'
  ), held as (
    select h.side, h.record_id, count(*) as times
    from holding h cross join lateral (
      select d.reconciliation_id from reconciliation_decision d
      where d.organisation_id = new.organisation_id and d.id = h.decision_id and d.verdict = 'confirm'
        and not exists (select 1 from reconciliation_decision u
                        where u.organisation_id = new.organisation_id and u.undoes_id = d.id) offset 0
    ) as standing
    where standing.reconciliation_id = h.reconciliation_id
    group by 1, 2 having count(*) > 1
    order by 1, 2 limit 5
  )
  select string_agg(format('%s %s is in %s confirmations',
                           case side when 'left' then 'line' else 'posting' end,
                           record_id, times), '; ') into faults from held;
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

-- One preparation of a cut-off is in force; a review follows it, of the same run, by another person. A
-- suspended sign-off counts for nothing.
create or replace function reconciliation_prove_sign_off() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  prepared reconciliation_signoff;
  is_reviewed boolean;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  perform pg_advisory_xact_lock(hashtextextended('sign-off ' || new.reconciliation_id, 0));
  select s.* into prepared from reconciliation_signoff s
    where s.organisation_id = new.organisation_id and s.reconciliation_id = new.reconciliation_id
      and s.cut_off_on = new.cut_off_on and s.step = 'prepared'
      and not exists (select 1 from reconciliation_suspension u
                      where u.organisation_id = s.organisation_id and u.sign_off_id = s.id);
  select exists (select 1 from reconciliation_signoff s
    where s.organisation_id = new.organisation_id and s.reconciliation_id = new.reconciliation_id
      and s.cut_off_on = new.cut_off_on and s.step = 'reviewed'
      and not exists (select 1 from reconciliation_suspension u
                      where u.organisation_id = s.organisation_id and u.sign_off_id = s.id))
    into is_reviewed;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if new.step = 'prepared' and prepared.id is not null then
    raise exception 'sign-off % has prepared it, and is in force', prepared.id
      using errcode = 'check_violation', table = 'reconciliation_signoff',
            constraint = 'reconciliation_signoff_in_force';
  end if;
  if new.step = 'reviewed' and (prepared.id is null or prepared.run_id <> new.run_id
      or prepared.signed_by_id = new.signed_by_id or is_reviewed) then
    raise exception 'a review needs a preparation in force of that run, by another person'
      using errcode = 'check_violation', table = 'reconciliation_signoff',
            constraint = 'reconciliation_signoff_four_eyes';
  end if;
  return new;
end $$;

create trigger reconciliation_signoff_four_eyes before insert on reconciliation_signoff
  for each row execute function reconciliation_prove_sign_off();

revoke all on function reconciliation_require_records(uuid, bigint[]), reconciliation_prove_runs(),
  reconciliation_prove_decisions(), reconciliation_prove_sign_off() from public;

-- and back:
drop trigger reconciliation_matchrun_noted on reconciliation_matchrun;
drop trigger reconciliation_matchgroup_noted on reconciliation_matchgroup;
drop trigger reconciliation_runrecord_noted on reconciliation_runrecord;
drop trigger reconciliation_matchrun_accounted on tieout_unproved;
drop trigger reconciliation_decision_noted on reconciliation_decision;
drop trigger reconciliation_decidedrecord_noted on reconciliation_decidedrecord;
drop trigger reconciliation_decision_exclusive on tieout_unproved;
drop trigger reconciliation_signoff_four_eyes on reconciliation_signoff;
drop function reconciliation_prove_runs(), reconciliation_require_records(uuid, bigint[]),
  reconciliation_prove_decisions(), reconciliation_prove_sign_off();
