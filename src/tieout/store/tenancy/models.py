"""Organisations and members, and the base of every table that belongs to an organisation."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models.functions import Lower

from tieout.core.access import Role
from tieout.store.postgres.constraints import AppMay, TenantPolicy, one_of, tenant_rules


class Organisation(models.Model):
    """The tenant; its id is also the name of its audit chain."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        """The policy of this one table is its own id."""

        constraints: ClassVar = [
            TenantPolicy(name="tenancy_organisation_tenant", column="id"),
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


class Member(TenantModel):
    """A person or integration in one organisation, with one role."""

    email = models.TextField()
    name = models.TextField(blank=True)
    role = models.TextField()
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        """A member is never removed: it leaves."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            AppMay(name="tenancy_member_grants", update=("name", "role", "left_at")),
            models.UniqueConstraint("organisation", Lower("email"), name="tenancy_member_email"),
            one_of("role", list(Role)),
        ]

    def __str__(self) -> str:
        return f"member:{self.pk}"
