"""The way to the database, in three checks by name: network, database, permissions.

Each is looked at only when the one before it is well, so the one that fails is the one to mend.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tieout.core.errors import TieoutError
from tieout.keeping.check import Check
from tieout.store.postgres.address import Address
from tieout.store.postgres.roles import check_application_role

WAIT_SECONDS = 5.0
_BARRED = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = current_schema() and c.relrowsecurity and not has_table_privilege(c.oid, 'select')
order by 1
"""


def reached(application: Address) -> Iterator[Check]:
    """The three checks, up to the first that fails."""
    for check in (_network, _database, _permissions):
        found = check(application)
        yield found
        if not found.is_well:
            return


def _network(address: Address) -> Check:
    """Whether anything answers where the database should be."""
    if not address.host:
        found = "no host is named: the database is where its own library looks"
        return Check("network", is_well=True, found=found)
    faults = []
    for host in address.host.split(","):
        where = f"{host}, port {address.port}"
        try:
            _knock(host, address.port)
        except OSError as error:
            faults.append(f"{where}: {error.strerror or type(error).__name__}")
        else:
            return Check("network", is_well=True, found=f"{where} answers")
    step = "Look whether the server runs, and at the host and port in DATABASE_URL."
    found = f"nothing answers at {'; '.join(faults)}"
    return Check("network", is_well=False, found=found, next_step=step)


def _knock(host: str, port: int) -> None:
    """Raise `OSError` unless something answers; a host with a slash is a folder with a socket."""
    if not host.startswith("/"):
        socket.create_connection((host, port), WAIT_SECONDS).close()
        return
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(WAIT_SECONDS)
        plain.connect(str(Path(host) / f".s.PGSQL.{port}"))


def _database(address: Address) -> Check:
    """Whether the database lets the application in and answers it."""
    try:
        with psycopg.connect(address.conninfo, connect_timeout=int(WAIT_SECONDS)) as connection:
            connection.execute("select 1")
    except psycopg.OperationalError as error:
        step = "Look at the name, role and password in DATABASE_URL, and at the server's own log."
        said = str(error).strip().splitlines()[-1]
        return Check("database", is_well=False, found=said, next_step=step)
    return Check("database", is_well=True, found=f"{address.database} answers {address.role}")


def _permissions(address: Address) -> Check:
    """Whether the application's role may do what it must, and no more."""
    try:
        with psycopg.connect(address.conninfo) as connection:
            check_application_role(connection)
            barred = [name for (name,) in connection.execute(_BARRED).fetchall()]
    except TieoutError as error:
        return Check("permissions", is_well=False, found=error.found, next_step=error.next_step)
    if barred:
        found = f"the role {address.role} may not read {', '.join(barred[:3])}"
        step = "tieout serve with TIEOUT_OWNER_URL grants it what it needs."
        return Check("permissions", is_well=False, found=found, next_step=step)
    found = "the application sees one organisation at a time, and all tables of it"
    return Check("permissions", is_well=True, found=found)
