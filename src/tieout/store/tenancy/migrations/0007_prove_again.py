"""All that is kept can be proved again."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """One function, which finds out by itself which proofs, keys and checks there are."""

    dependencies: ClassVar = [("tenancy", "0006_token_makers")]
    operations: ClassVar = [run_file("tenancy/prove_again")]
