"""A reading of books: its source and counts; lines in order of days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0002_whole"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="bankline",
            name="banking_bankline_of",
        ),
        migrations.AddField(
            model_name="filereading",
            name="books",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="filereading",
            name="entry_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="filereading",
            name="known_count",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                fields=["organisation", "account", "booked_on", "id"], name="banking_bankline_on"
            ),
        ),
    ]
