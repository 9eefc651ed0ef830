"""The tables of `tenancy`."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.TextField(blank=True)),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_person_grants",
                        update=("email", "name", "password", "last_login", "is_active"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="tenancy_person_email"
                    ),
                ],
            },
        ),
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
                    tieout.store.postgres.constraints.PersonPolicy(
                        name="tenancy_organisation_person",
                        sees="exists (select 1 from tenancy_member m where m.organisation_id = "
                        "tenancy_organisation.id and m.left_at is null and m.person_id = {person})",
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
                ("email", models.TextField()),
                ("name", models.TextField(blank=True)),
                ("role", models.TextField()),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="tenancy_member_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="tenancy_member_identity"
                    ),
                    tieout.store.postgres.constraints.PersonPolicy(
                        name="tenancy_member_person", sees="person_id = {person}"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_member_grants",
                        update=("name", "role", "left_at", "person_id"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        models.F("organisation"),
                        django.db.models.functions.text.Lower("email"),
                        name="tenancy_member_email",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "organisation"), name="tenancy_member_person_once"
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
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.TextField()),
                ("role", models.TextField()),
                ("secret_sha256", models.BinaryField(max_length=32)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="tenancy_invitation_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="tenancy_invitation_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="invited_by", name="tenancy_invitation_invited_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_invitation_grants",
                        update=("accepted_at", "withdrawn_at"),
                        verbs=("select", "insert"),
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
                        name="tenancy_invitation_role_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            _connector="OR",
                        ),
                        name="tenancy_invitation_ended_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("secret_sha256", models.BinaryField(max_length=32)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="tenancy_apitoken_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="tenancy_apitoken_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="member", name="tenancy_apitoken_member_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="tenancy_apitoken_grants",
                        update=("revoked_at", "last_used_at"),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="tenancy_apitoken_expires",
                    ),
                ],
            },
        ),
    ]
