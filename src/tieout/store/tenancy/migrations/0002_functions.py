"""What append-only tables and deferred proofs are made of."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """Steps in SQL."""

    dependencies: ClassVar = [("tenancy", "0001_initial")]
    operations: ClassVar = [
        run_file("tenancy/refuse_change"),
        run_file("tenancy/unproved"),
        run_file("tenancy/migrations_seen"),
    ]
