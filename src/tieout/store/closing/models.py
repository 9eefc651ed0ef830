"""Books that are explained, their snapshots, what a run found, and who signed which period."""

from typing import ClassVar

from django.db import models

from tieout.core.audit import HASH_BYTES
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import AutomaticRule, ClosingPolicy, ClosingStep, Risk
from tieout.core.explain.sampling import (
    PERCENT_MAX,
    SAMPLE_MOST,
    SamplePlan,
    Verdict,
)
from tieout.core.money import format_minor
from tieout.store.banking.models import ReceivedFile
from tieout.store.postgres.constraints import AppMay, TenantPairKey, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import Member, PartModel, TenantModel


class Books(TenantModel):
    """An organisation's books that are explained: sub-ledgers and a nominal ledger."""

    name = models.TextField()
    mapping = models.TextField(blank=True)
    """The text of a mapping file, where the tables are another system's; else blank."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One of a name."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            AppMay(name="closing_books_grants", update=("name", "mapping", "ended_at")),
            models.UniqueConstraint(fields=["organisation", "name"], name="closing_books_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="closing_books_named"),
        ]

    def __str__(self) -> str:
        return f"books:{self.pk}"


class Snapshot(TenantModel):
    """The files of books as they were at an instant, and how they are read."""

    books = TenantForeignKey(Books)
    content_hash = models.TextField()
    """SHA-256 over names, bytes and mapping, hexadecimal."""
    mapping = models.TextField(blank=True)
    taken_by = TenantForeignKey(Member, null=True)
    taken_at = models.DateTimeField()

    class Meta:
        """The same files taken again are recognised; taken after others they are a new one."""

        constraints: ClassVar = [
            *tenant_rules("books", "taken_by"),
            models.UniqueConstraint(
                fields=["organisation", "id", "books"], name="closing_snapshot_of_books"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "books", "-id"], name="closing_snapshot_newest")
        ]

    def __str__(self) -> str:
        return f"snapshot:{self.pk}"


class SnapshotFile(PartModel):
    """A file of a snapshot: a received file, or one inside a received archive."""

    snapshot = TenantForeignKey(Snapshot)
    name = models.TextField()
    """In the folder of the books."""
    file = TenantForeignKey(ReceivedFile)
    inside = models.TextField(blank=True)
    """Its path in the archive; blank for a file by itself."""
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()

    class Meta:
        """A name stands for one file."""

        constraints: ClassVar = [
            *tenant_rules("snapshot", "file"),
            models.UniqueConstraint(
                fields=["organisation", "snapshot", "name"], name="closing_snapshotfile_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Explained(TenantModel):
    """One run over a snapshot."""

    books = TenantForeignKey(Books)
    snapshot = TenantForeignKey(Snapshot)
    started_at = models.DateTimeField()
    program = models.TextField()
    engine = models.TextField()
    period = models.IntegerField()
    """The one that is looked at: the last that is not future."""
    currency = models.TextField()
    exponent = models.SmallIntegerField()
    ledgers = models.JSONField(default=list)
    """A record a ledger: `ledger`, `last_matched`, `offsetting_minor`, `infinite_minor`."""
    problems = models.JSONField(default=list)
    untested = models.JSONField(default=list)

    class Meta:
        """A trigger proves that its causes add up when the transaction ends."""

        constraints: ClassVar = [
            *tenant_rules("books"),
            TenantPairKey(name="closing_explained_snapshot_key", field="snapshot", beside="books"),
            models.UniqueConstraint(
                fields=["organisation", "id", "books"], name="closing_explained_of_books"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "books", "-id"], name="closing_explained_newest")
        ]

    def __str__(self) -> str:
        return f"explained:{self.pk}"

    def money(self, amount_minor: int) -> str:
        """An amount of the run with its currency."""
        return f"{format_minor(amount_minor, self.exponent)} {self.currency}"


class Difference(PartModel):
    """A ledger at the end of a period, by a run: base minor units in the ledger's own sense."""

    run = TenantForeignKey(Explained)
    ledger = models.TextField()
    period = models.IntegerField()
    """0 is what was brought forward; after the last comes what is dated later."""
    called = models.TextField()
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    is_closed = models.BooleanField()
    sub_ledger_minor = models.BigIntegerField()
    control_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    movement_minor = models.BigIntegerField()
    item_count = models.BigIntegerField()
    size_minor = models.BigIntegerField()
    """The sum of the sizes of all items that stand."""
    unexplained_count = models.BigIntegerField()
    unexplained_minor = models.BigIntegerField()
    """The sum of the sizes of those without a cause."""
    automatic = models.TextField(blank=True)
    """Why the rule certified the period, or why it did not; blank where there is no rule."""

    class Meta:
        """Sub-ledger less control accounts, once a ledger and period."""

        constraints: ClassVar = [
            *tenant_rules("run"),
            one_of("ledger", list(SubLedger)),
            models.UniqueConstraint(
                fields=["organisation", "run", "ledger", "period"], name="closing_difference_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    difference_minor=models.F("sub_ledger_minor") - models.F("control_minor")
                ),
                name="closing_difference_less",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} period {self.period}"


