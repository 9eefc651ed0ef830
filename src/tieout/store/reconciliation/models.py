"""Reconciliations, what match runs found, what people decided, and who signed off."""

from typing import ClassVar

from django.db import models
from django.db.models.lookups import Exact

from tieout.core.decisions import SignOffStep, SuspensionCause, Verdict
from tieout.core.matching.records import Side
from tieout.core.matching.words import Status
from tieout.core.subjects import SubjectKind
from tieout.store.banking.models import BankAccount, BankLine, ReceivedFile
from tieout.store.closing.models import Books, Case, Certification
from tieout.store.ledger.models import Account, Posting
from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import Member, PartModel, SettingsVersion, TenantModel

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
    ended_at = models.DateTimeField(null=True)
    """When the settings ceased to hold it; its runs and decisions stay."""

    class Meta:
        """A pair of accounts is compared once."""

        constraints: ClassVar = [
            *tenant_rules("bank_account", "account", appended=False),
            AppMay(
                name="reconciliation_reconciliation_grants", update=("name", "rules", "ended_at")
            ),
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
    last_decision = models.BigIntegerField(default=0)
    """The newest decision it knew: what was decided later it could not heed."""
    settings = TenantForeignKey(SettingsVersion, null=True)
    """The version of the settings it was made under; none where no setting was ever changed."""

    class Meta:
        """A trigger proves partition and identity when the transaction ends."""

        constraints: ClassVar = tenant_rules("reconciliation", "settings")
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "reconciliation", "-id"], name="reconciliation_matchrun_of"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class MatchGroup(PartModel):
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
    left_count = models.BigIntegerField(default=0)
    right_count = models.BigIntegerField(default=0)
    left_minor = models.BigIntegerField(default=0)
    right_minor = models.BigIntegerField(default=0)
    residual_minor = models.BigIntegerField()
    residual_cause = models.TextField(blank=True)
    solutions = models.BigIntegerField()
    runner_up = models.TextField(blank=True)
    runner_up_score = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        """A residual has a cause. A run is of one organisation: indexes need not begin with it."""

        constraints: ClassVar = [
            *tenant_rules("run"),
            one_of("status", list(Status)),
            models.UniqueConstraint(fields=["run", "name"], name="reconciliation_matchgroup_once"),
            models.CheckConstraint(
                condition=models.Q(residual_minor=0) | ~models.Q(residual_cause=""),
                name="reconciliation_matchgroup_cause",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "status", "score", "id"], name="reconciliation_group_queue")
        ]

    def __str__(self) -> str:
        return f"group {self.name}"


