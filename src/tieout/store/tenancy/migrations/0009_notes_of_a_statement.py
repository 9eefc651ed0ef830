"""A statement notes what it touched and looks at no other notes; orphans are proved again too."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import functions_anew


class Migration(migrations.Migration):
    """Functions in place of their earlier bodies."""

    dependencies: ClassVar = [("tenancy", "0008_profiles")]
    operations: ClassVar = [functions_anew("tenancy/unproved", "tenancy/prove_again")]
