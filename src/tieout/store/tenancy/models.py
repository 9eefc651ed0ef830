"""Persons, organisations, members and versions of settings; the base of every tenant's table.

A person signs in and may be a member of several organisations. Persons belong to nobody: theirs is
the one table without a policy.
"""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from tieout.core.access import PROGRAM_MAY, Role
from tieout.core.settings import TEXT_VERBS
from tieout.store.postgres.constraints import (
    AppMay,
    PersonPolicy,
    TenantPolicy,
    one_of,
    tenant_rules,
)
from tieout.store.postgres.fields import TenantForeignKey


class Person(AbstractBaseUser):
    """Who signs in, with the e-mail address as name; which organisations, its members say."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    objects = BaseUserManager()

    class Meta:
        """One person an address, however it is written."""

        constraints: ClassVar = [
            AppMay(
                name="tenancy_person_grants",
                update=("email", "name", "password", "last_login", "is_active"),
            ),
            models.UniqueConstraint(Lower("email"), name="tenancy_person_email"),
        ]

    def __str__(self) -> str:
        return f"person:{self.pk}"


class Organisation(models.Model):
    """The tenant; its id is also the name of its audit chain."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        """The policy of this one table is its own id."""

        constraints: ClassVar = [
            TenantPolicy(name="tenancy_organisation_tenant", column="id"),
            PersonPolicy(
                name="tenancy_organisation_person",
                sees="exists (select 1 from tenancy_member m where m.organisation_id = "
                "tenancy_organisation.id and m.left_at is null and m.person_id = {person})",
            ),
            AppMay(name="tenancy_organisation_grants", update=("name",)),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="tenancy_organisation_name_given"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row of one organisation."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """No table of its own."""

        abstract = True


class PartModel(TenantModel):
    """A row of another row of its organisation: its key to that proves the organisation as well."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        """No table of its own."""

        abstract = True


class Member(TenantModel):
    """A person or integration in one organisation, with one role."""

    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Who signs in as this member; nobody yet, or never for an integration."""
    email = models.TextField()
    name = models.TextField(blank=True)
    role = models.TextField()
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        """A member is never removed: it leaves."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            PersonPolicy(name="tenancy_member_person", sees="person_id = {person}"),
            AppMay(name="tenancy_member_grants", update=("name", "role", "left_at", "person_id")),
            models.UniqueConstraint("organisation", Lower("email"), name="tenancy_member_email"),
            models.UniqueConstraint(
                fields=["person", "organisation"], name="tenancy_member_person_once"
            ),
            one_of("role", list(Role)),
        ]

    def __str__(self) -> str:
        return f"member:{self.pk}"


class Invitation(TenantModel):
    """A link that makes whoever opens it first a member; kept as the hash of its secret."""

    email = models.TextField()
    role = models.TextField()
    secret_sha256 = models.BinaryField(max_length=32)
    invited_by = TenantForeignKey(Member)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Used once or withdrawn."""

        constraints: ClassVar = [
            *tenant_rules("invited_by", appended=False),
            AppMay(name="tenancy_invitation_grants", update=("accepted_at", "withdrawn_at")),
            one_of("role", list(Role)),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="tenancy_invitation_ended_once",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation:{self.pk}"


class ApiToken(TenantModel):
    """A key for programs, as one member and with no more than its scopes; kept as a hash."""

    member = TenantForeignKey(Member)
    made_by = TenantForeignKey(Member, null=True)
    """Null: made before this was noted, and held to what a program may."""
    name = models.TextField()
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = ArrayField(models.TextField())
    """The actions it may ask for, of those its member's role has."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        """Only its end and its use change."""

        constraints: ClassVar = [
            *tenant_rules("member", "made_by", appended=False),
            AppMay(name="tenancy_apitoken_grants", update=("revoked_at", "last_used_at")),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")),
                name="tenancy_apitoken_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(made_by__isnull=True)
                | models.Q(made_by=models.F("member"))
                | models.Q(scopes__contained_by=sorted(map(str, PROGRAM_MAY))),
                name="tenancy_apitoken_own_name",
            ),
        ]

    def __str__(self) -> str:
        return f"token:{self.pk}"


class Sandbox(TenantModel):
    """A copy of this organisation, in which its settings are tried."""

    name = models.TextField()
    copy = models.UUIDField()
    """The id of the copy, an organisation of its own: no key can point there."""
    made_by = TenantForeignKey(Member)
    made_at = models.DateTimeField()

    class Meta:
        """Made once."""

        constraints: ClassVar = [
            *tenant_rules("made_by"),
            models.UniqueConstraint(fields=["organisation", "copy"], name="tenancy_sandbox_once"),
        ]

    def __str__(self) -> str:
        return f"sandbox:{self.pk}"


class SettingsProposal(TenantModel):
    """A document of settings that somebody wants to hold, against the version they saw."""

    verb = models.TextField()
    document = models.TextField()
    reason = models.TextField()
    author = TenantForeignKey(Member)
    proposed_at = models.DateTimeField()
    follows = TenantForeignKey("SettingsVersion")
    sandbox = TenantForeignKey(Sandbox, null=True)
    """Where it was tried, if it was."""

    class Meta:
        """Proposed with a reason, never edited."""

        constraints: ClassVar = [
            *tenant_rules("author", "follows", "sandbox"),
            one_of("verb", TEXT_VERBS),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="tenancy_settingsproposal_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(verb="promote_settings", sandbox__isnull=False)
                | (~models.Q(verb="promote_settings") & models.Q(sandbox__isnull=True)),
                name="tenancy_settingsproposal_tried",
            ),
        ]

    def __str__(self) -> str:
        return f"settings_proposal:{self.pk}"


class SettingsVersion(TenantModel):
    """All settings as one text, as they have stood since a change; the newest one stands."""

    follows = TenantForeignKey("self", null=True)
    """The version before it; none for the first."""
    verb = models.TextField()
    """What made it: `set_schedule`, `import_settings`."""
    document = models.TextField()
    reason = models.TextField(blank=True)
    author = TenantForeignKey(Member, null=True)
    """Nobody for what the system does."""
    approver = TenantForeignKey(Member, null=True)
    made_at = models.DateTimeField()
    proposal = TenantForeignKey(SettingsProposal, null=True)

    class Meta:
        """One line of versions; a trigger proves that another person has approved a text."""

        constraints: ClassVar = [
            *tenant_rules("follows", "author", "approver", "proposal"),
            models.UniqueConstraint(
                fields=["organisation", "follows"], name="tenancy_settingsversion_line"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(follows__isnull=True),
                name="tenancy_settingsversion_first",
            ),
            models.UniqueConstraint(
                fields=["organisation", "proposal"], name="tenancy_settingsversion_proposed"
            ),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True) | ~models.Q(approver=models.F("author")),
                name="tenancy_settingsversion_other_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(verb__in=TEXT_VERBS, proposal__isnull=False)
                | (~models.Q(verb__in=TEXT_VERBS) & models.Q(proposal__isnull=True)),
                name="tenancy_settingsversion_text",
            ),
        ]

    def __str__(self) -> str:
        return f"settings_version:{self.pk}"
