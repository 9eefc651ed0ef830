"""Postings are proved of entry, account and day by set; their indexes begin with what is asked."""

from django.db import migrations, models

from tieout.store.postgres.files import functions_anew, sql_text

DAYS = sql_text("ledger/days").partition("-- What was recorded before")[0]
TRIGGER = """
create trigger ledger_posting_day after insert on ledger_posting
  referencing new table as added for each statement execute function ledger_prove_days();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_fewer_keys"),
        ("tenancy", "0009_notes_of_a_statement"),
    ]

    operations = [
        functions_anew("ledger/balance"),
        migrations.RunSQL(
            "drop trigger ledger_posting_day on ledger_posting; drop function ledger_prove_days();",
            DAYS + TRIGGER,
        ),
        migrations.RemoveConstraint(model_name="posting", name="ledger_posting_entry_key"),
        migrations.RemoveConstraint(model_name="posting", name="ledger_posting_account_key"),
        migrations.RemoveConstraint(model_name="posting", name="ledger_posting_once"),
        migrations.RemoveIndex(model_name="posting", name="ledger_posting_on"),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["account", "booked_on", "id"], name="ledger_posting_on"),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(
                fields=("entry", "position"), name="ledger_posting_once"
            ),
        ),
    ]
