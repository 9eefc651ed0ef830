"""The tables of `reconciliation`."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.core.decisions
import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("banking", "0001_initial"),
        ("ledger", "0001_initial"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
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
                ("name", models.TextField()),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                ("rules", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_reconciliation_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_reconciliation_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="bank_account", name="reconciliation_reconciliation_bank_account_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="account", name="reconciliation_reconciliation_account_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_reconciliation_grants",
                        update=("name", "rules"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "bank_account", "account"),
                        name="reconciliation_reconciliation_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchRun",
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
                (
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("engine", models.TextField()),
                ("program", models.TextField()),
                ("rules", models.JSONField(default=dict)),
                ("summary", models.JSONField(default=dict)),
                ("currency", models.TextField()),
                ("exponent", models.SmallIntegerField()),
                ("left_count", models.BigIntegerField()),
                ("right_count", models.BigIntegerField()),
                ("left_minor", models.BigIntegerField()),
                ("right_minor", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "reconciliation", "-id"],
                        name="reconciliation_matchrun_of",
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_matchrun_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_matchrun_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reconciliation", name="reconciliation_matchrun_reconciliation_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_matchrun_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_matchrun_grants", update=(), verbs=("select", "insert")
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchGroup",
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
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.matchrun",
                    ),
                ),
                ("name", models.TextField()),
                ("made_by", models.TextField()),
                ("rule", models.TextField()),
                ("status", models.TextField()),
                ("score", models.BigIntegerField()),
                ("parts", models.JSONField(default=dict)),
                ("posterior_ppm", models.IntegerField()),
                ("residual_minor", models.BigIntegerField()),
                ("residual_cause", models.TextField(blank=True)),
                ("solutions", models.BigIntegerField()),
                ("runner_up", models.TextField(blank=True)),
                ("runner_up_score", models.BigIntegerField()),
                ("reason", models.TextField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_matchgroup_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_matchgroup_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="reconciliation_matchgroup_run_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_matchgroup_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_matchgroup_grants",
                        update=(),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["confirmed", "suggested"])),
                        name="reconciliation_matchgroup_status_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "name"),
                        name="reconciliation_matchgroup_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("residual_minor", 0),
                            models.Q(("residual_cause", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reconciliation_matchgroup_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunRecord",
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
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.matchrun",
                    ),
                ),
                ("side", models.TextField()),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankline",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.posting",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.matchgroup",
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("detail", models.TextField(blank=True)),
                ("nearest", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "group"], name="reconciliation_runrecord_of"
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_runrecord_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_runrecord_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="reconciliation_runrecord_run_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="line", name="reconciliation_runrecord_line_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="posting", name="reconciliation_runrecord_posting_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="group", name="reconciliation_runrecord_group_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_runrecord_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_runrecord_grants",
                        update=(),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right"])),
                        name="reconciliation_runrecord_side_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("line__isnull", False), ("posting__isnull", True), ("side", "left")
                            ),
                            models.Q(
                                ("line__isnull", True),
                                ("posting__isnull", False),
                                ("side", "right"),
                            ),
                            _connector="OR",
                        ),
                        name="reconciliation_runrecord_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", False), ("reason", "")),
                            models.Q(
                                ("group__isnull", True), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="reconciliation_runrecord_placed",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "line"), name="reconciliation_runrecord_line"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "posting"),
                        name="reconciliation_runrecord_posting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                (
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
                ("verdict", models.TextField()),
                (
                    "undoes",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.decision",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.matchgroup",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "reconciliation"], name="reconciliation_decision_of"
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_decision_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_decision_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reconciliation", name="reconciliation_decision_reconciliation_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="undoes", name="reconciliation_decision_undoes_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="group", name="reconciliation_decision_group_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="decided_by", name="reconciliation_decision_decided_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_decision_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_decision_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["confirm", "reject", "undo"])),
                        name="reconciliation_decision_verdict_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("undoes__isnull", False),
                                ("verdict", tieout.core.decisions.Verdict["UNDO"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("verdict", tieout.core.decisions.Verdict["UNDO"]),
                                    _negated=True,
                                ),
                                ("undoes__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="reconciliation_decision_undoes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecidedRecord",
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
                (
                    "decision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.decision",
                    ),
                ),
                ("side", models.TextField()),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankline",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.posting",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "line"], name="reconciliation_decided_line"
                    ),
                    models.Index(
                        fields=["organisation", "posting"], name="reconciliation_decided_posting"
                    ),
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_decidedrecord_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_decidedrecord_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="decision", name="reconciliation_decidedrecord_decision_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="line", name="reconciliation_decidedrecord_line_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="posting", name="reconciliation_decidedrecord_posting_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_decidedrecord_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_decidedrecord_grants",
                        update=(),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right"])),
                        name="reconciliation_decidedrecord_side_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("line__isnull", False), ("posting__isnull", True), ("side", "left")
                            ),
                            models.Q(
                                ("line__isnull", True),
                                ("posting__isnull", False),
                                ("side", "right"),
                            ),
                            _connector="OR",
                        ),
                        name="reconciliation_decidedrecord_record",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "decision", "line"),
                        name="reconciliation_decidedrecord_line",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "decision", "posting"),
                        name="reconciliation_decidedrecord_posting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
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
                (
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.matchrun",
                    ),
                ),
                ("cut_off_on", models.DateField()),
                ("step", models.TextField()),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                ("signed_at", models.DateTimeField()),
                ("left_minor", models.BigIntegerField()),
                ("right_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_signoff_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_signoff_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reconciliation", name="reconciliation_signoff_reconciliation_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="reconciliation_signoff_run_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="signed_by", name="reconciliation_signoff_signed_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_signoff_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_signoff_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["prepared", "reviewed"])),
                        name="reconciliation_signoff_step_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "cut_off_on", "step"),
                        name="reconciliation_signoff_once",
                    ),
                ],
            },
        ),
    ]
