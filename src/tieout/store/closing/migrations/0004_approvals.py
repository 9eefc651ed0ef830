"""A period is approved by as many people as its policy asks for, once its sample is looked at."""

from typing import ClassVar

from django.db import migrations

from tieout.store.postgres.files import run_file


class Migration(migrations.Migration):
    """A step in SQL."""

    dependencies: ClassVar = [("closing", "0003_second_look"), ("audit", "0002_functions")]
    operations: ClassVar = [run_file("closing/second_look")]
