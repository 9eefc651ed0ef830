"""Comments and evidence are also about books, cases and certifications."""

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0004_fewer_keys"),
        ("closing", "0001_initial"),
        ("ledger", "0004_fewer_keys"),
        ("reconciliation", "0005_fewer_keys"),
        ("tenancy", "0005_notes_by_id"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="comment",
            name="reconciliation_comment_about_one",
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="reconciliation_evidence_about_one",
        ),
        migrations.AddField(
            model_name="comment",
            name="about_books",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.books",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.case",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="about_certification",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.certification",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_books",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.books",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.case",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="about_certification",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.certification",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["organisation", "about_case"], name="comment_of_case"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["organisation", "about_case"], name="evidence_of_case"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_books", name="reconciliation_comment_about_books_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_case", name="reconciliation_comment_about_case_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_certification", name="reconciliation_comment_about_certification_key"
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
                        models.F("about_books"),
                        models.F("about_case"),
                        models.F("about_certification"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="reconciliation_comment_about_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_books", name="reconciliation_evidence_about_books_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_case", name="reconciliation_evidence_about_case_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="about_certification", name="reconciliation_evidence_about_certification_key"
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
                        models.F("about_books"),
                        models.F("about_case"),
                        models.F("about_certification"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="reconciliation_evidence_about_one",
            ),
        ),
    ]
