"""Policies ask for a sample and for two approvals; samples, and who looked at what."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("closing", "0002_functions"),
        ("tenancy", "0008_profiles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verdict", models.TextField()),
                ("comment", models.TextField(blank=True)),
                ("looked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seed", models.BinaryField(max_length=32)),
                ("percent", models.SmallIntegerField()),
                ("most", models.SmallIntegerField()),
                ("above_minor", models.BigIntegerField(null=True)),
                ("population_count", models.BigIntegerField()),
                ("population_minor", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SampledCase",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.IntegerField()),
                ("size_minor", models.BigIntegerField()),
                ("is_above", models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name="policy",
            name="sample_above_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="policy",
            name="sample_most",
            field=models.SmallIntegerField(db_default=25, default=25),
        ),
        migrations.AddField(
            model_name="policy",
            name="sample_percent",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="policy",
            name="second_review_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sample_most__range", (0, 1000)),
                    ("sample_percent__range", (0, 100)),
                    models.Q(
                        ("sample_above_minor__isnull", True),
                        ("sample_above_minor__gte", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("second_review_minor__isnull", True),
                        ("second_review_minor__gte", 0),
                        _connector="OR",
                    ),
                ),
                name="closing_policy_second_look",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.case",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="looked_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="sample",
            name="certification",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.certification",
            ),
        ),
        migrations.AddField(
            model_name="sample",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="look",
            name="sample",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.sample",
            ),
        ),
        migrations.AddField(
            model_name="sampledcase",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.case",
            ),
        ),
        migrations.AddField(
            model_name="sampledcase",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddField(
            model_name="sampledcase",
            name="sample",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="closing.sample",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="closing_sample_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="closing_sample_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="certification", name="closing_sample_certification_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=tieout.store.postgres.constraints.AppendOnly(name="closing_sample_appended"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="closing_sample_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("organisation", "certification"), name="closing_sample_once"
            ),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(fields=["organisation", "sample", "case"], name="closing_look_of"),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="closing_look_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="closing_look_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="sample", name="closing_look_sample_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="case", name="closing_look_case_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="looked_by", name="closing_look_looked_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.AppendOnly(name="closing_look_appended"),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="closing_look_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["right", "wrong"])),
                name="closing_look_verdict_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verdict", "wrong"), _negated=True),
                    models.Q(("comment", ""), _negated=True),
                    _connector="OR",
                ),
                name="closing_look_comment",
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="closing_sampledcase_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="closing_sampledcase_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="sample", name="closing_sampledcase_sample_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="case", name="closing_sampledcase_case_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="closing_sampledcase_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="closing_sampledcase_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledcase",
            constraint=models.UniqueConstraint(
                fields=("organisation", "sample", "case"), name="closing_sampledcase_once"
            ),
        ),
    ]
