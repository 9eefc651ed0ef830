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
            ],
        ),
        migrations.CreateModel(
            name="CommentResolution",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("resolved_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("note", models.TextField(blank=True)),
                ("attached_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cause", models.TextField()),
                ("detail", models.TextField()),
                ("suspended_at", models.DateTimeField()),
            ],
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
        migrations.AddField(
            model_name="comment",
            name="about_bank_line",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.bankline",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_decision",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.decision",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_match_group",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.matchgroup",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_posting",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.posting",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_received_file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_reconciliation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.reconciliation",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_sign_off",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.signoff",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="written_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="commentresolution",
            name="comment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.comment",
            ),
        ),
        migrations.AddField(
            model_name="commentresolution",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="commentresolution",
            name="resolved_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_bank_line",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.bankline",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_decision",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.decision",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_match_group",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.matchgroup",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_posting",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.posting",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_received_file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_reconciliation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.reconciliation",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_sign_off",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.signoff",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="attached_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="supersedes",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.evidence",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="comment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.comment",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="sign_off",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.signoff",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["organisation", "about_match_group"], name="comment_of_group"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["organisation", "about_bank_line"], name="comment_of_line"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="reconciliation_comment_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="reconciliation_comment_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_match_group", name="reconciliation_comment_about_match_group_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_decision", name="reconciliation_comment_about_decision_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_reconciliation", name="reconciliation_comment_about_reconciliation_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_sign_off", name="reconciliation_comment_about_sign_off_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_bank_line", name="reconciliation_comment_about_bank_line_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_posting", name="reconciliation_comment_about_posting_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_received_file", name="reconciliation_comment_about_received_file_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="written_by", name="reconciliation_comment_written_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="reconciliation_comment_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_comment_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="reconciliation_comment_said"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="reconciliation_commentresolution_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="reconciliation_commentresolution_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="comment", name="reconciliation_commentresolution_comment_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="resolved_by", name="reconciliation_commentresolution_resolved_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="reconciliation_commentresolution_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_commentresolution_grants",
                update=(),
                verbs=("select", "insert"),
            ),
        ),
        migrations.AddConstraint(
            model_name="commentresolution",
            constraint=models.UniqueConstraint(
                fields=("organisation", "comment"), name="reconciliation_resolution_once"
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(
                fields=["organisation", "about_match_group"], name="evidence_of_group"
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["organisation", "about_bank_line"], name="evidence_of_line"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="reconciliation_evidence_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="reconciliation_evidence_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_match_group", name="reconciliation_evidence_about_match_group_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_decision", name="reconciliation_evidence_about_decision_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_reconciliation",
                name="reconciliation_evidence_about_reconciliation_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_sign_off", name="reconciliation_evidence_about_sign_off_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_bank_line", name="reconciliation_evidence_about_bank_line_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_posting", name="reconciliation_evidence_about_posting_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_received_file", name="reconciliation_evidence_about_received_file_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="file", name="reconciliation_evidence_file_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="attached_by", name="reconciliation_evidence_attached_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="supersedes", name="reconciliation_evidence_supersedes_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="reconciliation_evidence_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_evidence_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddIndex(
            model_name="mention",
            index=models.Index(fields=["organisation", "member", "-id"], name="mention_of_member"),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="reconciliation_mention_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="reconciliation_mention_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="comment", name="reconciliation_mention_comment_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="member", name="reconciliation_mention_member_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="reconciliation_mention_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_mention_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="mention",
            constraint=models.UniqueConstraint(
                fields=("organisation", "comment", "member"), name="reconciliation_mention_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="reconciliation_suspension_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="reconciliation_suspension_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="sign_off", name="reconciliation_suspension_sign_off_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="reconciliation_suspension_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_suspension_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["decision", "import", "run"])),
                name="reconciliation_suspension_cause_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                fields=("organisation", "sign_off"), name="reconciliation_suspension_once"
            ),
        ),
    ]
