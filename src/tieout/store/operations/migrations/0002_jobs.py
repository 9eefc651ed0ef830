"""Runs know who asked, what for and how far they are; schedules."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0001_initial"),
        ("tenancy", "0003_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("task", models.TextField()),
                ("subject", models.TextField(blank=True)),
                ("arguments", models.JSONField(default=dict)),
                ("every", models.TextField()),
                ("cron", models.TextField(blank=True)),
                ("zone", models.TextField(default="UTC")),
                ("set_at", models.DateTimeField()),
                ("last_due_at", models.DateTimeField(null=True)),
                ("next_due_at", models.DateTimeField(null=True)),
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
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="operations_schedule_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_schedule_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="set_by", name="operations_schedule_set_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_schedule_grants",
                        update=(
                            "arguments",
                            "every",
                            "cron",
                            "zone",
                            "set_by_id",
                            "set_at",
                            "last_due_at",
                            "next_due_at",
                        ),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "every__in",
                                ["cron", "daily", "hourly", "manual", "real-time", "weekly"],
                            )
                        ),
                        name="operations_schedule_every_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "task", "subject"), name="operations_schedule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cron", ""), ("next_due_at__isnull", True)),
                            models.Q(
                                models.Q(("cron", ""), _negated=True),
                                ("next_due_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="operations_schedule_due",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="jobrun",
            name="operations_jobrun_grants",
        ),
        migrations.RemoveConstraint(
            model_name="jobrun",
            name="operations_jobrun_state_word",
        ),
        migrations.RemoveConstraint(
            model_name="jobrun",
            name="operations_jobrun_finished",
        ),
        migrations.AddField(
            model_name="jobrun",
            name="arguments",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="jobrun",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="attempt",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="cancel_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="error_code",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="expected_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="step_done",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="step_of",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="subject",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="caused_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AlterField(
            model_name="jobrun",
            name="lease",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="jobrun",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="jobrun",
            name="state",
            field=models.TextField(default="waiting"),
        ),
        migrations.AddIndex(
            model_name="jobrun",
            index=models.Index(
                fields=["organisation", "task", "state"], name="operations_jobrun_by_task"
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="asked_by", name="operations_jobrun_asked_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="operations_jobrun_grants",
                update=(
                    "asked_by_id",
                    "asked_at",
                    "state",
                    "attempt",
                    "lease",
                    "step",
                    "step_done",
                    "step_of",
                    "started_at",
                    "expected_by",
                    "finished_at",
                    "count_in",
                    "count_out",
                    "count_held",
                    "error_code",
                    "error",
                    "cancel_asked_at",
                ),
                verbs=("select", "insert"),
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["cancelled", "failed", "running", "succeeded", "waiting"])
                ),
                name="operations_jobrun_state_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state__in", ("waiting", "running"))),
                    models.Q(
                        models.Q(("state__in", ("waiting", "running")), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="operations_jobrun_finished",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "running"), _negated=True),
                    models.Q(("lease__isnull", False), ("started_at__isnull", False)),
                    _connector="OR",
                ),
                name="operations_jobrun_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("organisation", "task", "subject"),
                name="operations_jobrun_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="caused_by", name="operations_outboxmessage_caused_by_key"
            ),
        ),
    ]
