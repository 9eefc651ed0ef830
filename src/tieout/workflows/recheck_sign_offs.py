"""`recheck_sign_offs`: what was signed is suspended when it no longer is what was seen.

Called by the verbs that change what a sign-off stands on, in their own transaction. The database
proves the same for imports when the transaction ends.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Min, Q, QuerySet

from tieout.core.decisions import SuspensionCause
from tieout.store.banking.models import BankLine
from tieout.store.ledger.models import Posting
from tieout.store.reconciliation.models import DecidedRecord, MatchRun, SignOff, Suspension
from tieout.store.reconciliation.signed import (
    FIGURES,
    counts_now,
    figures_of,
    figures_signed,
    in_force,
)
from tieout.workflows.acting import Act


def recheck_sign_offs(
    act: Act, *, bank_account_ids: Collection[int] = (), account_ids: Collection[int] = ()
) -> tuple[str, ...]:
    """Suspend what was signed for other records than there are now; the sign-offs suspended."""
    touched = in_force().filter(
        Q(reconciliation__bank_account_id__in=bank_account_ids)
        | Q(reconciliation__account_id__in=account_ids)
    )
    found = []
    for each in touched:
        now = counts_now(each.reconciliation, each.cut_off_on)
        if now != (each.left_count, each.right_count):
            detail = (
                f"signed for {each.left_count} and {each.right_count} records up to "
                f"{each.cut_off_on}, there are {now[0]} and {now[1]} now"
            )
            found.append((each, detail))
    return _suspended(act, SuspensionCause.IMPORT, found)


def recheck_decided(act: Act, reconciliation_id: int, decision_ids: list[int]) -> tuple[str, ...]:
    """Suspend what was signed to a cut-off that these decisions reach back to."""
    standing = list(in_force().filter(reconciliation_id=reconciliation_id))
    if not standing:
        return ()
    records = DecidedRecord.objects.filter(decision_id__in=decision_ids)
    first = _first_day(
        BankLine.objects.filter(id__in=records.values("line_id")),
        Posting.objects.filter(id__in=records.values("posting_id")),
    )
    named = f"decision:{min(decision_ids)}"
    if len(decision_ids) > 1:
        named += f" and {len(decision_ids) - 1} more"
    found = [
        (each, f"{act.verb} of records up to {each.cut_off_on}: {named}")
        for each in standing
        if first <= each.cut_off_on
    ]
    return _suspended(act, SuspensionCause.DECISION, found)


def recheck_run(act: Act, run: MatchRun) -> tuple[str, ...]:
    """Suspend what was signed for other figures than the run's up to the same cut-off."""
    found = []
    for each in in_force().filter(reconciliation_id=run.reconciliation_id):
        finer = 10 ** max(run.exponent - each.run.exponent, 0)
        coarser = 10 ** max(each.run.exponent - run.exponent, 0)
        seen, now = figures_signed(each), figures_of(run, each.cut_off_on)
        differing = [
            name
            for name in FIGURES
            if getattr(seen, name) * (finer if name.endswith("minor") else 1)
            != getattr(now, name) * (coarser if name.endswith("minor") else 1)
        ]
        if differing:
            told = ", ".join(
                f"{name} {getattr(now, name)} instead of {getattr(seen, name)}"
                for name in differing
            )
            found.append((each, f"match_run:{run.pk} up to {each.cut_off_on}: {told}"))
    return _suspended(act, SuspensionCause.RUN, found)


def _first_day(lines: QuerySet[BankLine], postings: QuerySet[Posting]) -> date:
    """The earliest day of the records; the first of all where one has no day."""
    days: list[date] = []
    several: tuple[QuerySet[BankLine] | QuerySet[Posting], ...] = (lines, postings)
    for rows in several:
        if rows.filter(booked_on__isnull=True).exists():
            return date.min
        first = rows.aggregate(first=Min("booked_on"))["first"]
        days += [first] if first else []
    return min(days, default=date.max)


def _suspended(
    act: Act, cause: SuspensionCause, found: Iterable[tuple[SignOff, str]]
) -> tuple[str, ...]:
    several = list(found)
    made = Suspension.objects.bulk_create(
        Suspension(
            organisation_id=act.caller.organisation_id,
            sign_off=each,
            cause=cause,
            detail=detail,
            suspended_at=act.at,
        )
        for each, detail in several
    )
    act.keeps(*made)
    for each, _ in several:
        act.follow_up("sign_off_suspended", sign_off_id=each.pk, cause=str(cause))
    return tuple(f"sign_off:{each.pk}" for each, _ in several)
