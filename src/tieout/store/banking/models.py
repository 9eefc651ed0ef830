"""Bank accounts, received files byte for byte, and what was read in them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.errors import Place, Problem, Severity
from tieout.core.money import Currency
from tieout.core.statements import Balance, Direction, LineStatus, Statement, StatementLine
from tieout.store.ledger.models import Account
from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import Member, PartModel, TenantModel


class BankAccount(TenantModel):
    """An account at a bank or card company, in one currency."""

    number = models.TextField()
    """As files name it, whitespace removed."""
    currency = models.TextField()
    exponent = models.SmallIntegerField()
    """In how many decimals its amounts are counted here; a finer file is refused, not rounded."""
    name = models.TextField(blank=True)
    ledger_account = TenantForeignKey(Account, null=True)

    class Meta:
        """One row a number and currency."""

        constraints: ClassVar = [
            *tenant_rules("ledger_account", appended=False),
            AppMay(name="banking_bankaccount_grants", update=("name", "ledger_account_id")),
            models.UniqueConstraint(
                fields=["organisation", "number", "currency"], name="banking_bankaccount_once"
            ),
            models.CheckConstraint(
                condition=models.Q(exponent__range=(0, 18)), name="banking_bankaccount_exponent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} in {self.currency}"

    def counted_in(self) -> Currency:
        """Its currency, in its own count."""
        return Currency(self.currency, self.exponent)


class ReceivedFile(TenantModel):
    """One received file; its bytes are in parts, and all of them are there or none."""

    name = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    received_at = models.DateTimeField()
    received_by = TenantForeignKey(Member)

    class Meta:
        """The same bytes are received once."""

        constraints: ClassVar = [
            *tenant_rules("received_by"),
            models.UniqueConstraint(
                fields=["organisation", "sha256"], name="banking_receivedfile_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FilePart(TenantModel):
    """Up to a mebibyte of a received file, so that no file is ever whole in memory."""

    file = TenantForeignKey(ReceivedFile)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        """A trigger adds the parts up when the transaction ends."""

        constraints: ClassVar = [
            *tenant_rules("file"),
            models.UniqueConstraint(
                fields=["organisation", "file", "number"], name="banking_filepart_once"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of file {self.file_id}"


class FileReading(TenantModel):
    """A received file as a reader understood it."""

    file = TenantForeignKey(ReceivedFile)
    format = models.TextField()
    variant = models.TextField(blank=True)
    charset = models.TextField(blank=True)
    mapping = models.JSONField(default=list)
    program = models.TextField()
    """The version of Tieout that read it."""
    line_count = models.BigIntegerField()
    entry_count = models.BigIntegerField(default=0)
    known_count = models.BigIntegerField(default=0)
    """Entries of books that had been recorded before."""
    held_count = models.BigIntegerField()
    books = models.TextField(blank=True)
    """For a file of books: the source under which its entries stand in the journal."""
    read_at = models.DateTimeField()

    class Meta:
        """A file is read into the store once."""

        constraints: ClassVar = [
            *tenant_rules("file"),
            models.UniqueConstraint(
                fields=["organisation", "file"], name="banking_filereading_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.variant}".strip()


class ReadingProblem(TenantModel):
    """A problem found in a file; a held record keeps its raw text here."""

    reading = TenantForeignKey(FileReading)
    code = models.TextField()
    severity = models.TextField()
    found = models.TextField()
    expected = models.TextField(blank=True)
    line = models.BigIntegerField(null=True)
    record = models.BigIntegerField(null=True)
    field = models.TextField(blank=True)
    raw = models.TextField(blank=True)

    class Meta:
        """Found once, kept."""

        constraints: ClassVar = [
            *tenant_rules("reading"),
            one_of("severity", list(Severity)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "reading"], name="banking_readingproblem_of")
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.found}"

    def to_core(self) -> Problem:
        """As the reader said it."""
        place = Place(self.line, self.record, self.field or None)
        return Problem(self.code, self.found, self.expected, place)


class BankStatement(TenantModel):
    """A statement as its file gave it; `ties` says whether its lines lead to its closing."""

    reading = TenantForeignKey(FileReading)
    account = TenantForeignKey(BankAccount)
    number = models.TextField(blank=True)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    opening_on = models.DateField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    closing_on = models.DateField(null=True)
    booked_minor = models.BigIntegerField()
    """The signed sum of its booked lines, repeated ones included."""
    line_count = models.BigIntegerField()
    repeated_count = models.BigIntegerField()
    """Lines that an earlier statement had given already; kept, and counted once."""
    ties = models.GeneratedField(
        expression=models.Case(
            models.When(
                models.Q(opening_minor__isnull=False, closing_minor__isnull=False),
                then=models.Q(closing_minor=models.F("opening_minor") + models.F("booked_minor")),
            ),
        ),
        output_field=models.BooleanField(null=True),
        db_persist=True,
    )

    class Meta:
        """A trigger adds its lines up when the transaction ends."""

        constraints: ClassVar = [
            *tenant_rules("reading", "account"),
            models.UniqueConstraint(
                fields=["organisation", "id", "account"], name="banking_bankstatement_identity_of"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "account"], name="banking_bankstatement_of")
        ]

    def __str__(self) -> str:
        return f"{self.number or 'statement'} {self.begins_on} to {self.ends_on}"

    def to_core(self, account: BankAccount, lines: tuple[StatementLine, ...] = ()) -> Statement:
        """The statement with those lines; without them for its span and balances alone."""
        currency = account.counted_in()
        balances = [
            None if minor is None else Balance(minor, currency, on)
            for minor, on in (
                (self.opening_minor, self.opening_on),
                (self.closing_minor, self.closing_on),
            )
        ]
        return Statement(
            account.number,
            currency,
            lines,
            balances[0],
            balances[1],
            number=self.number,
            begins_on=self.begins_on,
            ends_on=self.ends_on,
        )


class BankLine(PartModel):
    """One line of a statement. A line that repeats an earlier file's line points to it.

    That its statement is there, of its organisation and account, and what it repeats as well, is
    proved with the statement's sums when the transaction ends: keys that are checked line by line
    cost as much as all indexes. Its identity serves as the table's primary key.
    """

    statement = TenantForeignKey(BankStatement)
    account = TenantForeignKey(BankAccount)
    position = models.BigIntegerField()
    repeats = TenantForeignKey("self", null=True)
    amount_minor = models.BigIntegerField()
    direction = models.TextField()
    booked_on = models.DateField(null=True)
    value_on = models.DateField(null=True)
    bank_id = models.TextField(blank=True)
    references = ArrayField(models.TextField(), default=list)
    counterparty = models.TextField(blank=True)
    counterparty_account = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    kind = models.TextField(blank=True)
    status = models.TextField()
    is_reversal = models.BooleanField(default=False)
    details = models.JSONField(default=dict)
    """Parts of a batch line and whatever else the file says."""

    class Meta:
        """An amount has a direction and no sign; a known line is repeated once a statement.

        Statement and account are of one organisation: indexes need not begin with it.
        """

        constraints: ClassVar = [
            *tenant_rules(),
            one_of("direction", list(Direction)),
            one_of("status", list(LineStatus)),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="banking_bankline_unsigned"
            ),
            models.UniqueConstraint(fields=["statement", "position"], name="banking_bankline_once"),
            models.UniqueConstraint(
                fields=["statement", "repeats"],
                condition=models.Q(repeats__isnull=False),
                name="banking_bankline_repeats_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "booked_on", "id"], name="banking_bankline_on")
        ]

    def __str__(self) -> str:
        return f"line {self.position}: {self.direction} {self.amount_minor}"

    def to_core(self, currency: Currency) -> StatementLine:
        """The line, without what `details` holds."""
        return StatementLine(
            self.amount_minor,
            Direction(self.direction),
            currency,
            self.booked_on,
            self.value_on,
            self.bank_id,
            tuple(self.references),
            self.counterparty,
            self.counterparty_account,
            self.narrative,
            self.kind,
            LineStatus(self.status),
            self.is_reversal,
        )
