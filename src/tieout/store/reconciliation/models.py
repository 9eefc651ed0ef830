"""Reconciliations, what match runs found, what people decided, and who signed off."""

from typing import ClassVar

from django.db import models

from tieout.core.decisions import SignOffStep, Verdict
from tieout.core.matching.records import Side
from tieout.core.matching.words import Status
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.ledger.models import Account, Posting
from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import Member, TenantModel

_ONE_RECORD = models.Q(side="left", line__isnull=False, posting__isnull=True) | models.Q(
    side="right", line__isnull=True, posting__isnull=False
)


class Reconciliation(TenantModel):
    """Which two populations are compared: a bank account and its account in the books."""

    name = models.TextField()
    bank_account = TenantForeignKey(BankAccount)
    account = TenantForeignKey(Account)
    rules = models.JSONField(default=dict)
    """The match rules that are not the default."""

    class Meta:
        """A pair of accounts is compared once."""

        constraints: ClassVar = [
            *tenant_rules("bank_account", "account", appended=False),
            AppMay(name="reconciliation_reconciliation_grants", update=("name", "rules")),
            models.UniqueConstraint(
                fields=["organisation", "bank_account", "account"],
                name="reconciliation_reconciliation_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatchRun(TenantModel):
    """One execution, with the snapshot it was made from."""

    reconciliation = TenantForeignKey(Reconciliation)
    started_at = models.DateTimeField()
    engine = models.TextField()
    program = models.TextField()
    rules = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    currency = models.TextField()
    exponent = models.SmallIntegerField()
    left_count = models.BigIntegerField()
    right_count = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    right_minor = models.BigIntegerField()

    class Meta:
        """A trigger proves partition and identity when the transaction ends."""

        constraints: ClassVar = tenant_rules("reconciliation")
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "reconciliation", "-id"], name="reconciliation_matchrun_of"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class MatchGroup(TenantModel):
    """Records that belong together, by a run; score in hundredths of a bit, posterior in ppm."""

    run = TenantForeignKey(MatchRun)
    name = models.TextField()
    """The engine's id of the group, unique in its run."""
    made_by = models.TextField()
    rule = models.TextField()
    status = models.TextField()
    score = models.BigIntegerField()
    parts = models.JSONField(default=dict)
    posterior_ppm = models.IntegerField()
    residual_minor = models.BigIntegerField()
    residual_cause = models.TextField(blank=True)
    solutions = models.BigIntegerField()
    runner_up = models.TextField(blank=True)
    runner_up_score = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        """A residual has a cause."""

        constraints: ClassVar = [
            *tenant_rules("run"),
            one_of("status", list(Status)),
            models.UniqueConstraint(
                fields=["organisation", "run", "name"], name="reconciliation_matchgroup_once"
            ),
            models.CheckConstraint(
                condition=models.Q(residual_minor=0) | ~models.Q(residual_cause=""),
                name="reconciliation_matchgroup_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"group {self.name}"


class RunRecord(TenantModel):
    """One record of a run: in exactly one group, or unmatched with its reason."""

    run = TenantForeignKey(MatchRun)
    side = models.TextField()
    line = TenantForeignKey(BankLine, null=True)
    posting = TenantForeignKey(Posting, null=True)
    amount_minor = models.BigIntegerField()
    group = TenantForeignKey(MatchGroup, null=True)
    reason = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    nearest = models.TextField(blank=True)

    class Meta:
        """Each record of a run is there once: consumed once, and none without a word."""

        constraints: ClassVar = [
            *tenant_rules("run", "line", "posting", "group"),
            one_of("side", list(Side)),
            models.CheckConstraint(condition=_ONE_RECORD, name="reconciliation_runrecord_record"),
            models.CheckConstraint(
                condition=models.Q(group__isnull=False, reason="")
                | (models.Q(group__isnull=True) & ~models.Q(reason="")),
                name="reconciliation_runrecord_placed",
            ),
            models.UniqueConstraint(
                fields=["organisation", "run", "line"], name="reconciliation_runrecord_line"
            ),
            models.UniqueConstraint(
                fields=["organisation", "run", "posting"], name="reconciliation_runrecord_posting"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "group"], name="reconciliation_runrecord_of")
        ]

    def __str__(self) -> str:
        return f"{self.side} record {self.line_id or self.posting_id}"


class Decision(TenantModel):
    """What a person decided about records: together, not together, or an earlier one undone."""

    reconciliation = TenantForeignKey(Reconciliation)
    verdict = models.TextField()
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    group = TenantForeignKey(MatchGroup, null=True)
    """The proposal it answers, if there was one."""
    decided_by = TenantForeignKey(Member)
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        """An undo names what it undoes; a decision is undone once."""

        constraints: ClassVar = [
            *tenant_rules("reconciliation", "undoes", "group", "decided_by"),
            one_of("verdict", list(Verdict)),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.UNDO, undoes__isnull=False)
                | (~models.Q(verdict=Verdict.UNDO) & models.Q(undoes__isnull=True)),
                name="reconciliation_decision_undoes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "reconciliation"], name="reconciliation_decision_of"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class DecidedRecord(TenantModel):
    """A record of a decision, with its amount at that time."""

    decision = TenantForeignKey(Decision)
    side = models.TextField()
    line = TenantForeignKey(BankLine, null=True)
    posting = TenantForeignKey(Posting, null=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        """A trigger refuses a record that another confirmation in force holds."""

        constraints: ClassVar = [
            *tenant_rules("decision", "line", "posting"),
            one_of("side", list(Side)),
            models.CheckConstraint(
                condition=_ONE_RECORD, name="reconciliation_decidedrecord_record"
            ),
            models.UniqueConstraint(
                fields=["organisation", "decision", "line"],
                name="reconciliation_decidedrecord_line",
            ),
            models.UniqueConstraint(
                fields=["organisation", "decision", "posting"],
                name="reconciliation_decidedrecord_posting",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "line"], name="reconciliation_decided_line"),
            models.Index(fields=["organisation", "posting"], name="reconciliation_decided_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.side} record {self.line_id or self.posting_id}"


class SignOff(TenantModel):
    """A reconciliation prepared or reviewed at a cut-off, with the balances that were seen."""

    reconciliation = TenantForeignKey(Reconciliation)
    run = TenantForeignKey(MatchRun)
    cut_off_on = models.DateField()
    step = models.TextField()
    signed_by = TenantForeignKey(Member)
    signed_at = models.DateTimeField()
    left_minor = models.BigIntegerField()
    right_minor = models.BigIntegerField()

    class Meta:
        """A trigger wants preparation before review, and another person for it."""

        constraints: ClassVar = [
            *tenant_rules("reconciliation", "run", "signed_by"),
            one_of("step", list(SignOffStep)),
            models.UniqueConstraint(
                fields=["organisation", "run", "cut_off_on", "step"],
                name="reconciliation_signoff_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} to {self.cut_off_on}"
