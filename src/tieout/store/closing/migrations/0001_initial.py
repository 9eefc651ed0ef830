"""The tables of `closing`."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("banking", "0004_fewer_keys"),
        ("tenancy", "0005_notes_by_id"),
    ]

    operations = [
        migrations.CreateModel(
            name="Books",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                ("name", models.TextField()),
                ("mapping", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_books_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_books_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_books_grants",
                        update=("name", "mapping", "ended_at"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "name"), name="closing_books_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="closing_books_named"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "books",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.books",
                    ),
                ),
                ("content_hash", models.TextField()),
                ("mapping", models.TextField(blank=True)),
                (
                    "taken_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "books", "-id"], name="closing_snapshot_newest"
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_snapshot_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_snapshot_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="books", name="closing_snapshot_books_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="taken_by", name="closing_snapshot_taken_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="closing_snapshot_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_snapshot_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id", "books"), name="closing_snapshot_of_books"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SnapshotFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.snapshot",
                    ),
                ),
                ("name", models.TextField()),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
                    ),
                ),
                ("inside", models.TextField(blank=True)),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_snapshotfile_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_snapshotfile_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="snapshot", name="closing_snapshotfile_snapshot_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="file", name="closing_snapshotfile_file_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="closing_snapshotfile_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_snapshotfile_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "snapshot", "name"),
                        name="closing_snapshotfile_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Explained",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "books",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.books",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.snapshot",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("program", models.TextField()),
                ("engine", models.TextField()),
                ("period", models.IntegerField()),
                ("currency", models.TextField()),
                ("exponent", models.SmallIntegerField()),
                ("ledgers", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("untested", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "books", "-id"], name="closing_explained_newest"
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_explained_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_explained_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="books", name="closing_explained_books_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="closing_explained_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_explained_grants", update=(), verbs=("select", "insert")
                    ),
                    tieout.store.postgres.constraints.TenantPairKey(
                        beside="books", field="snapshot", name="closing_explained_snapshot_key"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id", "books"), name="closing_explained_of_books"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.explained",
                    ),
                ),
                ("ledger", models.TextField()),
                ("period", models.IntegerField()),
                ("called", models.TextField()),
                ("begins_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("is_closed", models.BooleanField()),
                ("sub_ledger_minor", models.BigIntegerField()),
                ("control_minor", models.BigIntegerField()),
                ("difference_minor", models.BigIntegerField()),
                ("movement_minor", models.BigIntegerField()),
                ("item_count", models.BigIntegerField()),
                ("size_minor", models.BigIntegerField()),
                ("unexplained_count", models.BigIntegerField()),
                ("unexplained_minor", models.BigIntegerField()),
                ("automatic", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_difference_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_difference_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="closing_difference_run_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="closing_difference_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_difference_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ledger__in",
                                ["AP", "AR", "BANK", "DEPRECIATION", "FIXED_ASSETS", "INVENTORY"],
                            )
                        ),
                        name="closing_difference_ledger_word",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "ledger", "period"),
                        name="closing_difference_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "difference_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("sub_ledger_minor"), "-", models.F("control_minor")
                                ),
                            )
                        ),
                        name="closing_difference_less",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.explained",
                    ),
                ),
                ("ledger", models.TextField()),
                ("period", models.IntegerField()),
                ("cause", models.TextField()),
                ("account", models.TextField()),
                ("currency", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_contribution_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_contribution_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="closing_contribution_run_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="closing_contribution_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_contribution_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "organisation",
                            "run",
                            "ledger",
                            "period",
                            "cause",
                            "account",
                            "currency",
                        ),
                        name="closing_contribution_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="closing_contribution_some",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "books",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.books",
                    ),
                ),
                ("ledger", models.TextField()),
                ("name", models.TextField()),
                (
                    "first_run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.explained",
                    ),
                ),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_case_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_case_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="books", name="closing_case_books_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="first_run", name="closing_case_first_run_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="closing_case_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_case_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "books", "ledger", "name"), name="closing_case_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CauseItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.explained",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.case",
                    ),
                ),
                ("ledger", models.TextField()),
                ("cause", models.TextField()),
                ("account", models.TextField()),
                ("currency", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("begins", models.IntegerField()),
                ("ends", models.IntegerField(null=True)),
                ("rank", models.IntegerField()),
                ("differs", models.TextField()),
                ("ids", models.JSONField(default=list)),
                ("document", models.JSONField(null=True)),
                ("posting", models.JSONField(null=True)),
                ("sentence", models.TextField()),
                ("action", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "run", "ledger", "cause", "rank"],
                        name="closing_causeitem_of",
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_causeitem_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_causeitem_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="run", name="closing_causeitem_run_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="case", name="closing_causeitem_case_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="closing_causeitem_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_causeitem_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "run", "ledger", "rank"),
                        name="closing_causeitem_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "books",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.books",
                    ),
                ),
                ("ledger", models.TextField()),
                ("risk", models.TextField()),
                ("due_days", models.IntegerField()),
                ("unexplained_minor", models.BigIntegerField()),
                ("evidence_minor", models.BigIntegerField(null=True)),
                ("automatic", models.TextField()),
                ("reason", models.TextField()),
                (
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "books", "ledger", "-id"],
                        name="closing_policy_newest",
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_policy_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_policy_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="books", name="closing_policy_books_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="set_by", name="closing_policy_set_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="closing_policy_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_policy_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ledger__in",
                                ["AP", "AR", "BANK", "DEPRECIATION", "FIXED_ASSETS", "INVENTORY"],
                            )
                        ),
                        name="closing_policy_ledger_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("risk__in", ["high", "low", "medium"])),
                        name="closing_policy_risk_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("automatic__in", ["agrees", "off"])),
                        name="closing_policy_automatic_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="closing_policy_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_days__range", (0, 366)),
                            ("unexplained_minor__gte", 0),
                            models.Q(
                                ("evidence_minor__isnull", True),
                                ("evidence_minor__gte", 0),
                                _connector="OR",
                            ),
                        ),
                        name="closing_policy_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
                (
                    "books",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.books",
                    ),
                ),
                ("ledger", models.TextField()),
                ("period", models.IntegerField()),
                ("step", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="closing.explained",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("sub_ledger_minor", models.BigIntegerField()),
                ("control_minor", models.BigIntegerField()),
                ("unexplained_minor", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "books", "ledger", "period", "id"],
                        name="closing_certification_of",
                    )
                ],
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="closing_certification_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="closing_certification_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="books", name="closing_certification_books_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="taken_by", name="closing_certification_taken_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="closing_certification_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="closing_certification_grants", update=(), verbs=("select", "insert")
                    ),
                    tieout.store.postgres.constraints.TenantPairKey(
                        beside="books", field="run", name="closing_certification_run_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ledger__in",
                                ["AP", "AR", "BANK", "DEPRECIATION", "FIXED_ASSETS", "INVENTORY"],
                            )
                        ),
                        name="closing_certification_ledger_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "step__in",
                                ["certified", "prepared", "returned", "reviewed", "suspended"],
                            )
                        ),
                        name="closing_certification_step_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("step__in", ["returned", "suspended"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="closing_certification_reason",
                    ),
                ],
            },
        ),
    ]
