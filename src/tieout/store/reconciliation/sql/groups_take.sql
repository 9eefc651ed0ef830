-- A run's groups into their table, under row security and all its constraints.
insert into reconciliation_matchgroup (
  organisation_id, run_id, name, made_by, rule, status, score, parts, posterior_ppm, residual_minor,
  residual_cause, solutions, runner_up, runner_up_score, reason, left_count, right_count, left_minor,
  right_minor)
select %(organisation)s::uuid, %(run)s, name, made_by, rule, status, score,
       jsonb_build_object('amount', amount, 'date', day, 'reference', reference,
                          'counterparty', counterparty, 'exclusivity', exclusivity),
       posterior_ppm, residual_minor, residual_cause, solutions, runner_up, runner_up_score, reason,
       left_count, right_count, left_minor, right_minor
from groups_in;
