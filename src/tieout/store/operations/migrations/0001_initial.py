"""The tables of `operations`."""

import django.contrib.postgres.fields
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
            name="Alert",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField()),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("account_number", models.BigIntegerField(null=True)),
                ("raised_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
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
                        column="organisation_id", name="operations_alert_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_alert_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_alert_grants",
                        update=("resolved_at",),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "difference",
                                    "job-failed",
                                    "missing-feed",
                                    "overdue",
                                    "verification-failed",
                                ],
                            )
                        ),
                        name="operations_alert_kind_word",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=("organisation", "key"),
                        name="operations_alert_holds_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertChannel",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("address", models.BinaryField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "accounts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="operations_alertchannel_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_alertchannel_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="set_by", name="operations_alertchannel_set_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_alertchannel_grants",
                        update=("ended_at",),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["email", "members", "other", "slack", "teams", "webhook"])
                        ),
                        name="operations_alertchannel_kind_word",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("allowed", models.BigIntegerField()),
                ("set_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="operations_alertrule_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_alertrule_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="set_by", name="operations_alertrule_set_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_alertrule_grants",
                        update=("allowed", "set_by_id", "set_at"),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "difference",
                                    "job-failed",
                                    "missing-feed",
                                    "overdue",
                                    "verification-failed",
                                ],
                            )
                        ),
                        name="operations_alertrule_kind_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allowed__gte", 0)), name="operations_alertrule_allowed"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "kind", "subject"), name="operations_alertrule_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("task", models.TextField()),
                ("subject", models.TextField(blank=True)),
                ("arguments", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                ("state", models.TextField(default="waiting")),
                ("attempt", models.IntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("step", models.TextField(blank=True)),
                ("step_done", models.BigIntegerField(default=0)),
                ("step_of", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("expected_by", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("count_in", models.BigIntegerField(default=0)),
                ("count_out", models.BigIntegerField(default=0)),
                ("count_held", models.BigIntegerField(default=0)),
                ("error_code", models.TextField(blank=True)),
                ("error", models.TextField(blank=True)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
                        column="organisation_id", name="operations_jobrun_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_jobrun_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="asked_by", name="operations_jobrun_asked_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["cancelled", "failed", "running", "succeeded", "waiting"],
                            )
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
                            models.Q(
                                ("finished_at__isnull", True), ("state__in", ("waiting", "running"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("waiting", "running")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="operations_jobrun_finished",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "running"), _negated=True),
                            models.Q(("lease__isnull", False), ("started_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="operations_jobrun_leased",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("organisation", "task", "subject"),
                        name="operations_jobrun_waits_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "task", "state"], name="operations_jobrun_by_task"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("payload", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "caused_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
                        column="organisation_id", name="operations_outboxmessage_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_outboxmessage_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="caused_by", name="operations_outboxmessage_caused_by_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_outboxmessage_grants",
                        update=("taken_at",),
                        verbs=("select", "insert"),
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("taken_at__isnull", True)),
                        fields=["id"],
                        name="operations_outbox_waiting",
                    )
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_over", models.BooleanField()),
                ("state", models.TextField(default="waiting")),
                ("attempt", models.IntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "alert",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operations.alert",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operations.alertchannel",
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
                        column="organisation_id", name="operations_notification_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="operations_notification_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="channel", name="operations_notification_channel_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="alert", name="operations_notification_alert_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="operations_notification_grants",
                        update=("state", "attempt", "due_at", "sent_at", "error"),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["failed", "sent", "waiting"])),
                        name="operations_notification_state_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "channel", "alert", "is_over"),
                        name="operations_notification_once",
                    ),
                ],
            },
        ),
    ]
