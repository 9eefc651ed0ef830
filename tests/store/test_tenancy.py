"""No organisation sees, changes or points to another's rows: every table, as the application."""

from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from tests.store.databases import Store
from tests.store.firms import NOW, account, entry, firm, organisation
from tieout.core.errors import InvalidInput
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.store.postgres.roles import check_application_role
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Member, Organisation

SETTING = "select set_config('tieout.organisation', %s, true)"
OF_NOBODY = ("tieout_noted", "tieout_unproved", "tenancy_person")
"""Tables that are no organisation's, and below the libraries that keep tables of their own."""
LIBRARIES = ("django_", "auth_", "account_", "mfa_", "usersessions_", "procrastinate_")


def tables(store: Store) -> dict[str, str]:
    """Every table and its column of the organisation."""
    with store.superuser() as plain:
        found = plain.execute(
            "select c.relname, case c.relname when 'tenancy_organisation' then 'id' "
            "else 'organisation_id' end from pg_class c join pg_namespace n on "
            "n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'"
        ).fetchall()
    return {
        table: column
        for table, column in found
        if table not in OF_NOBODY and not table.startswith(LIBRARIES)
    }


def seen(plain: psycopg.Connection, table: str, column: str) -> list[UUID]:
    query = sql.SQL("select {} from {}").format(sql.Identifier(column), sql.Identifier(table))
    return [row[0] for row in plain.execute(query).fetchall()]


@pytest.mark.req("R099")
def test_every_table_shows_the_own_rows_and_nothing_of_others(store: Store) -> None:
    one, other = firm("Marlowe"), firm("Timberline")
    every = tables(store)
    assert len(every) >= 20
    with store.application() as plain:
        for table, column in every.items():
            assert seen(plain, table, column) == [], table  # nothing is set
            for asked, shown in (
                (one.organisation_id, {one.organisation_id}),
                (other.organisation_id, {other.organisation_id}),
                (uuid4(), set()),
            ):
                with plain.transaction():
                    plain.execute(SETTING, [str(asked)])
                    assert set(seen(plain, table, column)) == shown, table
            assert seen(plain, table, column) == [], table  # and nothing stays set


def test_no_table_takes_a_row_for_another_organisation_or_for_none(store: Store) -> None:
    one, other = firm("Marlowe"), firm("Timberline")
    refused = 0
    with store.application() as plain, store.superuser() as all_seeing:
        for table, column in tables(store).items():
            if table == "audit_tail":
                continue  # the application may not add to it at all
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            copied = all_seeing.execute(
                sql.SQL("select * from {table} where {column} = %s").format(**names),
                [other.organisation_id],
            )
            row = copied.fetchone()
            columns = [each.name for each in copied.description or () if each.name != "ties"]
            assert row is not None, table
            values = dict(zip([each.name for each in copied.description or ()], row, strict=True))
            insert = sql.SQL("insert into {} ({}) values ({})").format(
                names["table"],
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
            )
            adapted = [
                Jsonb(each) if isinstance(each, dict) or _has_dicts(each) else each
                for each in map(values.__getitem__, columns)
            ]
            for asked in ("", str(one.organisation_id)):
                with pytest.raises(psycopg.Error) as raised, plain.transaction():
                    plain.execute(SETTING, [asked])
                    plain.execute(insert, adapted)
                assert raised.value.sqlstate in {"42501", "23514", "42804"}, (table, raised.value)
                refused += raised.value.sqlstate == "42501"
    assert refused >= 2 * 18


def test_a_row_cannot_be_moved_to_another_organisation_or_changed_from_outside(
    store: Store,
) -> None:
    one, other = organisation("Marlowe"), organisation("Timberline")
    with store.application() as plain:
        with pytest.raises(errors.InsufficientPrivilege), plain.transaction():
            plain.execute(SETTING, [str(one.organisation_id)])
            plain.execute("update tenancy_member set organisation_id = %s", [other.organisation_id])
        with plain.transaction():
            plain.execute(SETTING, [str(one.organisation_id)])
            changed = plain.execute(
                "update tenancy_member set name = 'x' where id = %s", [other.member_id]
            )
            assert changed.rowcount == 0