class RunRecord(PartModel):
    """One record of a run: in exactly one group, or unmatched with its reason.

    That its run, its line or posting, and its group are there, all of its organisation and the
    group of its run, is proved with the run's sums when the transaction ends.
    """

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
            *tenant_rules(pointed_to=False),
            one_of("side", list(Side)),
            models.CheckConstraint(condition=_ONE_RECORD, name="reconciliation_runrecord_record"),
            models.CheckConstraint(
                condition=models.Q(group__isnull=False, reason="")
                | (models.Q(group__isnull=True) & ~models.Q(reason="")),
                name="reconciliation_runrecord_placed",
            ),
            models.UniqueConstraint(fields=["run", "line"], name="reconciliation_runrecord_line"),
            models.UniqueConstraint(
                fields=["run", "posting"], name="reconciliation_runrecord_posting"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["group"], name="reconciliation_runrecord_of"),
            models.Index(
                fields=["run", "side", "reason", "id"],
                condition=models.Q(group__isnull=True),
                name="reconciliation_unmatched",
            ),
            models.Index(
                fields=["run", "id"],
                condition=models.Q(group__isnull=True),
                name="reconciliation_unmatched_all",
            ),
            models.Index(
                fields=["run", "side", "id"],
                condition=models.Q(group__isnull=True),
                name="reconciliation_unmatched_side",
            ),
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
    exponent = models.SmallIntegerField(null=True)
    """In how many decimals the amounts of its records are counted; the bank account's if none."""
    decided_by = TenantForeignKey(Member)
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        """An undo names what it undoes; a decision is undone once.

        No index but its identity begins with the organisation: ten thousand decisions at once are
        looked up by their keys before PostgreSQL has counted any.
        """

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
            models.Index(fields=["reconciliation", "id"], name="reconciliation_decided_of"),
            models.Index(fields=["group"], name="reconciliation_decided_group"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class DecidedRecord(PartModel):
    """A record of a decision, with its amount at that time."""

    decision = TenantForeignKey(Decision)
    side = models.TextField()
    line = TenantForeignKey(BankLine, null=True)
    posting = TenantForeignKey(Posting, null=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        """A trigger refuses a record that another confirmation in force holds."""

        constraints: ClassVar = [
            *tenant_rules("decision", "line", "posting", pointed_to=False),
            one_of("side", list(Side)),
            models.CheckConstraint(
                condition=_ONE_RECORD, name="reconciliation_decidedrecord_record"
            ),
            models.UniqueConstraint(
                fields=["decision", "line"], name="reconciliation_decidedrecord_line"
            ),
            models.UniqueConstraint(
                fields=["decision", "posting"], name="reconciliation_decidedrecord_posting"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["line"], name="reconciliation_decided_line"),
            models.Index(fields=["posting"], name="reconciliation_decided_posting"),
        ]

    def __str__(self) -> str:
        return f"{self.side} record {self.line_id or self.posting_id}"


class SignOff(TenantModel):
    """A reconciliation prepared or reviewed, with the figures up to its cut-off that were seen."""

    reconciliation = TenantForeignKey(Reconciliation)
    run = TenantForeignKey(MatchRun)
    cut_off_on = models.DateField()
    step = models.TextField()
    signed_by = TenantForeignKey(Member)
    signed_at = models.DateTimeField()
    left_count = models.BigIntegerField(default=0)
    right_count = models.BigIntegerField(default=0)
    left_minor = models.BigIntegerField()
    right_minor = models.BigIntegerField()
    open_left_count = models.BigIntegerField(default=0)
    open_right_count = models.BigIntegerField(default=0)
    open_left_minor = models.BigIntegerField(default=0)
    open_right_minor = models.BigIntegerField(default=0)
    """The unmatched records among them."""

    class Meta:
        """Triggers want the order of the steps, two people, and figures that still stand."""

        constraints: ClassVar = [
            *tenant_rules("reconciliation", "run", "signed_by"),
            one_of("step", list(SignOffStep)),
            models.UniqueConstraint(
                fields=["organisation", "run", "cut_off_on", "step"],
                name="reconciliation_signoff_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "reconciliation", "cut_off_on"],
                name="reconciliation_signoff_of",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} to {self.cut_off_on}"


class Suspension(TenantModel):
    """A sign-off that no longer holds, and what changed under it; never lifted."""

    sign_off = TenantForeignKey(SignOff)
    cause = models.TextField()
    detail = models.TextField()
    suspended_at = models.DateTimeField()

    class Meta:
        """A sign-off is suspended once."""

        constraints: ClassVar = [
            *tenant_rules("sign_off"),
            one_of("cause", list(SuspensionCause)),
            models.UniqueConstraint(
                fields=["organisation", "sign_off"], name="reconciliation_suspension_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}"


class AboutOne(TenantModel):
    """A row about exactly one subject; its columns are named after `SubjectKind`."""

    about_match_group = TenantForeignKey(MatchGroup, null=True)
    about_decision = TenantForeignKey(Decision, null=True)
    about_reconciliation = TenantForeignKey(Reconciliation, null=True)
    about_sign_off = TenantForeignKey(SignOff, null=True)
    about_bank_line = TenantForeignKey(BankLine, null=True)
    about_posting = TenantForeignKey(Posting, null=True)
    about_received_file = TenantForeignKey(ReceivedFile, null=True)
    about_books = TenantForeignKey(Books, null=True)
    about_case = TenantForeignKey(Case, null=True)
    about_certification = TenantForeignKey(Certification, null=True)

    class Meta:
        """No table of its own."""

        abstract = True


def _about_rules(*keys: str) -> list[models.BaseConstraint]:
    columns = [f"about_{kind}" for kind in SubjectKind]
    given = models.Func(
        *map(models.F, columns), function="num_nonnulls", output_field=models.IntegerField()
    )
    return [
        *tenant_rules(*columns, *keys),
        models.CheckConstraint(condition=Exact(given, 1), name="%(app_label)s_%(class)s_about_one"),
    ]


class Comment(AboutOne):
    """What somebody said about a subject."""

    text = models.TextField()
    written_by = TenantForeignKey(Member)
    written_at = models.DateTimeField()

    class Meta:
        """Said once, never edited."""

        constraints: ClassVar = [
            *_about_rules("written_by"),
            models.CheckConstraint(
                condition=~models.Q(text=""), name="reconciliation_comment_said"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "about_match_group"], name="comment_of_group"),
            models.Index(fields=["organisation", "about_bank_line"], name="comment_of_line"),
            models.Index(fields=["organisation", "about_case"], name="comment_of_case"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Mention(TenantModel):
    """A member whom a comment names."""

    comment = TenantForeignKey(Comment)
    member = TenantForeignKey(Member)

    class Meta:
        """Once a comment."""

        constraints: ClassVar = [
            *tenant_rules("comment", "member"),
            models.UniqueConstraint(
                fields=["organisation", "comment", "member"], name="reconciliation_mention_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "member", "-id"], name="mention_of_member")
        ]

    def __str__(self) -> str:
        return f"member:{self.member_id} in comment:{self.comment_id}"


class CommentResolution(TenantModel):
    """A comment is settled."""

    comment = TenantForeignKey(Comment)
    resolved_by = TenantForeignKey(Member)
    resolved_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        """Once."""

        constraints: ClassVar = [
            *tenant_rules("comment", "resolved_by"),
            models.UniqueConstraint(
                fields=["organisation", "comment"], name="reconciliation_resolution_once"
            ),
        ]

    def __str__(self) -> str:
        return f"comment:{self.comment_id} resolved"


class Evidence(AboutOne):
    """A received file attached to a subject; a newer version points to the one it supersedes."""

    file = TenantForeignKey(ReceivedFile)
    note = models.TextField(blank=True)
    attached_by = TenantForeignKey(Member)
    attached_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    class Meta:
        """A version is superseded once."""

        constraints: ClassVar = _about_rules("file", "attached_by", "supersedes")
        indexes: ClassVar = [
            models.Index(fields=["organisation", "about_match_group"], name="evidence_of_group"),
            models.Index(fields=["organisation", "about_bank_line"], name="evidence_of_line"),
            models.Index(fields=["organisation", "about_case"], name="evidence_of_case"),
        ]

    def __str__(self) -> str:
        return f"file {self.file_id}"
