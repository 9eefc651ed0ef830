"""A proof looks up its own note."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    """Functions in place of their earlier bodies."""

    dependencies: ClassVar = [("tenancy", "0004_settings_as_text")]
    operations: ClassVar = [functions_anew("tenancy/unproved")]
