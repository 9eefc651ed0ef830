"""Entries balance when a transaction ends; a posting has the day on which it counts beside it."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("ledger", "0001_initial")]
    operations: ClassVar = [run_file("ledger/balance"), run_file("ledger/days")]
