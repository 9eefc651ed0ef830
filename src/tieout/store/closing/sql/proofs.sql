-- A run adds up: in every ledger and period the causes, what is unexplained among them, are the
-- difference; the items that stand in a period are what their cause contributes, as many and as large
-- as it states; and what moves leads from one period to the next. Figures signed of these books that
-- are in force are those of the newest run. Proved for all runs of a transaction at once, when it ends.
create or replace function closing_prove_runs() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  faults text;
  stale text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with difference as (
    select run_id, ledger, period, difference_minor, movement_minor, item_count, size_minor,
           unexplained_count, unexplained_minor,
           lag(difference_minor, 1, 0::bigint)
             over (partition by run_id, ledger order by period) as before_minor
    from closing_difference where organisation_id = new.organisation_id and run_id = any (noted)
  ), contributed as (
    select run_id, ledger, period, sum(amount_minor) as minor
    from closing_contribution where organisation_id = new.organisation_id and run_id = any (noted)
    group by run_id, ledger, period
  ), standing as (
    select d.run_id, d.ledger, d.period, i.cause, i.account, i.currency, sum(i.amount_minor) as minor,
           count(*) as times, sum(abs(i.amount_minor)) as size_minor
    from closing_causeitem i join closing_difference d
      on d.organisation_id = i.organisation_id and d.run_id = i.run_id and d.ledger = i.ledger
         and d.period >= i.begins and (i.ends is null or d.period < i.ends)
    where i.organisation_id = new.organisation_id and i.run_id = any (noted)
    group by d.run_id, d.ledger, d.period, i.cause, i.account, i.currency
  ), counted as (
    select run_id, ledger, period, sum(times) as times, sum(size_minor) as size_minor,
           sum(times) filter (where cause = 'unexplained') as unexplained_count,
           sum(size_minor) filter (where cause = 'unexplained') as unexplained_minor
    from standing group by run_id, ledger, period
  ), wrong as (
    select format('run %s has no period', r.id) as fault
    from closing_explained r
    where r.organisation_id = new.organisation_id and r.id = any (noted)
      and not exists (select 1 from difference d where d.run_id = r.id)
    union all
    select format('%s period %s differs by %s, its causes add up to %s', coalesce(d.ledger, c.ledger),
                  coalesce(d.period, c.period), coalesce(d.difference_minor::text, 'nothing'),
                  coalesce(c.minor, 0))
    from difference d full join contributed c using (run_id, ledger, period)
    where d.difference_minor is distinct from coalesce(c.minor, 0)
    union all
    select format('%s period %s: %s contributes %s, its items %s', coalesce(s.ledger, c.ledger),
                  coalesce(s.period, c.period), coalesce(s.cause, c.cause),
                  coalesce(c.amount_minor, 0), coalesce(s.minor, 0))
    from standing s full join (
      select * from closing_contribution
      where organisation_id = new.organisation_id and run_id = any (noted)
    ) c using (run_id, ledger, period, cause, account, currency)
    where coalesce(s.minor, 0) <> coalesce(c.amount_minor, 0)
    union all
    select format('%s period %s does not state its items or its movement', d.ledger, d.period)
    from difference d left join counted c using (run_id, ledger, period)
    where (d.item_count, d.size_minor, d.unexplained_count, d.unexplained_minor)
          is distinct from
          (coalesce(c.times, 0)::bigint, coalesce(c.size_minor, 0)::bigint,
           coalesce(c.unexplained_count, 0)::bigint, coalesce(c.unexplained_minor, 0)::bigint)
       or d.movement_minor <> d.difference_minor - d.before_minor
    order by 1 limit 5
  )
  select string_agg(fault, '; ') into faults from wrong;
  with newest as (
    select books_id, max(id) as run_id from closing_explained
    where organisation_id = new.organisation_id
      and books_id in (select books_id from closing_explained
                       where organisation_id = new.organisation_id and id = any (noted))
    group by books_id
  ), last_step as (
    select distinct on (c.books_id, c.ledger, c.period) c.*, n.run_id as newest_id
    from closing_certification c join newest n on n.books_id = c.books_id
    where c.organisation_id = new.organisation_id
    order by c.books_id, c.ledger, c.period, c.id desc
  ), changed as (
    select format('what was %s of %s period %s is not what the newest run gives', c.step, c.ledger,
                  c.period) as fault
    from last_step c left join closing_difference d
      on d.organisation_id = new.organisation_id and d.run_id = c.newest_id and d.ledger = c.ledger
         and d.period = c.period
    where c.step in ('prepared', 'reviewed', 'certified')
      and (c.sub_ledger_minor, c.control_minor, c.unexplained_minor) is distinct from
          (d.sub_ledger_minor, d.control_minor, d.unexplained_minor)
    order by 1 limit 5
  )
  select string_agg(fault, '; ') into stale from changed;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception '%', faults using errcode = 'check_violation',
      table = 'closing_explained', constraint = 'closing_explained_adds_up';
  end if;
  if stale is not null then
    raise exception '%', stale using errcode = 'check_violation',
      table = 'closing_certification', constraint = 'closing_certification_stands';
  end if;
  return null;
