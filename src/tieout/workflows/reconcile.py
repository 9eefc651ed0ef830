"""`reconcile`: a match run over what is stored, with people's decisions as facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

import tieout
from tieout.core.access import Action
from tieout.core.decisions import Decided, Verdict, in_force
from tieout.core.errors import Conflict, NotFound
from tieout.core.matching.rules import MatchRules
from tieout.core.matching.words import Pass, Status
from tieout.engine import MatchResult, match
from tieout.engine.decisions import Decision as EngineDecision
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.bridge import residual_tallies, unmatched_tallies
from tieout.files.rules import load_rules
from tieout.store.banking.models import BankAccount
from tieout.store.ledger.models import Account
from tieout.store.postgres.plans import plan_anew
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.store.reconciliation.records import Sides, add_run, decisions_of, sides_of
from tieout.workflows.acting import Caller, acting
from tieout.workflows.keep_settings import latest_version_id, settings_kept
from tieout.workflows.progress import report
from tieout.workflows.recheck_sign_offs import recheck_run
from tieout.workflows.rejections import rejections_of, without_rejected


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
    suspended: tuple[str, ...] = ()
    """Sign-offs that this run's figures no longer bear."""


def set_reconciliation(
    caller: Caller, *, name: str, bank_account_id: int, account_code: str, now: datetime
) -> int:
    """Say which bank account is compared with which account of the books; the reconciliation."""
    with (
        acting(caller, Action.MANAGE_ACCOUNTS, "set_reconciliation", now) as act,
        settings_kept(act),
    ):
        bank = BankAccount.objects.filter(id=bank_account_id).first()
        account = Account.objects.filter(code=account_code).first()
        if bank is None or account is None:
            missing = f"bank_account:{bank_account_id}" if bank is None else account_code
            raise NotFound("store.not-found", missing, "an account of yours")
        made, is_new = Reconciliation.objects.get_or_create(
            organisation_id=caller.organisation_id,
            bank_account=bank,
            account=account,
            defaults={"name": name},
        )
        if is_new:
            act.keeps(made)
        elif made.ended_at is not None:
            act.changes(made)
            made.ended_at = None
            made.save(update_fields=["ended_at"])
        act.record(
            f"reconciliation:{made.pk}",
            after={"name": made.name, "bank": f"bank_account:{bank.pk}", "account": account.code},
        )
    return made.pk


def reconcile(caller: Caller, *, reconciliation_id: int, now: datetime) -> Reconciled:
    """Match the two populations as they are now; earlier runs and all decisions stay."""
    with acting(caller, Action.MATCH, "reconcile", now) as act:
        settings_id = latest_version_id()  # before the rules: a change in between counts as later
        reconciliation = access_reconciliation(reconciliation_id)
        if reconciliation.ended_at is not None:
            found = f"{reconciliation.name}, ended {reconciliation.ended_at.date()}"
            raise Conflict("settings.ended", found, "one in use")
        rules = load_rules({"ignore_account": True, **reconciliation.rules})
        act.alone(f"reconcile {reconciliation_id}")
        sides = sides_of(reconciliation)
        decided = decisions_of(reconciliation, sides.currency.exponent)
        result = _matched(sides, rules, decided)
        run = MatchRun.objects.create(
            organisation_id=caller.organisation_id,
            reconciliation=reconciliation,
            started_at=now,
            engine=str(result.summary["engine"]),
            program=f"tieout {tieout.__version__}",
            rules=reconciliation.rules,
            summary={**result.summary, "tallies": _tallies(result, sides.currency.code)},
            currency=sides.currency.code,
            exponent=sides.currency.exponent,
            left_count=len(sides.left),
            right_count=len(sides.right),
            left_minor=sum(each["amount_minor"] for each in sides.left),
            right_minor=sum(each["amount_minor"] for each in sides.right),
            settings_id=settings_id,
            last_decision=max((each.decision_id for each in decided), default=0),
        )
        act.keeps(run)
        plan_anew()
        add_run(run, result.matches, result.groups, result.unmatched)
        suspended = recheck_run(act, run)
        reconciled = _told(run, result, suspended)
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
                "suspended": suspended,
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
    """The engine's answer, with what people have confirmed as facts and without what they reject.

    A rejected pair is no candidate, so that each of its records may find another; a larger group
    that comes out again is taken out.
    """
    code, exponent = sides.currency.code, sides.currency.exponent
    confirmed = [
        EngineDecision(dict(each.left), dict(each.right))
        for each in in_force(decided)
        if each.verdict is Verdict.CONFIRM
    ]
    rejections = rejections_of(decided)
    left, right = (
        pa.Table.from_pylist(rows, schema=RECORD_SCHEMA) for rows in (sides.left, sides.right)
    )
    result = match(
        left,
        right,
        rules,
        decisions=confirmed,
        rejected=[each.pair for each in rejections if each.pair],
        exponents={code: exponent},
        progress=lambda stage, share: report(stage, int(share * 100), 100),
    )
    facts = {
        frozenset(each.records) for each in in_force(decided) if each.verdict is Verdict.CONFIRM
    }
    return without_rejected(result, [each for each in rejections if each.records not in facts])


def _tallies(result: MatchResult, currency: str) -> dict[str, object]:
    """The figures that pages show of a run, added up once."""
    by_status = result.matches.group_by("status").aggregate(
        [("group_id", "count"), ("left_minor", "sum"), ("right_minor", "sum")]
    )
    return {
        "groups": {
            row["status"]: [row["group_id_count"], row["left_minor_sum"], row["right_minor_sum"]]
            for row in by_status.to_pylist()
        },
        "placed": _placed(result),
        "residuals": {
            cause: list(tally) for cause, tally in residual_tallies(result, currency).items()
        },
        "unmatched": [
            [*key, *tally] for key, tally in sorted(unmatched_tallies(result, currency).items())
        ],
        "open_days": [
            [row["booked_on"] and str(row["booked_on"]), row["booked_on_count"]]
            for row in result.unmatched.group_by("booked_on")
            .aggregate([("booked_on", "count", pc.CountOptions(mode="all"))])
            .to_pylist()
        ],
    }


def _placed(result: MatchResult) -> dict[str, list[int]]:
    """Groups and the records in them: confirmed by a rule, confirmed by a person, suggested."""
    matches = result.matches.select(["pass", "status", "left_count", "right_count"])
    rows = matches.group_by(["pass", "status"]).aggregate(
        [("left_count", "count"), ("left_count", "sum"), ("right_count", "sum")]
    )
    placed = {"by rule": [0, 0], "by person": [0, 0], "suggested": [0, 0]}
    for row in rows.to_pylist():
        kind = "by rule" if row["status"] == Status.CONFIRMED else "suggested"
        tally = placed["by person" if row["pass"] == Pass.DECISION else kind]
        tally[0] += row["left_count_count"]
        tally[1] += row["left_count_sum"] + row["right_count_sum"]
    return placed


def _told(run: MatchRun, result: MatchResult, suspended: tuple[str, ...]) -> Reconciled:
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
        suspended,
    )
