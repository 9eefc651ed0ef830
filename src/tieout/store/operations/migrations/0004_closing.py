"""Alerts of what is unexplained, and of certifications that are suspended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_settings_as_text"),
        ("tenancy", "0005_notes_by_id"),
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
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "certification-suspended",
                            "difference",
                            "job-failed",
                            "missing-feed",
                            "overdue",
                            "unexplained",
                            "verification-failed",
                        ],
                    )
                ),
                name="operations_alert_kind_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "certification-suspended",
                            "difference",
                            "job-failed",
                            "missing-feed",
                            "overdue",
                            "unexplained",
                            "verification-failed",
                        ],
                    )
                ),
                name="operations_alertrule_kind_word",
            ),
        ),
    ]
