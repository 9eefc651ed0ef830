"""An alert may tell of a day with far more than is usual."""

from django.db import migrations, models

KINDS = [
    "certification-suspended",
    "difference",
    "job-failed",
    "missing-feed",
    "overdue",
    "unexplained",
    "unusual-volume",
    "verification-failed",
]


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0005_daily_intraday"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alert",
            name="operations_alert_kind_word",
        ),
        migrations.RemoveConstraint(
            model_name="alertrule",
            name="operations_alertrule_kind_word",
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="operations_alert_kind_word"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="operations_alertrule_kind_word"
            ),
        ),
    ]