class Contribution(PartModel):
    """What a cause adds to a difference, by account and currency; none is zero."""

    run = TenantForeignKey(Explained)
    ledger = models.TextField()
    period = models.IntegerField()
    cause = models.TextField()
    account = models.TextField()
    currency = models.TextField()
    amount_minor = models.BigIntegerField()

    class Meta:
        """Once a cell; a trigger adds the causes up."""

        constraints: ClassVar = [
            *tenant_rules("run"),
            models.UniqueConstraint(
                fields=["organisation", "run", "ledger", "period", "cause", "account", "currency"],
                name="closing_contribution_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="closing_contribution_some"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.amount_minor}"


class Case(PartModel):
    """What differs, the same through all runs: it ages, and evidence is attached to it."""

    books = TenantForeignKey(Books)
    ledger = models.TextField()
    name = models.TextField()
    """The id of its entry, or of a posting that no entry stands behind."""
    first_run = TenantForeignKey(Explained)
    first_seen_at = models.DateTimeField()

    class Meta:
        """Known from its first run on."""

        constraints: ClassVar = [
            *tenant_rules("books", "first_run"),
            models.UniqueConstraint(
                fields=["organisation", "books", "ledger", "name"], name="closing_case_once"
            ),
        ]

    def __str__(self) -> str:
        return f"case:{self.pk}"


class CauseItem(PartModel):
    """One line of an explanation, with both sides of it; by rank the largest of a ledger first."""

    run = TenantForeignKey(Explained)
    case = TenantForeignKey(Case)
    ledger = models.TextField()
    cause = models.TextField()
    account = models.TextField()
    currency = models.TextField()
    amount_minor = models.BigIntegerField()
    begins = models.IntegerField()
    ends = models.IntegerField(null=True)
    """The first period in which it is over; none while it lasts."""
    rank = models.IntegerField()
    differs = models.TextField()
    """The field to mark where document and posting stand side by side."""
    ids = models.JSONField(default=list)
    document = models.JSONField(null=True)
    posting = models.JSONField(null=True)
    sentence = models.TextField()
    action = models.TextField()

    class Meta:
        """A rank once a run and ledger."""

        constraints: ClassVar = [
            *tenant_rules("run", "case"),
            models.UniqueConstraint(
                fields=["organisation", "run", "ledger", "rank"], name="closing_causeitem_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "run", "ledger", "cause", "rank"],
                name="closing_causeitem_of",
            )
        ]

    def __str__(self) -> str:
        return f"cause_item:{self.pk}"


class Policy(TenantModel):
    """What is asked of a ledger's periods from an instant on; the newest holds."""

    books = TenantForeignKey(Books)
    ledger = models.TextField()
    risk = models.TextField()
    due_days = models.IntegerField()
    unexplained_minor = models.BigIntegerField()
    evidence_minor = models.BigIntegerField(null=True)
    automatic = models.TextField()
    second_review_minor = models.BigIntegerField(null=True)
    sample_percent = models.SmallIntegerField(default=0, db_default=0)
    sample_most = models.SmallIntegerField(default=25, db_default=25)
    sample_above_minor = models.BigIntegerField(null=True)
    reason = models.TextField()
    set_by = TenantForeignKey(Member)
    set_at = models.DateTimeField()

    class Meta:
        """A change is a row, and says why."""

        constraints: ClassVar = [
            *tenant_rules("books", "set_by"),
            one_of("ledger", list(SubLedger)),
            one_of("risk", list(Risk)),
            one_of("automatic", list(AutomaticRule)),
            models.CheckConstraint(condition=~models.Q(reason=""), name="closing_policy_reason"),
            models.CheckConstraint(
                condition=models.Q(due_days__range=(0, 366), unexplained_minor__gte=0)
                & (models.Q(evidence_minor__isnull=True) | models.Q(evidence_minor__gte=0)),
                name="closing_policy_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    sample_percent__range=(0, PERCENT_MAX), sample_most__range=(0, SAMPLE_MOST)
                )
                & (models.Q(sample_above_minor__isnull=True) | models.Q(sample_above_minor__gte=0))
                & (
                    models.Q(second_review_minor__isnull=True)
                    | models.Q(second_review_minor__gte=0)
                ),
                name="closing_policy_second_look",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "books", "ledger", "-id"], name="closing_policy_newest"
            )
        ]

    def __str__(self) -> str:
        return f"closing_policy:{self.pk}"

    def to_core(self) -> ClosingPolicy:
        """As the rules take it."""
        return ClosingPolicy(
            Risk(self.risk),
            self.due_days,
            self.unexplained_minor,
            self.evidence_minor,
            AutomaticRule(self.automatic),
            self.second_review_minor,
            self.sample_percent,
            self.sample_most,
            self.sample_above_minor,
        )


