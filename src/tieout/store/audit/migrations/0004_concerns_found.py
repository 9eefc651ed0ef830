"""Records lead to the events that were there before."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("audit", "0003_concerns")]
    operations: ClassVar = [run_file("audit/concerns_found")]
