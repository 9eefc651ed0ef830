"""A period with large items is prepared once there is evidence about them."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """A step in SQL."""

    dependencies: ClassVar = [
        ("reconciliation", "0006_about_books"),
        ("closing", "0002_functions"),
    ]
    operations: ClassVar = [run_file("reconciliation/evidence_given")]
