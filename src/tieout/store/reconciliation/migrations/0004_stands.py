"""What was signed stands or is suspended; proofs of runs, decisions and sign-offs anew."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import replace_functions, run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [
        ("reconciliation", "0003_signed"),
        ("ledger", "0004_prove_days"),
        ("banking", "0003_books"),
    ]
    operations: ClassVar = [
        replace_functions("reconciliation/again", earlier="reconciliation/proofs"),
        run_file("reconciliation/signed"),
    ]
