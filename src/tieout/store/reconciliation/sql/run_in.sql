-- Temporary tables of a run's answer: COPY is refused on tables under row security.
create temporary table if not exists groups_in (
  name text, made_by text, rule text, status text, score bigint, posterior_ppm int,
  residual_minor bigint, residual_cause text, solutions bigint, runner_up text,
  runner_up_score bigint, reason text, amount bigint, day bigint, reference bigint,
  counterparty bigint, exclusivity bigint, left_count bigint, right_count bigint, left_minor bigint,
  right_minor bigint
) on commit drop;
create temporary table if not exists records_in (
  side text, record_id bigint, amount_minor bigint, name text, reason text, detail text, nearest text
) on commit drop;
truncate groups_in, records_in;
