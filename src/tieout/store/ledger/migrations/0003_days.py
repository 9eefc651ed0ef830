"""What an entry says, in short; the day on which a posting counts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_balance"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="posting",
            name="ledger_posting_of",
        ),
        migrations.AddField(
            model_name="journalentry",
            name="digest",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddField(
            model_name="posting",
            name="booked_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["organisation", "digest"], name="ledger_journalentry_said"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["organisation", "booked_on"], name="ledger_journalentry_on"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                fields=["organisation", "account", "booked_on", "id"], name="ledger_posting_on"
            ),
        ),
    ]
