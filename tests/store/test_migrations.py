"""The tables go back as they came: every migration is undone and done again."""

from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection

from tests.store.databases import copied_home
from tieout.config.database import connect
from tieout.store.postgres.server import OWNER, EmbeddedServer

APPS = (
    *("reconciliation", "closing", "banking", "ledger"),
    *("requests", "operations", "audit", "tenancy"),
)
OURS = (*(f"{app}_" for app in APPS), "tieout_")
"""How our own names begin; tables of the libraries beside them go back by their own steps."""


def test_every_migration_goes_back_and_forward(template: Path) -> None:
    """On a copy of the tables that all tests use: they were migrated from nothing already."""
    earlier = dict(connection.settings_dict)
    with copied_home(template) as home:
        server = EmbeddedServer(home, is_safe=False)
        server.start()
        owner = server.address(OWNER)
        connect(owner)
        try:
            before = shape(owner.conninfo)
            for app in APPS:
                call_command("migrate", app, "zero", verbosity=0)
            assert not {name for name in shape(owner.conninfo) if name[2:].startswith(OURS)}
            call_command("migrate", verbosity=0)
            assert shape(owner.conninfo) == before
            assert len({name for name in before if name[2:].startswith(OURS)}) > 100
        finally:
            connection.close()
            connection.settings_dict.update(earlier)
            server.stop()


def shape(conninfo: str) -> set[str]:
    """Every table, function, trigger, policy and constraint by name."""
    with psycopg.connect(conninfo) as plain:
        rows = plain.execute(
            "select 'r ' || relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where nspname = 'public' and relkind = 'r' "
            "union select 'f ' || proname from pg_proc p join pg_namespace n on n.oid = "
            "p.pronamespace where nspname = 'public' "
            "union select 't ' || tgname from pg_trigger where not tgisinternal "
            "union select 'p ' || polname from pg_policy "
            "union select 'c ' || conname from pg_constraint c join pg_namespace n on n.oid = "
            "c.connamespace where nspname = 'public' and conname not like 'django_migrations%'"
        ).fetchall()
    return {name for (name,) in rows}
