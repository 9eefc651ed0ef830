"""`reconcile`: a match run over what is stored, with people's decisions as facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

import tieout
from tieout.core.access import Action
from tieout.core.decisions import Decided, Verdict, in_force
from tieout.core.errors import NotFound
from tieout.core.matching.rules import MatchRules
from tieout.engine import MatchResult, match
from tieout.engine.decisions import Decision as EngineDecision
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.rules import load_rules
from tieout.store.banking.models import BankAccount
from tieout.store.ledger.models import Account
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.store.reconciliation.records import Sides, add_run, decisions_of, sides_of
from tieout.workflows.acting import Caller, acting

REJECTED = "A person has rejected this group."


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a run found: records in = records in groups + unmatched ones."""

    run_id: int
    left_count: int
    right_count: int
    confirmed: int
    suggested: int
    unmatched: int
    notes: tuple[str, ...]
    """Fallbacks, and where new data contradicts what people decided."""


def set_reconciliation(
    caller: Caller, *, name: str, bank_account_id: int, account_code: str, now: datetime
) -> int:
    """Say which bank account is compared with which account of the books; the reconciliation."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "set_reconciliation", now) as act:
        bank = BankAccount.objects.filter(id=bank_account_id).first()
        account = Account.objects.filter(code=account_code).first()
        if bank is None or account is None:
            missing = f"bank_account:{bank_account_id}" if bank is None else account_code
            raise NotFound("store.not-found", missing, "an account of yours")
        made, _ = Reconciliation.objects.get_or_create(
            organisation_id=caller.organisation_id,
            bank_account=bank,
            account=account,
            defaults={"name": name},
        )
        act.record(
            f"reconciliation:{made.pk}",
            after={"name": made.name, "bank": f"bank_account:{bank.pk}", "account": account.code},
        )
    return made.pk


def reconcile(caller: Caller, *, reconciliation_id: int, now: datetime) -> Reconciled:
    """Match the two populations as they are now; earlier runs and all decisions stay."""
    with acting(caller, Action.MATCH, "reconcile", now) as act:
        reconciliation = access_reconciliation(reconciliation_id)
        rules = load_rules({"ignore_account": True, **reconciliation.rules})
        act.alone(f"reconcile {reconciliation_id}")
        sides = sides_of(reconciliation)
        result = _matched(sides, rules, decisions_of(reconciliation))
        run = MatchRun.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation=reconciliation,
            started_at=now,
            engine=str(result.summary["engine"]),
            program=f"tieout {tieout.__version__}",
            rules=reconciliation.rules,
            summary={"notes": result.summary["notes"]},
            currency=sides.currency.code,
            exponent=sides.currency.exponent,
            left_count=len(sides.left),
            right_count=len(sides.right),
            left_minor=sum(each["amount_minor"] for each in sides.left),
            right_minor=sum(each["amount_minor"] for each in sides.right),
        )
        add_run(run, result.matches, result.groups, result.unmatched)
        reconciled = _told(run, result)
        act.record(
            f"match_run:{run.pk}",
            after={
                "reconciliation": f"reconciliation:{reconciliation.pk}",
                "left": run.left_count,
                "right": run.right_count,
                "confirmed": reconciled.confirmed,
                "suggested": reconciled.suggested,
                "unmatched": reconciled.unmatched,
                "notes": len(reconciled.notes),
            },
        )
        act.follow_up("match_run_finished", run_id=run.pk)
    return reconciled


def access_reconciliation(reconciliation_id: int) -> Reconciliation:
    """The caller's reconciliation of that id."""
    found = (
        Reconciliation.objects.select_related("bank_account", "account")
        .filter(id=reconciliation_id)
        .first()
    )
    if found is None:
        raise NotFound("store.not-found", f"reconciliation:{reconciliation_id}", "one of yours")
    return found


def _matched(sides: Sides, rules: MatchRules, decided: Sequence[Decided]) -> MatchResult:
    """The engine's answer, with what people have confirmed as facts."""
    code, exponent = sides.currency.code, sides.currency.exponent
    confirmed = [
        EngineDecision(dict(each.left), dict(each.right))
        for each in in_force(decided)
        if each.verdict is Verdict.CONFIRM
    ]
    left, right = (
        pa.Table.from_pylist(rows, schema=RECORD_SCHEMA) for rows in (sides.left, sides.right)
    )
    result = match(left, right, rules, decisions=confirmed, exponents={code: exponent})
    rejected = [each.records for each in in_force(decided) if each.verdict is Verdict.REJECT]
    return _without_rejected(result, rejected)


def _without_rejected(
    result: MatchResult, rejected: Sequence[frozenset[tuple[str, str]]]
) -> MatchResult:
    """A group that a person has rejected is at most suggested again, and says so."""
    if not rejected:
        return result
    members: dict[str, set[tuple[str, str]]] = {}
    for row in result.groups.select(["group_id", "side", "record_id"]).to_pylist():
        members.setdefault(row["group_id"], set()).add((row["side"], row["record_id"]))
    known = set(rejected)
    names = [name for name, records in members.items() if frozenset(records) in known]
    is_rejected = pc.is_in(result.matches["group_id"], value_set=pa.array(names, pa.string()))
    columns = {
        "status": pc.if_else(is_rejected, "suggested", result.matches["status"].cast(pa.string())),
        "reason": pc.if_else(
            is_rejected,
            pc.binary_join_element_wise(REJECTED, result.matches["reason"], " "),
            result.matches["reason"],
        ),
    }
    matches = result.matches
    for name, column in columns.items():
        matches = matches.set_column(matches.column_names.index(name), name, column)
    return replace(result, matches=matches)


def _told(run: MatchRun, result: MatchResult) -> Reconciled:
    status = result.matches["status"]
    confirmed = pc.sum(pc.equal(status, "confirmed")).as_py() or 0
    notes = result.summary["notes"]
    return Reconciled(
        run.pk,
        run.left_count,
        run.right_count,
        confirmed,
        result.matches.num_rows - confirmed,
        result.unmatched.num_rows,
        tuple(map(str, notes)) if isinstance(notes, list) else (),
    )
