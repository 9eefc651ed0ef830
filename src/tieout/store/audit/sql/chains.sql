-- Which chains there are: what signs and verifies all of them must know their names, and row security
-- hides every organisation from a connection that is in none. The owner of the tables may see where
-- chains end; the application may ask for their names through this function, and for nothing else.
create policy audit_tail_named on audit_tail for select to current_user using (true);

create function audit_chains() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select organisation_id from audit_tail order by organisation_id
$$;

revoke all on function audit_chains() from public;
grant execute on function audit_chains() to tieout_app;

-- and back:
drop function audit_chains();
drop policy audit_tail_named on audit_tail;
