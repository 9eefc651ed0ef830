"""The tables of `audit`."""

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
            name="Tail",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenancy.organisation",
                    ),
                ),
                ("sequence", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="audit_tail_tenant"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="audit_tail_grants", update=(), verbs=("select",)
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("previous", models.BinaryField(max_length=32)),
                ("body", models.BinaryField()),
                ("hash", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("verb", models.TextField()),
                ("subject", models.TextField()),
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
                "indexes": [
                    models.Index(fields=["organisation", "subject"], name="audit_event_subject"),
                    models.Index(fields=["organisation", "at"], name="audit_event_at"),
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="audit_event_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="audit_event_identity"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="audit_event_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="audit_event_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "sequence"), name="audit_event_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedHead",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("key_id", models.TextField()),
                ("signature", models.BinaryField()),
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
                        column="organisation_id", name="audit_signedhead_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="audit_signedhead_identity"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="audit_signedhead_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="audit_signedhead_grants", update=(), verbs=("select", "insert")
                    ),
                ],
            },
        ),
    ]