end $$;

create trigger closing_explained_noted after insert on closing_explained
  referencing new table as added
  for each statement execute function tieout_note('explained', 'id');
create trigger closing_difference_noted after insert on closing_difference
  referencing new table as added
  for each statement execute function tieout_note('explained', 'run_id');
create trigger closing_contribution_noted after insert on closing_contribution
  referencing new table as added
  for each statement execute function tieout_note('explained', 'run_id');
create trigger closing_causeitem_noted after insert on closing_causeitem
  referencing new table as added
  for each statement execute function tieout_note('explained', 'run_id');
create constraint trigger closing_explained_adds_up after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'explained')
  execute function closing_prove_runs();

-- The steps of a ledger's period follow one another. Who prepared it neither reviews nor certifies it;
-- nobody certifies only what the rule may: low risk, closed, no difference and no item. What is signed are figures of a run; a preparation takes the newest, within the policy.
create or replace function closing_prove_step() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  before closing_certification;
  held closing_policy;
  figures closing_difference;
  preparer bigint;
  state text;
  fault text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  perform pg_advisory_xact_lock(hashtextextended('closing ' || new.books_id, 0));
  select * into before from closing_certification
    where organisation_id = new.organisation_id and books_id = new.books_id
      and ledger = new.ledger and period = new.period
    order by id desc limit 1;
  select * into held from closing_policy
    where organisation_id = new.organisation_id and books_id = new.books_id and ledger = new.ledger
    order by id desc limit 1;
  select * into figures from closing_difference
    where organisation_id = new.organisation_id and run_id = new.run_id
      and ledger = new.ledger and period = new.period;
  state := coalesce(before.step, 'not started');
  if new.step <> 'suspended' and (new.sub_ledger_minor, new.control_minor, new.unexplained_minor)
      is distinct from (figures.sub_ledger_minor, figures.control_minor, figures.unexplained_minor) then
    fault := 'figures that are not those of the run';
  elsif new.step = 'prepared' then
    if state not in ('not started', 'returned', 'suspended') then
      fault := 'a preparation of what is ' || state;
    elsif new.unexplained_minor > coalesce(held.unexplained_minor, 0) then
      fault := 'a preparation with more unexplained than the policy allows';
    elsif exists (select 1 from closing_explained e where e.organisation_id = new.organisation_id
                  and e.books_id = new.books_id and e.id > new.run_id) then
      fault := 'a preparation of a run that is not the newest';
    elsif new.taken_by_id is null then
      fault := 'a preparation by nobody';
    end if;
  elsif new.step in ('reviewed', 'returned') or (new.step = 'certified' and new.taken_by_id is not null) then
    select taken_by_id into preparer from closing_certification
      where organisation_id = new.organisation_id and books_id = new.books_id
        and ledger = new.ledger and period = new.period and step = 'prepared'
      order by id desc limit 1;
    if (new.step, state) not in (('reviewed', 'prepared'), ('certified', 'reviewed'),
                                 ('returned', 'prepared'), ('returned', 'reviewed')) then
      fault := format('%s does not follow on %s', new.step, state);
    elsif new.taken_by_id is null then
      fault := new.step || ' by nobody';
    elsif new.step <> 'returned' and new.taken_by_id = preparer then
      fault := 'the person who prepared it';
    end if;
  elsif new.step = 'certified' then
    if state not in ('not started', 'suspended') or held.automatic is distinct from 'agrees'
        or held.risk <> 'low' or not figures.is_closed or figures.difference_minor <> 0
        or figures.item_count <> 0 then
      fault := 'a certification by the rule where the rule does not hold';
    end if;
  elsif state not in ('prepared', 'reviewed', 'certified') then
    fault := 'a suspension of what is ' || state;
  end if;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if fault is not null then
    raise exception '%', fault using errcode = 'check_violation',
      table = 'closing_certification', constraint = 'closing_certification_in_order';
  end if;
  return new;
end $$;

create trigger closing_certification_in_order before insert on closing_certification
  for each row execute function closing_prove_step();

revoke all on function closing_prove_runs(), closing_prove_step() from public;

-- and back:
drop trigger closing_explained_noted on closing_explained;
drop trigger closing_difference_noted on closing_difference;
drop trigger closing_contribution_noted on closing_contribution;
drop trigger closing_causeitem_noted on closing_causeitem;
drop trigger closing_explained_adds_up on tieout_unproved;
drop trigger closing_certification_in_order on closing_certification;
drop function closing_prove_runs(), closing_prove_step();
