"""A posting's key to its entry proves its organisation."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_notes_by_id"),
        ("tenancy", "0005_notes_by_id"),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organisation",
            ),
        ),
    ]
