"""Rows that say "there is work" wake a worker; what the application may do with jobs."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [
        ("operations", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations: ClassVar = [run_file("operations/wake")]
