"""An organisation with many lines, books beside them, and a run whose groups wait for somebody.

Lines come in through the verbs. Books and run are put there by set, as the application's own role
under all constraints: every fourth line has a posting and is in a suggested group with it.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

EVERY = 4
ENTRIES = """
insert into ledger_journalentry (organisation_id, source, entry_id, booked_on, counterparty,
  narrative, "references", digest, recorded_at)
select organisation_id, 'bench', id::text, booked_on, counterparty, narrative, '{}', '', %(now)s
from banking_bankline where account_id = %(account)s and position %% %(every)s = 0
"""
POSTINGS = """
insert into ledger_posting (organisation_id, entry_id, position, account_id, amount_minor,
  direction, currency, exponent, weight_minor, weight_currency, weight_exponent, booked_on,
  narrative, reference)
select e.organisation_id, e.id, side.position, side.account, l.amount_minor,
  case when (l.direction = 'credit') = (side.position = 1) then 'debit' else 'credit' end,
  'EUR', 2,
  case when (l.direction = 'credit') = (side.position = 1) then l.amount_minor
       else -l.amount_minor end,
  'EUR', 2, e.booked_on, '', ''
from ledger_journalentry e join banking_bankline l on l.id = e.entry_id::bigint
cross join (values (1, %(bank)s), (2, %(other)s)) as side(position, account)
where e.source = 'bench' and l.account_id = %(account)s
"""
GROUPS = """
insert into reconciliation_matchgroup (organisation_id, run_id, name, made_by, rule, status, score,
  parts, posterior_ppm, left_count, right_count, left_minor, right_minor, residual_minor,
  residual_cause, solutions, runner_up, runner_up_score, reason)
select l.organisation_id, %(run)s, l.id::text, 'identity', 'alike', 'suggested', l.position %% 1000,
  '{}', 990000, 1, 1, signed.minor, signed.minor, 0, '', 1, '', 0, 'the amounts are alike'
from banking_bankline l cross join lateral (
  select case l.direction when 'credit' then l.amount_minor else -l.amount_minor end as minor
) signed
where l.account_id = %(account)s and l.position %% %(every)s = 0
"""
LEFT = """
insert into reconciliation_runrecord (organisation_id, run_id, side, line_id, amount_minor,
  group_id, reason, detail, nearest)
select l.organisation_id, %(run)s, 'left', l.id,
  case l.direction when 'credit' then l.amount_minor else -l.amount_minor end, g.id,
  case when g.id is null then 'no-candidate' else '' end, '', ''
from banking_bankline l left join reconciliation_matchgroup g
  on g.organisation_id = l.organisation_id and g.run_id = %(run)s and g.name = l.id::text
where l.account_id = %(account)s
"""
RIGHT = """
insert into reconciliation_runrecord (organisation_id, run_id, side, posting_id, amount_minor,
  group_id, reason, detail, nearest)
select p.organisation_id, %(run)s, 'right', p.id, p.weight_minor, g.id, '', '', ''
from ledger_posting p join ledger_journalentry e on e.id = p.entry_id
join reconciliation_matchgroup g
  on g.organisation_id = p.organisation_id and g.run_id = %(run)s and g.name = e.entry_id
where p.account_id = %(bank)s
"""
SUMS = """
select count(*),
  coalesce(sum(case direction when 'credit' then amount_minor else -amount_minor end), 0)
from banking_bankline where account_id = %(account)s and (position %% %(every)s = 0) = %(grouped)s
"""
OPEN_DAYS = """
select booked_on::text, count(*) from banking_bankline
where account_id = %(account)s and position %% %(every)s <> 0 group by 1
"""


def filled(name: str, path: Path, now: datetime) -> tuple[Any, int, int, int]:
    """The organisation's caller, its bank account and reconciliation, and how many lines it has."""
    from django.db import connection

    from tieout.formats.common.source import Source
    from tieout.store.banking.models import BankAccount
    from tieout.store.ledger.models import Account
    from tieout.store.postgres.plans import plan_anew
    from tieout.store.postgres.tenant import tenant
    from tieout.store.reconciliation.models import MatchRun
    from tieout.workflows.create_organisation import create_organisation
    from tieout.workflows.import_statement import import_statement
    from tieout.workflows.receive_file import receive_file
    from tieout.workflows.reconcile import set_reconciliation

    caller = create_organisation(name=name, owner_email="o@example.org", origin="bench", now=now)
    org = caller.organisation_id
    received = receive_file(caller, source=Source(path.name, path=path), now=now)
    import_statement(caller, file_id=received.file_id, account="NL55", now=now)
    with tenant(org):
        account = BankAccount.objects.get()
        bank, other = (
            Account.objects.create(organisation_id=org, code=code, kind="unknown").pk
            for code in ("bank", "other")
        )
    reconciliation = set_reconciliation(
        caller, name=name, bank_account_id=account.pk, account_code="bank", now=now
    )
    given: dict[str, Any] = {
        "account": account.pk, "bank": bank, "other": other, "every": EVERY, "now": now
    }  # fmt: skip
    with tenant(org), connection.cursor() as cursor:
        # Nothing has counted these tables yet: what joins them row by row takes hours.
        cursor.execute("set local enable_nestloop = off")
        plan_anew()  # keys planned for a small organisation read all of a large one
        cursor.execute(ENTRIES, given)
        cursor.execute(POSTINGS, given)
        cursor.execute(SUMS, {**given, "grouped": True})
        count, minor = map(int, cursor.fetchone())
        cursor.execute(SUMS, {**given, "grouped": False})
        rest, left_over = map(int, cursor.fetchone())
        cursor.execute(OPEN_DAYS, given)
        open_days = [list(row) for row in cursor.fetchall()]
        tallies = {
            "groups": {"suggested": [count, minor, minor]},
            "residuals": {},
            "unmatched": [["left", "no-candidate", rest, left_over]],
            "open_days": open_days,
        }
        run = MatchRun.objects.create(
            organisation_id=org,
            reconciliation_id=reconciliation,
            started_at=now,
            engine="bench",
            program="bench",
            summary={"tallies": tallies},
            currency="EUR",
            exponent=2,
            left_count=count + rest,
            right_count=count,
            left_minor=minor + left_over,
            right_minor=minor,
        )
        for statement in (GROUPS, LEFT, RIGHT):
            cursor.execute(statement, {**given, "run": run.pk})
    return caller, account.pk, reconciliation, count + rest
