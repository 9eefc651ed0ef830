"""A reconciliation can end; a run knows its settings; what is promoted is proved."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints
from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0002_functions"),
        ("ledger", "0002_functions"),
        ("reconciliation", "0002_functions"),
        ("tenancy", "0004_settings_as_text"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reconciliation",
            name="reconciliation_reconciliation_grants",
        ),
        migrations.AddField(
            model_name="matchrun",
            name="settings",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.settingsversion",
            ),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="matchrun",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="settings", name="reconciliation_matchrun_settings_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="reconciliation_reconciliation_grants",
                update=("name", "rules", "ended_at"),
                verbs=("select", "insert"),
            ),
        ),
        run_file("reconciliation/promoted"),
    ]
