-- One call of a token taken from what it may: its instant moves on by the time of one call, unless
-- that would lead further than its allowance. No row: too many calls.
insert into requests_tokenpace as p (organisation_id, token_id, free_at)
values (%(organisation)s, %(token)s, %(now)s + %(each)s)
on conflict (organisation_id, token_id) do update
set free_at = greatest(p.free_at, %(now)s) + %(each)s
where greatest(p.free_at, %(now)s) + %(each)s <= %(now)s + %(whole)s
returning free_at;
