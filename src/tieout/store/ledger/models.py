"""Accounts, journal entries and postings."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.accounts import AccountKind
from tieout.core.money import Currency
from tieout.core.statements import Direction
from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import PartModel, TenantModel


class Account(TenantModel):
    """One bucket of the chart of accounts."""

    code = models.TextField()
    name = models.TextField(blank=True)
    kind = models.TextField()
    currency = models.TextField(blank=True)
    is_bank = models.BooleanField(default=False)

    class Meta:
        """A code names one account."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            AppMay(name="ledger_account_grants", update=("name", "kind", "currency", "is_bank")),
            models.UniqueConstraint(fields=["organisation", "code"], name="ledger_account_once"),
            one_of("kind", list(AccountKind)),
        ]

    def __str__(self) -> str:
        return self.code


class JournalEntry(TenantModel):
    """A balanced set of postings, never edited: a correction is a new entry that reverses it."""

    source = models.TextField()
    """Where it comes from: `manual`, or the books it was read in."""
    entry_id = models.TextField()
    """Its id there."""
    booked_on = models.DateField(null=True)
    counterparty = models.TextField(blank=True)
    narrative = models.TextField(blank=True)
    references = ArrayField(models.TextField(), default=list)
    digest = models.BinaryField(default=bytes)
    """Of what it says (`core.journal.digest`); empty where it was entered by hand."""
    reverses = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    recorded_at = models.DateTimeField()

    class Meta:
        """An id of a source is used once; an entry is reversed once."""

        constraints: ClassVar = [
            *tenant_rules("reverses"),
            models.UniqueConstraint(
                fields=["organisation", "source", "entry_id"], name="ledger_journalentry_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "digest"], name="ledger_journalentry_said"),
            models.Index(fields=["organisation", "booked_on"], name="ledger_journalentry_on"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.entry_id}"


class Posting(PartModel):
    """One amount, one direction, one account; what it weighs in the entry's balance beside it.

    That its entry and its account are there, of its organisation, is proved with the balance when
    the transaction ends.
    """

    entry = TenantForeignKey(JournalEntry)
    position = models.IntegerField()
    account = TenantForeignKey(Account)
    amount_minor = models.BigIntegerField()
    direction = models.TextField()
    currency = models.TextField()
    exponent = models.SmallIntegerField()
    weight_minor = models.BigIntegerField()
    """Signed, positive for a debit: its own amount unless a price or cost says otherwise."""
    weight_currency = models.TextField()
    weight_exponent = models.SmallIntegerField()
    posted_on = models.DateField(null=True)
    booked_on = models.DateField(null=True)
    """The day it counts: `posted_on`, else its entry's; a trigger compares."""
    narrative = models.TextField(blank=True)
    reference = models.TextField(blank=True)

    class Meta:
        """Triggers add up the weights of an entry when the transaction ends.

        Entry and account are of one organisation: indexes need not begin with it.
        """

        constraints: ClassVar = [
            *tenant_rules(),
            one_of("direction", list(Direction)),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="ledger_posting_unsigned"
            ),
            models.CheckConstraint(
                condition=models.Q(exponent__range=(0, 18), weight_exponent__range=(0, 18)),
                name="ledger_posting_exponents",
            ),
            models.UniqueConstraint(fields=["entry", "position"], name="ledger_posting_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "booked_on", "id"], name="ledger_posting_on")
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.amount_minor} {self.currency}"

    def counted_in(self) -> Currency:
        """Its currency, in its own count."""
        return Currency(self.currency, self.exponent)
