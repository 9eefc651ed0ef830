"""Notifications wake a worker when they are due."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """A step in SQL."""

    dependencies: ClassVar = [("operations", "0004_alerts")]
    operations: ClassVar = [run_file("operations/wake_notifications")]
