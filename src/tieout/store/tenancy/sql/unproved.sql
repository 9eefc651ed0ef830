-- What must be proved before a transaction may end. Statement triggers note which rows were touched
-- (`tieout_note('what', 'column')`); each room adds one deferred trigger for its own kind of note,
-- which proves all rows of the kind at once: a trigger for each row costs a hundred times as much.
-- The notes belong to the owner: the application can neither read nor remove them. A check names
-- the organisation itself: the setting in force at the commit may be another one, and hide rows.
create table tieout_unproved (
  organisation_id uuid not null,
  what text not null,
  id bigint not null,
  primary key (organisation_id, what, id)
);

create or replace function tieout_note() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  execute format('insert into tieout_unproved select distinct organisation_id, %L, %I from added '
                 'on conflict do nothing', tg_argv[0], tg_argv[1]);
  return null;
end $$;

-- The notes of a kind, taken; empty when an earlier firing has proved them all. A trigger fires for
-- every note: only its own is looked up, else ten thousand of them are looked through ten thousand times.
create or replace function tieout_take_notes(organisation uuid, kind text, note bigint) returns setof bigint
language sql security definer set search_path = pg_catalog, public as $$
  delete from tieout_unproved where organisation_id = organisation and what = kind
    and exists (select from tieout_unproved
                where organisation_id = organisation and what = kind and id = note)
  returning id
$$;

revoke all on function tieout_note(), tieout_take_notes(uuid, text, bigint) from public;

-- and back:
drop table tieout_unproved;
drop function tieout_note(), tieout_take_notes(uuid, text, bigint);
