"""The tables of `reconciliation`."""

import django.db.models.deletion
import django.db.models.lookups
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
                ("name", models.TextField()),
                ("rules", models.JSONField(default=dict)),
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
                ("last_decision", models.BigIntegerField(default=0)),
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
            ],
            options={
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "reconciliation", "-id"],
                        name="reconciliation_matchrun_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchGroup",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("made_by", models.TextField()),
                ("rule", models.TextField()),
                ("status", models.TextField()),
                ("score", models.BigIntegerField()),
                ("parts", models.JSONField(default=dict)),
                ("posterior_ppm", models.IntegerField()),
                ("left_count", models.BigIntegerField(default=0)),
                ("right_count", models.BigIntegerField(default=0)),
                ("left_minor", models.BigIntegerField(default=0)),
                ("right_minor", models.BigIntegerField(default=0)),
                ("residual_minor", models.BigIntegerField()),
                ("residual_cause", models.TextField(blank=True)),
                ("solutions", models.BigIntegerField()),
                ("runner_up", models.TextField(blank=True)),
                ("runner_up_score", models.BigIntegerField()),
                ("reason", models.TextField()),
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "run", "status", "score", "id"],
                        name="reconciliation_group_queue",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cut_off_on", models.DateField()),
                ("step", models.TextField()),
                ("signed_at", models.DateTimeField()),
                ("left_count", models.BigIntegerField(default=0)),
                ("right_count", models.BigIntegerField(default=0)),
                ("left_minor", models.BigIntegerField()),
                ("right_minor", models.BigIntegerField()),
                ("open_left_count", models.BigIntegerField(default=0)),
                ("open_right_count", models.BigIntegerField(default=0)),
                ("open_left_minor", models.BigIntegerField(default=0)),
                ("open_right_minor", models.BigIntegerField(default=0)),
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "reconciliation", "cut_off_on"],
                        name="reconciliation_signoff_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verdict", models.TextField()),
                ("exponent", models.SmallIntegerField(null=True)),
                ("decided_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
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
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
            ],
            options={
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "reconciliation", "id"],
                        name="reconciliation_decided_of",
                    ),
                    models.Index(
                        fields=["organisation", "group"], name="reconciliation_decided_group"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("side", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.TextField(blank=True)),
                ("detail", models.TextField(blank=True)),
                ("nearest", models.TextField(blank=True)),
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
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
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
            ],
            options={
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "group"], name="reconciliation_runrecord_of"
                    ),
                    models.Index(
                        condition=models.Q(("group__isnull", True)),
                        fields=["organisation", "run", "side", "reason", "id"],
                        name="reconciliation_unmatched",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cause", models.TextField()),
                ("detail", models.TextField()),
                ("suspended_at", models.DateTimeField()),
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
                    "sign_off",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.signoff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_suspension_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_suspension_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="sign_off", name="reconciliation_suspension_sign_off_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_suspension_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_suspension_grants",
                        update=(),
                        verbs=("select", "insert"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["decision", "import", "run"])),
                        name="reconciliation_suspension_cause_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "sign_off"), name="reconciliation_suspension_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                (
                    "about_bank_line",
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
                    "about_posting",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.posting",
                    ),
                ),
                (
                    "about_received_file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
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
                (
                    "written_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "about_decision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.decision",
                    ),
                ),
                (
                    "about_match_group",
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
                    "about_reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
                (
                    "about_sign_off",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.signoff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_comment_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_comment_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_match_group",
                        name="reconciliation_comment_about_match_group_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_decision", name="reconciliation_comment_about_decision_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_reconciliation",
                        name="reconciliation_comment_about_reconciliation_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_sign_off", name="reconciliation_comment_about_sign_off_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_bank_line", name="reconciliation_comment_about_bank_line_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_posting", name="reconciliation_comment_about_posting_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_received_file",
                        name="reconciliation_comment_about_received_file_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="written_by", name="reconciliation_comment_written_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_comment_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_comment_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("about_match_group"),
                                models.F("about_decision"),
                                models.F("about_reconciliation"),
                                models.F("about_sign_off"),
                                models.F("about_bank_line"),
                                models.F("about_posting"),
                                models.F("about_received_file"),
                                function="num_nonnulls",
                                output_field=models.IntegerField(),
                            ),
                            1,
                        ),
                        name="reconciliation_comment_about_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="reconciliation_comment_said",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "about_match_group"], name="comment_of_group"
                    ),
                    models.Index(
                        fields=["organisation", "about_bank_line"], name="comment_of_line"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("note", models.TextField(blank=True)),
                ("attached_at", models.DateTimeField()),
                (
                    "about_bank_line",
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
                    "about_decision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.decision",
                    ),
                ),
                (
                    "about_posting",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.posting",
                    ),
                ),
                (
                    "about_received_file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
                    ),
                ),
                (
                    "attached_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
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
                (
                    "supersedes",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.evidence",
                    ),
                ),
                (
                    "about_match_group",
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
                    "about_reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.reconciliation",
                    ),
                ),
                (
                    "about_sign_off",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.signoff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="reconciliation_evidence_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_evidence_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_match_group",
                        name="reconciliation_evidence_about_match_group_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_decision", name="reconciliation_evidence_about_decision_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_reconciliation",
                        name="reconciliation_evidence_about_reconciliation_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_sign_off", name="reconciliation_evidence_about_sign_off_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_bank_line", name="reconciliation_evidence_about_bank_line_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_posting", name="reconciliation_evidence_about_posting_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="about_received_file",
                        name="reconciliation_evidence_about_received_file_key",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="file", name="reconciliation_evidence_file_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="attached_by", name="reconciliation_evidence_attached_by_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="supersedes", name="reconciliation_evidence_supersedes_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_evidence_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_evidence_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                models.F("about_match_group"),
                                models.F("about_decision"),
                                models.F("about_reconciliation"),
                                models.F("about_sign_off"),
                                models.F("about_bank_line"),
                                models.F("about_posting"),
                                models.F("about_received_file"),
                                function="num_nonnulls",
                                output_field=models.IntegerField(),
                            ),
                            1,
                        ),
                        name="reconciliation_evidence_about_one",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "about_match_group"], name="evidence_of_group"
                    ),
                    models.Index(
                        fields=["organisation", "about_bank_line"], name="evidence_of_line"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecidedRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("side", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
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
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
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
            name="Mention",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.comment",
                    ),
                ),
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
                        column="organisation_id", name="reconciliation_mention_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="reconciliation_mention_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="comment", name="reconciliation_mention_comment_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="member", name="reconciliation_mention_member_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_mention_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_mention_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "comment", "member"),
                        name="reconciliation_mention_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["organisation", "member", "-id"], name="mention_of_member")
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentResolution",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("resolved_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "comment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.comment",
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
                (
                    "resolved_by",
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
                        column="organisation_id", name="reconciliation_commentresolution_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"),
                        name="reconciliation_commentresolution_identity",
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="comment", name="reconciliation_commentresolution_comment_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="resolved_by", name="reconciliation_commentresolution_resolved_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="reconciliation_commentresolution_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="reconciliation_commentresolution_grants",
                        update=(),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "comment"), name="reconciliation_resolution_once"
                    ),
                ],
            },
        ),
    ]
