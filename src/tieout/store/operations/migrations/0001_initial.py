"""The tables of `operations`."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
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
                ("kind", models.TextField()),
                ("payload", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("taken_at__isnull", True)),
                        fields=["id"],
                        name="operations_outbox_waiting",
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="operations_outboxmessage_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_outboxmessage_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_outboxmessage_grants",
                        update=("taken_at",),
                        verbs=("select", "insert"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
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
                ("task", models.TextField()),
                ("state", models.TextField(default="running")),
                ("lease", models.UUIDField()),
                ("step", models.TextField(blank=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("count_in", models.BigIntegerField(default=0)),
                ("count_out", models.BigIntegerField(default=0)),
                ("count_held", models.BigIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="operations_jobrun_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_jobrun_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_jobrun_grants",
                        update=(
                            "state",
                            "lease",
                            "step",
                            "finished_at",
                            "count_in",
                            "count_out",
                            "count_held",
                            "error",
                        ),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["abandoned", "failed", "running", "succeeded"])
                        ),
                        name="operations_jobrun_state_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "succeeded"), _negated=True),
                            (
                                "count_in",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("count_out"), "+", models.F("count_held")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="operations_jobrun_accounted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state", "running")),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="operations_jobrun_finished",
                    ),
                ],
            },
        ),
    ]
