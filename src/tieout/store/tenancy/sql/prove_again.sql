-- Everything that is kept of the organisation in force, proved again: the proofs that a transaction
-- passes when it ends, over all rows instead of those it touched (parts too, whose whole may be gone);
-- every key, that what it names is
-- there; every check, that its rows keep it. What was proved once and never changes cannot cease to
-- hold, unless somebody went round the rules: then this says what, and where.
create or replace function tieout_prove_again() returns table (what text, fault text)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  organisation uuid := current_setting('tieout.organisation')::uuid;
  this bigint := pg_current_xact_id()::text::bigint;
  one record;
  broken bigint;
begin
  for one in
    select kind, array_agg(source order by source) as sources, array_agg(col order by source) as columns
    from (
      select split_part(encode(tgargs, 'escape'), '\000', 1) as kind,
             split_part(encode(tgargs, 'escape'), '\000', 2) as col, tgrelid::regclass as source
      from pg_trigger where tgfoid = 'tieout_note()'::regprocedure
    ) as noting
    group by 1 having bool_or(col = 'id') order by 1
  loop
    what := replace(one.kind, '_', ' ');
    fault := null;
    begin
      for part in 1 .. cardinality(one.sources) loop
        execute format('insert into tieout_noted select distinct $1, organisation_id, %L, %I from %s '
                       'where organisation_id = $2 on conflict do nothing',
                       one.kind, one.columns[part], one.sources[part]) using this, organisation;
      end loop;
      insert into tieout_unproved values (organisation, one.kind, this) on conflict do nothing;
      set constraints all immediate;
      set constraints all deferred;
    exception when integrity_constraint_violation then
      fault := sqlerrm;
    end;
    return next;
  end loop;
  for one in
    select k.conname, k.conrelid::regclass as child, k.confrelid::regclass as parent,
           string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ') as same,
           string_agg(format('c.%I is not null', a.attname), ' and ') as given
    from pg_constraint k
    cross join unnest(k.conkey, k.confkey) as pair(mine, theirs)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.mine
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.theirs
    where k.contype = 'f' and exists (select 1 from pg_attribute o where o.attrelid = k.conrelid
                                      and o.attname = 'organisation_id')
    group by 1, 2, 3 order by 1
  loop
    execute format('select count(*) from %s c where c.organisation_id = $1 and %s and not exists '
                   '(select 1 from %s p where %s)', one.child, one.given, one.parent, one.same)
      into broken using organisation;
    what := one.conname;
    fault := case when broken > 0 then
      format('%s rows of %s name what is not in %s', broken, one.child, one.parent) end;
    return next;
  end loop;
  for one in
    select k.conname, k.conrelid::regclass as source, pg_get_expr(k.conbin, k.conrelid) as rule
    from pg_constraint k
    where k.contype = 'c' and exists (select 1 from pg_attribute o where o.attrelid = k.conrelid
                                      and o.attname = 'organisation_id')
    order by 1
  loop
    execute format('select count(*) from %s where organisation_id = $1 and not (%s)',
                   one.source, one.rule) into broken using organisation;
    what := one.conname;
    fault := case when broken > 0 then
      format('%s rows of %s are not as they must be: %s', broken, one.source, one.rule) end;
    return next;
  end loop;
end $$;

revoke all on function tieout_prove_again() from public;
grant execute on function tieout_prove_again() to tieout_app;

-- and back:
drop function tieout_prove_again();
