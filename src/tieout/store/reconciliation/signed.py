"""What was signed, and what it was signed for: figures of a run, and the records there are now."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tieout.core.decisions import Figures, Signed, SignOffStep
from tieout.core.statements import LineStatus
from tieout.store.banking.models import BankLine
from tieout.store.ledger.models import Posting
from tieout.store.postgres.files import sql_text
from tieout.store.reconciliation.models import MatchRun, Reconciliation, SignOff, Suspension

FIGURES = (
    "left_count",
    "right_count",
    "left_minor",
    "right_minor",
    "open_left_count",
    "open_right_count",
    "open_left_minor",
    "open_right_minor",
)
"""The columns of `Figures`, in a sign-off as in the core."""


def figures_of(run: MatchRun, cut_off_on: date) -> Figures:
    """The run's figures up to the cut-off."""
    values: dict[str, Any] = {
        "organisation": str(run.organisation_id),
        "run": run.pk,
        "cut_off": cut_off_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_text("reconciliation/figures"), values)
        found = {side: rest for side, *rest in cursor.fetchall()}
    left, right = (found.get(side, (0, 0, 0, 0)) for side in ("left", "right"))
    return Figures(*(each for pair in zip(left, right, strict=True) for each in pair))


def counts_now(reconciliation: Reconciliation, cut_off_on: date) -> tuple[int, int]:
    """How many records of each side there are up to the cut-off."""
    due = Q(booked_on__lte=cut_off_on) | Q(booked_on__isnull=True)
    lines = BankLine.objects.filter(
        due, account_id=reconciliation.bank_account_id, repeats__isnull=True
    ).exclude(status=LineStatus.INFORMATION)
    postings = Posting.objects.filter(
        due,
        account_id=reconciliation.account_id,
        currency=reconciliation.bank_account.currency,
    )
    return lines.count(), postings.count()


def in_force() -> QuerySet[SignOff]:
    """The sign-offs that nothing has suspended."""
    suspended = Suspension.objects.filter(
        organisation_id=OuterRef("organisation_id"), sign_off_id=OuterRef("pk")
    )
    return (
        SignOff.objects.filter(~Exists(suspended))
        .select_related("reconciliation__bank_account", "run")
        .order_by("id")
    )


def signed_of(reconciliation_id: int, cut_off_on: date) -> list[Signed]:
    """Every sign-off to that cut-off, oldest first, as the core takes it."""
    suspended = Suspension.objects.filter(
        organisation_id=OuterRef("organisation_id"), sign_off_id=OuterRef("pk")
    )
    found = (
        SignOff.objects.filter(reconciliation_id=reconciliation_id, cut_off_on=cut_off_on)
        .annotate(is_suspended=Exists(suspended))
        .order_by("id")
    )
    return [
        Signed(
            each.pk,
            SignOffStep(each.step),
            each.run_id,
            each.cut_off_on,
            each.signed_by_id,
            figures_signed(each),
            is_suspended=each.is_suspended,
        )
        for each in found
    ]


def figures_signed(sign_off: SignOff) -> Figures:
    """The figures that were seen."""
    return Figures(*(getattr(sign_off, name) for name in FIGURES))
