-- What must be proved before a transaction may end. Statement triggers note which rows were touched
-- (`tieout_note('what', 'column')`); each room adds one deferred trigger for its own kind of note,
-- which proves all rows of the kind at once: a trigger for each row costs a hundred times as much.
-- So a row of `tieout_unproved` says that a transaction has notes of a kind, and fires the proof once;
-- its id is that of the transaction. The notes themselves are in `tieout_noted`.
-- Both belong to the owner: the application can neither read nor remove them. A check names
-- the organisation itself: the setting in force at the commit may be another one, and hide rows.
create table tieout_unproved (
  organisation_id uuid not null,
  what text not null,
  id bigint not null,
  primary key (organisation_id, what, id)
);

create table tieout_noted (
  transaction bigint not null,
  organisation_id uuid not null,
  what text not null,
  id bigint not null,
  primary key (transaction, organisation_id, what, id)
);

create or replace function tieout_note() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  this bigint := pg_current_xact_id()::text::bigint;
begin
  execute format(
    'with touched as materialized (select distinct organisation_id, %I as id from added), '
    'noted as (insert into tieout_noted select $1, organisation_id, %L, id from touched '
    'on conflict do nothing) '
    'insert into tieout_unproved select distinct organisation_id, %L, $1 from touched '
    'on conflict do nothing', tg_argv[1], tg_argv[0], tg_argv[0]) using this;
  return null;
end $$;

-- The notes of a kind that a transaction has made, taken: nobody takes them again.
create or replace function tieout_take_notes(organisation uuid, kind text, note bigint) returns setof bigint
language sql security definer set search_path = pg_catalog, public set enable_seqscan = off as $$
  with proved as (
    delete from tieout_unproved where organisation_id = organisation and what = kind and id = note
  )
  delete from tieout_noted where transaction = note and organisation_id = organisation and what = kind
  returning id
$$;

revoke all on function tieout_note(), tieout_take_notes(uuid, text, bigint) from public;

-- and back:
drop table tieout_unproved;
drop table tieout_noted;
drop function tieout_note(), tieout_take_notes(uuid, text, bigint);
