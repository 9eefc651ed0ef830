"""Settings come out of a sandbox once its books have been explained with them too."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    """The proof, in SQL."""

    dependencies: ClassVar = [
        ("reconciliation", "0007_evidence_given"),
        ("closing", "0002_functions"),
    ]
    operations: ClassVar = [functions_anew("reconciliation/promoted")]
