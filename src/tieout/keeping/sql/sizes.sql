-- How large every table is, its indexes included.
select relname, pg_total_relation_size(c.oid), greatest(reltuples, 0)::bigint
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and relkind = 'r' order by 1;
