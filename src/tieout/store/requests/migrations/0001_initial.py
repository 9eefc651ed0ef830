"""The tables of `requests`."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField()),
                ("asked_sha256", models.BinaryField(max_length=32)),
                ("status", models.SmallIntegerField()),
                ("content_type", models.TextField()),
                ("sealed", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.apitoken",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "kept_at"], name="requests_keptanswer_age")
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="requests_keptanswer_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="requests_keptanswer_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="token", name="requests_keptanswer_token_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="requests_keptanswer_grants",
                        update=(),
                        verbs=("select", "insert", "delete"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "token", "key"), name="requests_keptanswer_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TokenPace",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("free_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.apitoken",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="requests_tokenpace_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="requests_tokenpace_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="token", name="requests_tokenpace_token_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="requests_tokenpace_grants",
                        update=("free_at",),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "token"), name="requests_tokenpace_once"
                    ),
                ],
            },
        ),
    ]
