"""Which records an event concerns: leads from a record to its events."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_functions"),
        ("tenancy", "0009_notes_of_a_statement"),
    ]

    operations = [
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.TextField()),
                ("sequence", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
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
                        column="organisation_id", name="audit_concern_tenant"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="audit_concern_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="audit_concern_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "subject", "sequence"), name="audit_concern_once"
                    ),
                ],
            },
        ),
    ]
