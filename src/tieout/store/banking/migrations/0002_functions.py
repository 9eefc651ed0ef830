"""Files and statements are whole when a transaction ends."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("banking", "0001_initial")]
    operations: ClassVar = [run_file("banking/whole")]
