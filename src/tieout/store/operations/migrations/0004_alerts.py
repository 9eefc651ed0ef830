"""Alerts: rules, what holds, where it is sent, and what was sent."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_wake"),
        ("tenancy", "0003_sign_in"),
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
