"""Versions of settings, proposals of them, and sandboxes to try them in."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints
from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sandbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("copy", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
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
        ),
        migrations.CreateModel(
            name="SettingsProposal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verb", models.TextField()),
                ("document", models.TextField()),
                ("reason", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "author",
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
                    "sandbox",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.sandbox",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SettingsVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verb", models.TextField()),
                ("document", models.TextField()),
                ("reason", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                (
                    "approver",
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
                    "author",
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
                    "follows",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.settingsversion",
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
                    "proposal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.settingsproposal",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="settingsproposal",
            name="follows",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.settingsversion",
            ),
        ),
        # What keys point to comes first, so that on the way back it goes last.
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="tenancy_sandbox_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="tenancy_settingsversion_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="tenancy_settingsproposal_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="tenancy_sandbox_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="made_by", name="tenancy_sandbox_made_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="tenancy_sandbox_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="tenancy_sandbox_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="sandbox",
            constraint=models.UniqueConstraint(
                fields=("organisation", "copy"), name="tenancy_sandbox_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="tenancy_settingsversion_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="follows", name="tenancy_settingsversion_follows_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="author", name="tenancy_settingsversion_author_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="approver", name="tenancy_settingsversion_approver_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="proposal", name="tenancy_settingsversion_proposal_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="tenancy_settingsversion_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="tenancy_settingsversion_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                fields=("organisation", "follows"), name="tenancy_settingsversion_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows__isnull", True)),
                fields=("organisation",),
                name="tenancy_settingsversion_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                fields=("organisation", "proposal"), name="tenancy_settingsversion_proposed"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approver__isnull", True),
                    models.Q(("approver", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="tenancy_settingsversion_other_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("proposal__isnull", False),
                        ("verb__in", ("import_settings", "promote_settings", "roll_back_settings")),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "verb__in",
                                ("import_settings", "promote_settings", "roll_back_settings"),
                            ),
                            _negated=True,
                        ),
                        ("proposal__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tenancy_settingsversion_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.TenantPolicy(
                column="organisation_id", name="tenancy_settingsproposal_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="author", name="tenancy_settingsproposal_author_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="follows", name="tenancy_settingsproposal_follows_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="sandbox", name="tenancy_settingsproposal_sandbox_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.AppendOnly(
                name="tenancy_settingsproposal_appended"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="tenancy_settingsproposal_grants", update=(), verbs=("select", "insert")
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verb__in", ["import_settings", "promote_settings", "roll_back_settings"])
                ),
                name="tenancy_settingsproposal_verb_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="tenancy_settingsproposal_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sandbox__isnull", False), ("verb", "promote_settings")),
                    models.Q(
                        models.Q(("verb", "promote_settings"), _negated=True),
                        ("sandbox__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tenancy_settingsproposal_tried",
            ),
        ),
        run_file("tenancy/settings"),
    ]
