"""A line's one key proves its statement, its account and its organisation."""

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0003_notes_by_id"),
        ("tenancy", "0005_notes_by_id"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id", "account"), name="banking_bankstatement_identity_of"
            ),
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_statement_key",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_account_key",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_repeats_once",
        ),
        migrations.AlterField(
            model_name="bankline",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=tieout.store.postgres.constraints.TenantPairKey(
                beside="account", field="statement", name="banking_bankline_statement_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeats__isnull", False)),
                fields=("organisation", "statement", "repeats"),
                name="banking_bankline_repeats_once",
            ),
        ),
    ]
