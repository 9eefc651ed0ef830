"""Lines are proved of their statement by set; their indexes do not begin with the organisation."""

from django.db import migrations, models

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0004_fewer_keys"),
    ]

    operations = [
        functions_anew("banking/whole"),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_statement_key",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_repeats_key",
        ),
        migrations.RunSQL(
            "alter table banking_bankline drop constraint banking_bankline_pkey",
            "alter table banking_bankline add constraint banking_bankline_pkey primary key (id)",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_once",
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="banking_bankline_repeats_once",
        ),
        migrations.RemoveIndex(
            model_name="bankline",
            name="banking_bankline_on",
        ),
        migrations.RunSQL(  # squeezing a part costs three times what keeping it does
            "alter table banking_filepart alter column content set storage external",
            "alter table banking_filepart alter column content set storage extended",
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("statement", "position"), name="banking_bankline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeats__isnull", False)),
                fields=("statement", "repeats"),
                name="banking_bankline_repeats_once",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["account", "booked_on", "id"], name="banking_bankline_on"),
        ),
    ]
