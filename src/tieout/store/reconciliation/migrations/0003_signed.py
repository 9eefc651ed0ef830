"""Comments, evidence, suspensions; what a run, a group and a sign-off are counted by."""

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0003_books"),
        ("ledger", "0003_days"),
        ("reconciliation", "0002_proofs"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "about_match_group"], name="comment_of_group"
                    ),
                    models.Index(
                        fields=["organisation", "about_bank_line"], name="comment_of_line"
                    ),
                ],
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "about_match_group"], name="evidence_of_group"
                    ),
                    models.Index(
                        fields=["organisation", "about_bank_line"], name="evidence_of_line"
                    ),
                ],
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
                "indexes": [
                    models.Index(fields=["organisation", "member", "-id"], name="mention_of_member")
                ],
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
        migrations.RemoveIndex(
            model_name="decision",
            name="reconciliation_decision_of",
        ),
        migrations.AddField(
            model_name="decision",
            name="exponent",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="matchgroup",
            name="left_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="matchgroup",
            name="left_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="matchgroup",
            name="right_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="matchgroup",
            name="right_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="matchrun",
            name="last_decision",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="left_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="open_left_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="open_left_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="open_right_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="open_right_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="signoff",
            name="right_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                fields=["organisation", "reconciliation", "id"], name="reconciliation_decided_of"
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                fields=["organisation", "group"], name="reconciliation_decided_group"
            ),
        ),
        migrations.AddIndex(
            model_name="matchgroup",
            index=models.Index(
                fields=["organisation", "run", "status", "score", "id"],
                name="reconciliation_group_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="runrecord",
            index=models.Index(
                condition=models.Q(("group__isnull", True)),
                fields=["organisation", "run", "side", "reason", "id"],
                name="reconciliation_unmatched",
            ),
        ),
        migrations.AddIndex(
            model_name="signoff",
            index=models.Index(
                fields=["organisation", "reconciliation", "cut_off_on"],
                name="reconciliation_signoff_of",
            ),
        ),
    ]
