"""Runs add up to their differences; the steps of a period follow one another."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """A step in SQL."""

    dependencies: ClassVar = [("closing", "0001_initial")]
    operations: ClassVar = [run_file("closing/proofs")]
