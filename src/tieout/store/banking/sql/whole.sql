-- A received file is wholly there or not at all, and a statement has the lines and the sum that it
-- states, when the transaction ends; nothing is added to either later. The lines of a statement are of
-- its organisation and account, and what they repeat is a line of that account which repeats nothing
-- itself. That is proved with the sums, since keys would be checked line by line; nothing of it is ever
-- changed or removed, so it cannot cease to hold.
create or replace function banking_prove_files() returns trigger
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
  with parts as (
    select file_id, sum(octet_length(content)) as size, count(*) as count, max(number) as last
    from banking_filepart
    where organisation_id = new.organisation_id and file_id = any (noted) group by file_id
  )
  select string_agg(format('file %s states %s bytes, its parts hold %s', f.id, f.size,
                           coalesce(p.size, 0)), '; ') into faults
  from banking_receivedfile f left join parts p on p.file_id = f.id
  where f.organisation_id = new.organisation_id and f.id = any (noted)
    and (f.size <> coalesce(p.size, 0) or p.count <> p.last);
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if faults is not null then
    raise exception '%', faults using errcode = 'check_violation',
      table = 'banking_receivedfile', constraint = 'banking_receivedfile_whole';
  end if;
  return null;
end $$;

create or replace function banking_prove_statements() returns trigger
language plpgsql security definer set search_path = pg_catalog, public set enable_nestloop = off set plan_cache_mode = force_custom_plan as $$
declare
  earlier text := current_setting('tieout.organisation', true);
  noted bigint[] := array(select tieout_take_notes(new.organisation_id, new.what, new.id));
  astray text;
  misled text;
  faults text;
begin
  if cardinality(noted) = 0 then
    return null;
  end if;
  perform set_config('tieout.organisation', new.organisation_id::text, true);
  with sums as (
    select statement_id, count(*) as count, count(repeats_id) as repeated,
           min(account_id) as least, max(account_id) as most,
           count(*) filter (where repeats_id is not null and account_id is distinct from
             (select r.account_id from banking_bankline r
              where r.organisation_id = l.organisation_id and r.id = l.repeats_id
                and r.repeats_id is null and r.statement_id <> l.statement_id)) as misled,
           coalesce(sum(case direction when 'credit' then amount_minor else -amount_minor end)
                    filter (where status = 'booked'), 0) as minor
    from banking_bankline l
    where organisation_id = new.organisation_id and statement_id = any (noted)
    group by statement_id
  )
  select string_agg(format('lines of statement %s, which is not there for their account', n.id), '; ')
           filter (where s.id is null or (l.least, l.most) <> (s.account_id, s.account_id)),
         string_agg(format('lines of statement %s repeat what is no line of its account', n.id), '; ')
           filter (where l.misled > 0),
         string_agg(format('statement %s states %s lines of %s, it has %s of %s', s.id, s.line_count,
                           s.booked_minor, coalesce(l.count, 0), coalesce(l.minor, 0)), '; ')
           filter (where (s.line_count, s.repeated_count, s.booked_minor) is distinct from
                         (coalesce(l.count, 0), coalesce(l.repeated, 0), coalesce(l.minor, 0)))
    into astray, misled, faults
  from unnest(noted) n(id)
  left join banking_bankstatement s on s.organisation_id = new.organisation_id and s.id = n.id
  left join sums l on l.statement_id = n.id;
  perform set_config('tieout.organisation', coalesce(earlier, ''), true);
  if astray is not null then
    raise exception '%', astray using errcode = 'foreign_key_violation',
      table = 'banking_bankline', constraint = 'banking_bankline_statement_key';
  end if;
  if misled is not null then
    raise exception '%', misled using errcode = 'foreign_key_violation',
      table = 'banking_bankline', constraint = 'banking_bankline_repeats_key';
  end if;
  if faults is not null then
    raise exception '%', faults using errcode = 'check_violation',
      table = 'banking_bankstatement', constraint = 'banking_bankstatement_whole';
  end if;
  return null;
end $$;

revoke all on function banking_prove_files(), banking_prove_statements() from public;

create trigger banking_receivedfile_noted after insert on banking_receivedfile
  referencing new table as added
  for each statement execute function tieout_note('received_file', 'id');
create trigger banking_filepart_noted after insert on banking_filepart
  referencing new table as added
  for each statement execute function tieout_note('received_file', 'file_id');
create constraint trigger banking_receivedfile_whole after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'received_file')
  execute function banking_prove_files();
create trigger banking_bankstatement_noted after insert on banking_bankstatement
  referencing new table as added
  for each statement execute function tieout_note('bank_statement', 'id');
create trigger banking_bankline_noted after insert on banking_bankline
  referencing new table as added
  for each statement execute function tieout_note('bank_statement', 'statement_id');
create constraint trigger banking_bankstatement_whole after insert on tieout_unproved
  deferrable initially deferred for each row when (new.what = 'bank_statement')
  execute function banking_prove_statements();

-- and back:
drop trigger banking_receivedfile_noted on banking_receivedfile;
drop trigger banking_filepart_noted on banking_filepart;
drop trigger banking_receivedfile_whole on tieout_unproved;
drop trigger banking_bankstatement_noted on banking_bankstatement;
drop trigger banking_bankline_noted on banking_bankline;
drop trigger banking_bankstatement_whole on tieout_unproved;
drop function banking_prove_files(), banking_prove_statements();
