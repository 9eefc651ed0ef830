"""The database, wired: embedded or one's own, opened for the application, its tables kept up."""

import base64
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Opened:
    """The open database: where the application connects, and the embedded server if it is ours."""

    application: Address
    server: EmbeddedServer | None = None

    def keep_up(self) -> None:
        """Start the embedded server again if it has gone."""
        if self.server is not None:
            self.server.keep_up()


@contextmanager
def opened(environment: Environment, *, is_migrated: bool = False) -> Iterator[Opened]:
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
        yield Opened(application, server)
    finally:
        connections.close_all()
        if server:
            server.stop()


def set_up(environment: Environment | None = None) -> None:
    """Django with its apps; models can be imported after this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    if environment and not environment.secret_key:
        settings.SECRET_KEY = kept_secret(environment.home / "secret.key")
    if environment and not environment.secrets_keys:
        settings.SECRETS_KEYS = [kept_secret(environment.home / "secrets.key", fernet_key)]
    django.setup()


def session_key() -> str:
    """What signs sessions."""
    return secrets.token_urlsafe(48)


def fernet_key() -> str:
    """What seals secrets that must be read again."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def kept_secret(path: Path, make: Callable[[], str] = session_key) -> str:
    """The secret in that file, readable by its owner alone; made whole when it is not there.

    Several processes may start at once: whoever links its file first has made it for all.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(part, path)
        Path(part).unlink()
    return path.read_text(encoding="ascii")


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
