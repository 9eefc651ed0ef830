"""A rule of alerts can end."""

from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0002_functions"),
        ("tenancy", "0004_settings_as_text"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alertrule",
            name="operations_alertrule_grants",
        ),
        migrations.AddField(
            model_name="alertrule",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=tieout.store.postgres.constraints.AppMay(
                name="operations_alertrule_grants",
                update=("allowed", "set_by_id", "set_at", "ended_at"),
                verbs=("select", "insert"),
            ),
        ),
    ]