class Certification(TenantModel):
    """A step of a ledger's period, with the figures that were signed; the last one holds."""

    books = TenantForeignKey(Books)
    ledger = models.TextField()
    period = models.IntegerField()
    step = models.TextField()
    run = TenantForeignKey(Explained)
    taken_by = TenantForeignKey(Member, null=True)
    """Nobody: by the automatic rule, or by a run that suspends."""
    taken_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    sub_ledger_minor = models.BigIntegerField()
    control_minor = models.BigIntegerField()
    unexplained_minor = models.BigIntegerField()

    class Meta:
        """Triggers want the order of the steps, two people, and the figures of the run."""

        constraints: ClassVar = [
            *tenant_rules("books", "taken_by"),
            TenantPairKey(name="closing_certification_run_key", field="run", beside="books"),
            one_of("ledger", list(SubLedger)),
            one_of("step", list(ClosingStep)),
            models.CheckConstraint(
                condition=~models.Q(step__in=["returned", "suspended"]) | ~models.Q(reason=""),
                name="closing_certification_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "books", "ledger", "period", "id"],
                name="closing_certification_of",
            )
        ]

    def __str__(self) -> str:
        return f"certification:{self.pk}"


class Sample(TenantModel):
    """What was drawn for the reviewer when a period was prepared, and how, to draw it again."""

    certification = TenantForeignKey(Certification)
    """The preparation."""
    seed = models.BinaryField(max_length=HASH_BYTES)
    """The hash of the audit event of the preparation."""
    percent = models.SmallIntegerField()
    most = models.SmallIntegerField()
    above_minor = models.BigIntegerField(null=True)
    population_count = models.BigIntegerField()
    population_minor = models.BigIntegerField()

    class Meta:
        """One a preparation; a trigger wants the policy's plan and the event's hash."""

        constraints: ClassVar = [
            *tenant_rules("certification"),
            models.UniqueConstraint(
                fields=["organisation", "certification"], name="closing_sample_once"
            ),
        ]

    def __str__(self) -> str:
        return f"sample:{self.pk}"

    @property
    def plan(self) -> SamplePlan:
        """As the rules take it."""
        return SamplePlan(self.percent, self.most, self.above_minor)


class SampledCase(PartModel):
    """A case of a sample, in the order in which it is looked at."""

    sample = TenantForeignKey(Sample)
    case = TenantForeignKey(Case)
    place = models.IntegerField()
    size_minor = models.BigIntegerField()
    is_above = models.BooleanField()
    """In the sample for its size, not by chance."""

    class Meta:
        """A case once a sample."""

        constraints: ClassVar = [
            *tenant_rules("sample", "case"),
            models.UniqueConstraint(
                fields=["organisation", "sample", "case"], name="closing_sampledcase_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.case_id}"


class Look(TenantModel):
    """What somebody said of a sampled case after looking at it."""

    sample = TenantForeignKey(Sample)
    case = TenantForeignKey(Case)
    verdict = models.TextField()
    comment = models.TextField(blank=True)
    looked_by = TenantForeignKey(Member)
    looked_at = models.DateTimeField()

    class Meta:
        """What is wrong has a comment; a period is approved when every case was looked at."""

        constraints: ClassVar = [
            *tenant_rules("sample", "case", "looked_by"),
            one_of("verdict", list(Verdict)),
            models.CheckConstraint(
                condition=~models.Q(verdict="wrong") | ~models.Q(comment=""),
                name="closing_look_comment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "sample", "case"], name="closing_look_of")
        ]

    def __str__(self) -> str:
        return f"look:{self.pk}"
