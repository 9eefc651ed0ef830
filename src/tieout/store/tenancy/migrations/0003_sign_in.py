"""What the application may do with the tables of the sign-in library."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """A step in SQL."""

    dependencies: ClassVar = [
        ("tenancy", "0002_functions"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations: ClassVar = [run_file("tenancy/sign_in")]