@pytest.mark.usefixtures("store")
def test_a_key_cannot_point_to_another_organisations_row() -> None:
    one, other = organisation("Marlowe"), organisation("Timberline")
    with tenant(other.organisation_id):
        foreign = account(other, "bank")
        theirs = entry(other, "theirs", ("bank", 5), ("rent", -5))[0].entry
    with pytest.raises(IntegrityError, match="postings of account"), tenant(one.organisation_id):
        mine = entry(one, "mine", ("bank", 5), ("rent", -5))[0].entry
        for minor in (7, -7):
            Posting.objects.create(
                organisation_id=one.organisation_id, entry=mine, position=minor + 19,
                account_id=foreign.pk, amount_minor=7, direction="debit", currency="EUR",
                exponent=2, weight_minor=minor, weight_currency="EUR", weight_exponent=2,
                booked_on=mine.booked_on,
            )  # fmt: skip
    with pytest.raises(IntegrityError, match="reverses_key"), tenant(one.organisation_id):
        made = JournalEntry(
            organisation_id=one.organisation_id, source="manual", entry_id="x",
            reverses_id=theirs.pk, recorded_at=NOW,
        )  # fmt: skip
        made.save()
        for position, minor in ((1, 5), (2, -5)):
            Posting.objects.create(
                organisation_id=one.organisation_id, entry=made, position=position,
                account=account(one, "bank"), amount_minor=5, direction="debit", currency="EUR",
                exponent=2, weight_minor=minor, weight_currency="EUR", weight_exponent=2,
            )  # fmt: skip


@pytest.mark.usefixtures("store")
def test_a_nested_tenant_leaves_the_outer_one_as_it_was() -> None:
    one, other = organisation("Marlowe"), organisation("Timberline")
    with tenant(one.organisation_id):
        with tenant(other.organisation_id):
            assert [each.name for each in Organisation.objects.all()] == ["Timberline"]
        assert [each.name for each in Organisation.objects.all()] == ["Marlowe"]
        with pytest.raises(RuntimeError), tenant(other.organisation_id):
            raise RuntimeError
        assert [each.name for each in Organisation.objects.all()] == ["Marlowe"]
    assert list(Organisation.objects.all()) == []
    with transaction.atomic():
        with tenant(one.organisation_id):
            pass
        assert list(Organisation.objects.all()) == []


@pytest.mark.usefixtures("store")
def test_an_empty_setting_is_nobody_and_not_an_error() -> None:
    organisation()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(SETTING, [""])
        assert not Member.objects.exists()
        assert not Account.objects.exists()


def test_the_application_may_not_become_more_than_it_is(store: Store) -> None:
    organisation()
    with store.application() as plain:
        check_application_role(plain)
        for statement in (
            "alter table tenancy_member disable row level security",
            "drop policy tenancy_member_tenant on tenancy_member",
            "alter table audit_event disable trigger all",
            "create table mine (id int)",
            "create function mine() returns int language sql as 'select 1'",
            "set role tieout_owner",
            "set session_replication_role = replica",
            "select * from tieout_unproved",
            "delete from tieout_unproved",
            "delete from tieout_noted",
            "select tieout_take_notes(gen_random_uuid(), 'journal_entry', 1)",
            "truncate tenancy_member",
            "delete from tenancy_member",
        ):
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject)):
                with plain.transaction():
                    plain.execute(statement)


def test_a_role_that_sees_everything_is_refused_at_the_start(store: Store) -> None:
    with store.superuser() as plain, pytest.raises(InvalidInput, match="is a superuser") as raised:
        check_application_role(plain)
    assert raised.value.code == "store.unsafe-role"
    address = store.address("tieout_owner")
    with psycopg.connect(address.conninfo) as plain:
        with pytest.raises(InvalidInput, match="owns tables"):
            check_application_role(plain)


def test_even_the_owner_of_the_tables_sees_only_the_organisation_that_is_set(store: Store) -> None:
    organisation()
    address = store.address("tieout_owner")
    with psycopg.connect(address.conninfo) as plain:
        assert plain.execute("select count(*) from tenancy_member").fetchone() == (0,)


@pytest.mark.usefixtures("store")
def test_an_update_of_a_column_that_is_not_granted_is_refused() -> None:
    caller = organisation()
    with pytest.raises(ProgrammingError, match="permission denied"), tenant(caller.organisation_id):
        Member.objects.update(email="else@example.org")


def test_passwords_are_in_a_file_of_their_own(store: Store) -> None:
    server = store.server
    assert (server.home / "passwords.json").stat().st_mode & 0o077 == 0
    assert server.address("tieout_app").password not in repr(server.address("tieout_app"))


def _has_dicts(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)
