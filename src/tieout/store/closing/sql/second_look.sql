-- A sample is of a preparation, drawn as the policy asks, with the hash of the preparation's audit event
-- for its seed: nobody chooses what is looked at.
create or replace function closing_prove_sample() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  prepared closing_certification;
  held closing_policy;
  fault text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  select * into prepared from closing_certification
    where organisation_id = new.organisation_id and id = new.certification_id;
  select * into held from closing_policy
    where organisation_id = new.organisation_id and books_id = prepared.books_id
      and ledger = prepared.ledger
    order by id desc limit 1;
  if prepared.step is distinct from 'prepared' then
    fault := 'a sample of what is no preparation';
  elsif (new.percent, new.most, new.above_minor) is distinct from
        (held.sample_percent, held.sample_most, held.sample_above_minor) then
    fault := 'a sample that is not what the policy asks for';
  elsif not exists (select 1 from audit_event e
                    where e.organisation_id = new.organisation_id and e.hash = new.seed
                      and e.subject = 'certification:' || prepared.id and e.verb = 'prepare_period') then
    fault := 'a seed that is not the hash of the preparation''s audit event';
  end if;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if fault is not null then
    raise exception '%', fault using errcode = 'check_violation',
      table = 'closing_sample', constraint = 'closing_sample_as_asked';
  end if;
  return new;
end $$;

create trigger closing_sample_as_asked before insert on closing_sample
  for each row execute function closing_prove_sample();

-- A balance above the policy's amount is certified by another person than its reviewer, never by the
-- rule. A period is reviewed and certified once somebody else than its preparer has looked at every
-- case of its sample, which is drawn here a second time from the items of the run.
create or replace function closing_prove_approval() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  held closing_policy;
  prepared closing_certification;
  drawn closing_sample;
  reviewer bigint;
  remaining bigint;
  fault text;
begin
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  select * into held from closing_policy
    where organisation_id = new.organisation_id and books_id = new.books_id and ledger = new.ledger
    order by id desc limit 1;
  if new.step = 'certified'
      and greatest(abs(new.sub_ledger_minor), abs(new.control_minor)) > held.second_review_minor then
    select taken_by_id into reviewer from closing_certification
      where organisation_id = new.organisation_id and books_id = new.books_id
        and ledger = new.ledger and period = new.period and step = 'reviewed'
      order by id desc limit 1;
    if new.taken_by_id is null or new.taken_by_id = reviewer then
      fault := 'one approval of a balance that needs two';
    end if;
  end if;
  if fault is null and new.taken_by_id is not null then
    select * into prepared from closing_certification
      where organisation_id = new.organisation_id and books_id = new.books_id
        and ledger = new.ledger and period = new.period and step = 'prepared'
      order by id desc limit 1;
    select * into drawn from closing_sample
      where organisation_id = new.organisation_id and certification_id = prepared.id;
    if found then
      with population as (
        select c.id, c.name, sum(abs(i.amount_minor)) as size_minor
        from closing_causeitem i join closing_case c
          on c.organisation_id = i.organisation_id and c.id = i.case_id
        where i.organisation_id = new.organisation_id and i.run_id = prepared.run_id
          and i.ledger = new.ledger and i.begins <= new.period
          and (i.ends is null or i.ends > new.period)
        group by c.id, c.name
      ), parted as (
        select id, name, coalesce(size_minor > drawn.above_minor, false) as is_above from population
      ), placed as (
        select id, is_above, count(*) over strata as times,
               row_number() over (strata order by sha256(drawn.seed || convert_to(name, 'UTF8')),
                                  name collate "C" rows unbounded preceding) as place
        from parted window strata as (partition by is_above)
      )
      select count(*) into remaining from placed p
      where (p.is_above or p.place <= least(drawn.most, (p.times * drawn.percent + 99) / 100))
        and (not exists (select 1 from closing_look l
                         where l.organisation_id = new.organisation_id and l.sample_id = drawn.id
                           and l.case_id = p.id and l.verdict = 'right'
                           and l.looked_by_id <> prepared.taken_by_id)
             or exists (select 1 from closing_look l
                        where l.organisation_id = new.organisation_id and l.sample_id = drawn.id
                          and l.case_id = p.id and l.verdict = 'wrong'));
      if remaining > 0 then
        fault := format('%s sampled cases that nobody has looked at', remaining);
      end if;
    elsif held.sample_percent > 0 or held.sample_above_minor is not null then
      fault := 'an approval without the sample that the policy asks for';
    end if;
  end if;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if fault is not null then
    raise exception '%', fault using errcode = 'check_violation',
      table = 'closing_certification', constraint = 'closing_certification_second_look';
  end if;
  return new;
end $$;

create trigger closing_certification_second_look before insert on closing_certification
  for each row when (new.step in ('reviewed', 'certified')) execute function closing_prove_approval();

revoke all on function closing_prove_sample(), closing_prove_approval() from public;

-- and back:
drop trigger closing_certification_second_look on closing_certification;
drop trigger closing_sample_as_asked on closing_sample;
drop function closing_prove_sample(), closing_prove_approval();
