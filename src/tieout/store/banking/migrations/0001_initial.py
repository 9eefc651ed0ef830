"""The tables of `banking`."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
                ("currency", models.TextField()),
                ("exponent", models.SmallIntegerField()),
                ("name", models.TextField(blank=True)),
                (
                    "ledger_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_bankaccount_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_bankaccount_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="ledger_account", name="banking_bankaccount_ledger_account_key"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_bankaccount_grants",
                        update=("name", "ledger_account_id"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "number", "currency"),
                        name="banking_bankaccount_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("exponent__range", (0, 18))),
                        name="banking_bankaccount_exponent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
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
                    "received_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.member",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_receivedfile_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_receivedfile_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="received_by", name="banking_receivedfile_received_by_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="banking_receivedfile_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_receivedfile_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "sha256"), name="banking_receivedfile_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileReading",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("format", models.TextField()),
                ("variant", models.TextField(blank=True)),
                ("charset", models.TextField(blank=True)),
                ("mapping", models.JSONField(default=list)),
                ("program", models.TextField()),
                ("line_count", models.BigIntegerField()),
                ("entry_count", models.BigIntegerField(default=0)),
                ("known_count", models.BigIntegerField(default=0)),
                ("held_count", models.BigIntegerField()),
                ("books", models.TextField(blank=True)),
                ("read_at", models.DateTimeField()),
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
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_filereading_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_filereading_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="file", name="banking_filereading_file_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="banking_filereading_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_filereading_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "file"), name="banking_filereading_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("content", models.BinaryField()),
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
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.receivedfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_filepart_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_filepart_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="file", name="banking_filepart_file_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="banking_filepart_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_filepart_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "file", "number"), name="banking_filepart_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.TextField(blank=True)),
                ("begins_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("opening_on", models.DateField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("closing_on", models.DateField(null=True)),
                ("booked_minor", models.BigIntegerField()),
                ("line_count", models.BigIntegerField()),
                ("repeated_count", models.BigIntegerField()),
                (
                    "ties",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    ("closing_minor__isnull", False),
                                    ("opening_minor__isnull", False),
                                ),
                                then=models.Q(
                                    (
                                        "closing_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("opening_minor"), "+", models.F("booked_minor")
                                        ),
                                    )
                                ),
                            )
                        ),
                        output_field=models.BooleanField(null=True),
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
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
                    "reading",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.filereading",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_bankstatement_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_bankstatement_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reading", name="banking_bankstatement_reading_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="account", name="banking_bankstatement_account_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="banking_bankstatement_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_bankstatement_grants", update=(), verbs=("select", "insert")
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "account"], name="banking_bankstatement_of"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadingProblem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.TextField()),
                ("severity", models.TextField()),
                ("found", models.TextField()),
                ("expected", models.TextField(blank=True)),
                ("line", models.BigIntegerField(null=True)),
                ("record", models.BigIntegerField(null=True)),
                ("field", models.TextField(blank=True)),
                ("raw", models.TextField(blank=True)),
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
                    "reading",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.filereading",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_readingproblem_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_readingproblem_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reading", name="banking_readingproblem_reading_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="banking_readingproblem_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_readingproblem_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["doubt", "held", "note"])),
                        name="banking_readingproblem_severity_word",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "reading"], name="banking_readingproblem_of"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("direction", models.TextField()),
                ("booked_on", models.DateField(null=True)),
                ("value_on", models.DateField(null=True)),
                ("bank_id", models.TextField(blank=True)),
                (
                    "references",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("counterparty", models.TextField(blank=True)),
                ("counterparty_account", models.TextField(blank=True)),
                ("narrative", models.TextField(blank=True)),
                ("kind", models.TextField(blank=True)),
                ("status", models.TextField()),
                ("is_reversal", models.BooleanField(default=False)),
                ("details", models.JSONField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
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
                    "repeats",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankline",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankstatement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="banking_bankline_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="banking_bankline_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="statement", name="banking_bankline_statement_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="account", name="banking_bankline_account_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="repeats", name="banking_bankline_repeats_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="banking_bankline_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="banking_bankline_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["credit", "debit"])),
                        name="banking_bankline_direction_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["booked", "information", "pending"])),
                        name="banking_bankline_status_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)),
                        name="banking_bankline_unsigned",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "statement", "position"),
                        name="banking_bankline_once",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "statement", "repeats"),
                        name="banking_bankline_repeats_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "account", "booked_on", "id"],
                        name="banking_bankline_on",
                    )
                ],
            },
        ),
    ]
