"""The tables of `ledger`."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tieout.store.postgres.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.TextField()),
                ("name", models.TextField(blank=True)),
                ("kind", models.TextField()),
                ("currency", models.TextField(blank=True)),
                ("is_bank", models.BooleanField(default=False)),
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
                        column="organisation_id", name="ledger_account_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="ledger_account_identity"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="ledger_account_grants",
                        update=("name", "kind", "currency", "is_bank"),
                        verbs=("select", "insert"),
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "code"), name="ledger_account_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["asset", "equity", "expense", "income", "liability", "unknown"],
                            )
                        ),
                        name="ledger_account_kind_word",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("entry_id", models.TextField()),
                ("booked_on", models.DateField(null=True)),
                ("counterparty", models.TextField(blank=True)),
                ("narrative", models.TextField(blank=True)),
                (
                    "references",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("digest", models.BinaryField(default=bytes)),
                ("recorded_at", models.DateTimeField()),
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
                    "reverses",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.journalentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    tieout.store.postgres.constraints.TenantPolicy(
                        column="organisation_id", name="ledger_journalentry_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="ledger_journalentry_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="reverses", name="ledger_journalentry_reverses_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(
                        name="ledger_journalentry_appended"
                    ),
                    tieout.store.postgres.constraints.AppMay(
                        name="ledger_journalentry_grants", update=(), verbs=("select", "insert")
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "source", "entry_id"),
                        name="ledger_journalentry_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "digest"], name="ledger_journalentry_said"
                    ),
                    models.Index(
                        fields=["organisation", "booked_on"], name="ledger_journalentry_on"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("direction", models.TextField()),
                ("currency", models.TextField()),
                ("exponent", models.SmallIntegerField()),
                ("weight_minor", models.BigIntegerField()),
                ("weight_currency", models.TextField()),
                ("weight_exponent", models.SmallIntegerField()),
                ("posted_on", models.DateField(null=True)),
                ("booked_on", models.DateField(null=True)),
                ("narrative", models.TextField(blank=True)),
                ("reference", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.journalentry",
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
                        column="organisation_id", name="ledger_posting_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "id"), name="ledger_posting_identity"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="entry", name="ledger_posting_entry_key"
                    ),
                    tieout.store.postgres.constraints.TenantKey(
                        field="account", name="ledger_posting_account_key"
                    ),
                    tieout.store.postgres.constraints.AppendOnly(name="ledger_posting_appended"),
                    tieout.store.postgres.constraints.AppMay(
                        name="ledger_posting_grants", update=(), verbs=("select", "insert")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["credit", "debit"])),
                        name="ledger_posting_direction_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)), name="ledger_posting_unsigned"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exponent__range", (0, 18)), ("weight_exponent__range", (0, 18))
                        ),
                        name="ledger_posting_exponents",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "entry", "position"), name="ledger_posting_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "account", "booked_on", "id"],
                        name="ledger_posting_on",
                    )
                ],
            },
        ),
    ]
