"""The database, wired: embedded or one's own, opened for the application, its tables kept up."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from tieout.config.environment import Environment
from tieout.core.errors import InvalidInput
from tieout.store.postgres.address import Address
from tieout.store.postgres.roles import check_application_role, prepare_roles
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER, EmbeddedServer

MIGRATION_LOCK = 0x7469656F7574
"""Several machines may start at once; one of them brings the tables up to date."""


@contextmanager
def opened(environment: Environment, *, is_migrated: bool = False) -> Iterator[None]:
    """The database started, up to date, and Django connected as the application's role.

    A process that `tieout serve` has started says `is_migrated`: the tables are up to date.
    """
    server = None
    if environment.database_url:
        application = Address.of(environment.database_url)
        owner = Address.of(environment.owner_url) if environment.owner_url else None
    else:
        server = EmbeddedServer(environment.home, environment.programs, environment.account)
        server.start()
        application, owner = server.address(APPLICATION), server.address(OWNER)
    try:
        if server and owner and not is_migrated:
            prepare_roles(server.address(SUPERUSER), owner, application)
        set_up(environment)
        connect(application)
        if owner and not is_migrated:
            migrate(owner, application)
        check(application)
        yield
    finally:
        connections.close_all()
        if server:
            server.stop()


def set_up(environment: Environment | None = None) -> None:
    """Django with its apps; models can be imported after this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    if environment and not environment.secret_key:
        settings.SECRET_KEY = kept_secret(environment.home / "secret.key")
    django.setup()


def kept_secret(path: Path) -> str:
    """The secret in that file, readable by its owner alone; made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.touch(0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")


def connect(address: Address) -> None:
    """Let Django connect there from now on."""
    connection.close()
    connection.settings_dict.update(address.django)


def migrate(owner: Address, application: Address) -> None:
    """Bring the tables up to date, as their owner; then connect as the application again."""
    connect(owner)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
            call_command("migrate", verbosity=0, interactive=False)
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    finally:
        connect(application)


def check(application: Address) -> None:
    """Refuse a role that sees too much, tables that are not up to date, a server that is silent."""
    try:
        with psycopg.connect(application.conninfo) as plain:
            check_application_role(plain)
    except psycopg.OperationalError as error:
        raise InvalidInput(
            "store.no-server", str(error).strip(), "a database that answers", application.host
        ) from error
