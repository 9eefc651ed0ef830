"""A statement notes what it has touched without looking through what others noted before it."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    """A function in place of its earlier body."""

    dependencies: ClassVar = [("tenancy", "0005_notes_by_id")]
    operations: ClassVar = [functions_anew("tenancy/unproved")]
