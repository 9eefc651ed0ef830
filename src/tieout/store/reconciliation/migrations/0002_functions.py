"""Runs account for every record; decisions exclude each other; what was signed stands."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("reconciliation", "0001_initial")]
    operations: ClassVar = [run_file("reconciliation/proofs"), run_file("reconciliation/signed")]
