-- Rows that only grow: the trigger function of every append-only table.
create function tieout_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are added, never changed or removed', tg_table_name
    using errcode = 'restrict_violation', table = tg_table_name, constraint = tg_name;
end $$;

-- and back:
drop function tieout_refuse_change();
