"""Audit events as kept, where each chain ends, and the signed heads."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.audit import HASH_BYTES, ChainedEvent, ChainId, Head
from tieout.core.audit_file import HeadSignature
from tieout.store.postgres.constraints import AppMay, TenantPolicy, tenant_rules
from tieout.store.tenancy.models import Organisation, TenantModel


class Event(TenantModel):
    """One event: its canonical bytes are the truth, the other columns only find it."""

    sequence = models.BigIntegerField()
    previous = models.BinaryField(max_length=HASH_BYTES)
    body = models.BinaryField()
    hash = models.BinaryField(max_length=HASH_BYTES)
    at = models.DateTimeField()
    actor = models.TextField()
    verb = models.TextField()
    subject = models.TextField()

    class Meta:
        """A trigger proves number, link and hash before a row is taken."""

        constraints: ClassVar = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organisation", "sequence"], name="audit_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "subject"], name="audit_event_subject"),
            models.Index(fields=["organisation", "at"], name="audit_event_at"),
        ]

    def __str__(self) -> str:
        return f"event {self.sequence}: {self.verb} {self.subject}"

    def to_core(self) -> ChainedEvent:
        """As the core verifies it."""
        return ChainedEvent(self.sequence, bytes(self.previous), bytes(self.body), bytes(self.hash))


class Concern(TenantModel):
    """That an event concerns a record, and which fields of it: leads from the record to its events.

    Made from the event's bytes, which stay the truth.
    """

    subject = models.TextField()
    """The record: `bank_account:3`."""
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.TextField()
    fields = ArrayField(models.TextField(), default=list)

    class Meta:
        """A record's events are found newest first, however many others there are."""

        constraints: ClassVar = [
            *tenant_rules(pointed_to=False),
            models.UniqueConstraint(
                fields=["organisation", "subject", "sequence"], name="audit_concern_once"
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.sequence} of {self.subject}"


class Tail(models.Model):
    """Where a chain ends; moved by the trigger alone, so that a lost end shows."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    sequence = models.BigIntegerField()
    hash = models.BinaryField(max_length=HASH_BYTES)

    class Meta:
        """The application reads it."""

        constraints: ClassVar = [
            TenantPolicy(name="audit_tail_tenant"),
            AppMay(name="audit_tail_grants", verbs=("select",)),
        ]

    def __str__(self) -> str:
        return f"ends with event {self.sequence}"


class SignedHead(TenantModel):
    """Where the chain stood at a moment, signed; useful where a copy is kept elsewhere."""

    sequence = models.BigIntegerField()
    hash = models.BinaryField(max_length=HASH_BYTES)
    at = models.DateTimeField()
    key_id = models.TextField()
    """The public key's SHA-256, hexadecimal: which key has signed."""
    signature = models.BinaryField()

    class Meta:
        """Added, never edited."""

        constraints: ClassVar = tenant_rules()

    def __str__(self) -> str:
        return f"head at event {self.sequence}"

    def with_signature(self) -> HeadSignature:
        """As it was signed."""
        return HeadSignature(self.to_core(), self.key_id, bytes(self.signature))

    def to_core(self) -> Head:
        """As the core verifies it."""
        chain = ChainId(str(self.organisation_id))
        return Head(chain, self.sequence, bytes(self.hash), self.at)
