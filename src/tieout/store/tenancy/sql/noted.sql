-- Where the notes of a transaction are: one row in `tieout_unproved` fires the proof of them all.
create table if not exists tieout_noted (
  transaction bigint not null,
  organisation_id uuid not null,
  what text not null,
  id bigint not null,
  primary key (transaction, organisation_id, what, id)
);

-- and back:
select 1;
