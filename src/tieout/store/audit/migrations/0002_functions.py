"""A chain grows at its end only; the names of all chains, for what signs and verifies them."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [run_file("audit/chain"), run_file("audit/chains")]
