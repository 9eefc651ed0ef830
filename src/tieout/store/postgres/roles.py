"""The roles of a database: an owner that is no superuser, an application that owns nothing."""

import psycopg
from psycopg import sql

from tieout.core.errors import InvalidInput
from tieout.store.postgres.address import Address
from tieout.store.postgres.server import APPLICATION, OWNER


def prepare_roles(superuser: Address, owner: Address, application: Address) -> None:
    """Make both roles and the database, or set their passwords anew. For the embedded server."""
    with psycopg.connect(superuser.to("postgres").conninfo, autocommit=True) as connection:
        for address in (owner, application):
            exists = connection.execute(
                "select 1 from pg_roles where rolname = %s", [address.role]
            ).fetchone()
            verb = sql.SQL("alter" if exists else "create")
            connection.execute(
                sql.SQL(
                    "{verb} role {role} login nosuperuser nobypassrls nocreatedb nocreaterole "
                    "noreplication password {password}"
                ).format(
                    verb=verb,
                    role=sql.Identifier(address.role),
                    password=sql.Literal(address.password),
                )
            )
        make_database(connection, owner.database)


def make_database(connection: psycopg.Connection, name: str) -> None:
    """A database of the owner's, unless it is there; only the two roles may connect to it."""
    if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        return
    names = {
        "name": sql.Identifier(name),
        "owner": sql.Identifier(OWNER),
        "application": sql.Identifier(APPLICATION),
    }
    connection.execute(sql.SQL("create database {name} owner {owner}").format(**names))
    connection.execute(sql.SQL("revoke all on database {name} from public").format(**names))
    connection.execute(
        sql.SQL("grant connect, temporary on database {name} to {application}").format(**names)
    )


_UNSAFE = """
select rolsuper, rolbypassrls,
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relowner = r.oid and n.nspname = current_schema())
from pg_roles r where rolname = current_user
"""


def check_application_role(connection: psycopg.Connection) -> None:
    """Refuse to work as a role for which row security does not hold."""
    found = connection.execute(_UNSAFE).fetchone()
    names = ("is a superuser", "bypasses row security", "owns tables")
    faults = [name for name, holds in zip(names, found or (), strict=True) if holds]
    if faults:
        role = connection.info.user
        raise InvalidInput(
            "store.unsafe-role",
            f"the role {role}, which {' and '.join(faults)}",
            f"create role {APPLICATION} login nosuperuser nobypassrls",
        )
