"""Who made a token is noted; one made for another carries no more than a program may."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    """Tokens made earlier have no maker, and are held to what a program may when they are used."""

    dependencies: ClassVar = [("tenancy", "0005_notes_by_id")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="apitoken",
            name="made_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.member",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=tieout.store.postgres.constraints.TenantKey(
                field="made_by", name="tenancy_apitoken_made_by_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("made_by__isnull", True),
                    ("made_by", models.F("member")),
                    (
                        "scopes__contained_by",
                        ["import", "match", "receive-file", "view", "view-own"],
                    ),
                    _connector="OR",
                ),
                name="tenancy_apitoken_own_name",
            ),
        ),
    ]
