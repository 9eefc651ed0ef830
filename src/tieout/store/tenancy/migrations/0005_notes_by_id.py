"""A proof fires once for a transaction, and takes all its notes."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew, run_file


class Migration(migrations.Migration):
    """Functions in place of their earlier bodies."""

    dependencies: ClassVar = [("tenancy", "0004_settings_as_text")]
    operations: ClassVar = [
        run_file("tenancy/noted"),
        functions_anew("tenancy/unproved"),
    ]
