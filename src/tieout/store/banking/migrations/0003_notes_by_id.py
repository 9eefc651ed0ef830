"""Proofs cost what they prove, whatever the statistics of the tables say."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    """Functions in place of their earlier bodies."""

    dependencies: ClassVar = [("banking", "0002_functions"), ("tenancy", "0005_notes_by_id")]
    operations: ClassVar = [functions_anew("banking/whole")]
