"""A schedule may be daily and at once when new data comes in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0004_closing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="schedule",
            name="operations_schedule_every_word",
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "every__in",
                        [
                            "cron",
                            "daily",
                            "daily-intraday",
                            "hourly",
                            "manual",
                            "real-time",
                            "weekly",
                        ],
                    )
                ),
                name="operations_schedule_every_word",
            ),
        ),
    ]
