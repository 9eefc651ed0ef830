"""The tables of `tenancy`."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="id", name="tenancy_organisation_tenant"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_organisation_grants",
                        update=("name",),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="tenancy_organisation_name_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                ("email", models.TextField()),
                ("name", models.TextField(blank=True)),
                ("role", models.TextField()),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="tenancy_member_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="tenancy_member_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_member_grants",
                        update=("name", "role", "left_at"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("email"),
                        name="tenancy_member_email",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "accountant",
                                    "administrator",
                                    "auditor",
                                    "bookkeeper",
                                    "client",
                                    "integration",
                                    "owner",
                                    "reviewer",
                                ],
                            )
                        ),
                        name="tenancy_member_role_word",
                    ),
                ],
            },
        ),
    ]
