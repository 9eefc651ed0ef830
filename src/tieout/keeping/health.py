"""Whether a site is well: each check says what it found, or what is wrong and what to do next."""

import shutil
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import cast

import psycopg

from tieout.core.errors import TieoutError
from tieout.keeping.check import Check
from tieout.keeping.facts import statement
from tieout.keeping.reaching import reached
from tieout.keeping.site import Site
from tieout.store.postgres.address import Address
from tieout.store.postgres.server import APPLICATION, SUPERUSER

FREE_GIB = 1
GRACE = timedelta(days=45)
"""How long after a scheduled release a server without it is still no fault."""
RELEASED: Mapping[tuple[int, int], date] = {
    (15, 18): date(2026, 5, 14),
    (16, 14): date(2026, 5, 14),
    (17, 10): date(2026, 5, 14),
    (18, 4): date(2026, 5, 14),
    (15, 19): date(2026, 8, 13),
    (18, 6): date(2026, 8, 13),
}
"""Days on which minor versions came out, as far as they are known here. PostgreSQL releases on the
second Thursday of February, May, August and November."""


def look(site: Site, application: str, now: datetime) -> list[Check]:
    """Every check of a site. `application`: the address of a database of one's own."""
    if not site.is_set_up:
        return [Check("server", is_well=True, found="not set up yet", next_step="tieout serve")]
    checks = [_files(site), _disk(site)]
    try:
        if not site.is_embedded:
            return [*checks, *_of_database(Address.of(application), _seeing(site), now)]
        server = site.server()
        server.start()
        try:
            seeing = server.address(SUPERUSER)
            return [*checks, *_of_database(server.address(APPLICATION), seeing, now)]
        finally:
            server.stop()
    except (TieoutError, psycopg.OperationalError) as error:
        found = str(error).splitlines()[0]
        step = "Look at server.log below the home, or at the address in DATABASE_URL."
        return [*checks, Check("server", is_well=False, found=found, next_step=step)]


def _seeing(site: Site) -> Address | None:
    return Address.of(site.backup_url) if site.backup_url else None


def _of_database(application: Address, seeing: Address | None, now: datetime) -> list[Check]:
    checks = list(reached(application))
    if not all(each.is_well for each in checks):
        return checks
    with psycopg.connect(application.conninfo) as connection:
        checks.append(_server(connection.info.server_version, now.date()))
    if seeing is None:
        unseen = "not looked at: no role sees all of them"
        return [*checks, Check("chains", is_well=True, found=unseen, next_step="TIEOUT_BACKUP_URL")]
    with psycopg.connect(seeing.conninfo) as connection:
        return [*checks, _chains(connection)]


def _files(site: Site) -> Check:
    """Secrets in the home are their owner's alone."""
    secret = [
        site.home / name
        for name in ("data", "passwords.json", "secret.key", "signing-keys.json", "kept-work")
    ]
    bare = [each.name for each in secret if each.exists() and each.stat().st_mode & 0o077]
    if bare:
        step = f"chmod go-rwx {' '.join(bare)} in {site.home}"
        return Check("home", is_well=False, found=f"others can read {bare}", next_step=step)
    return Check("home", is_well=True, found="keys and passwords are their owner's alone")


def _disk(site: Site) -> Check:
    home = site.home if site.home.exists() else site.home.parent
    free = shutil.disk_usage(home).free / 2**30
    if free < FREE_GIB:
        step = "Free some space: PostgreSQL stops when there is none."
        return Check("space", is_well=False, found=f"{free:.1f} GiB free", next_step=step)
    return Check("space", is_well=True, found=f"{free:.0f} GiB free for the database")


def _server(number: int, today: date) -> Check:
    """Its version, and the scheduled releases that it has missed."""
    version = number // 10000, number % 10000
    said = f"PostgreSQL {version[0]}.{version[1]}"
    released = RELEASED.get(version)
    if released is None:
        return Check("server", is_well=True, found=f"{said}, of a day that is not known here")
    said += f", {(today - released).days} days old"
    missed = [each for each in scheduled(released, today) if today - each > GRACE]
    if missed:
        found = f"{said}; a release of {missed[-1].isoformat()} is not in it"
        step = "Upgrade PostgreSQL: minor versions close security holes and keep the data."
        return Check("server", is_well=False, found=found, next_step=step)
    return Check("server", is_well=True, found=said)


def scheduled(after: date, until: date) -> list[date]:
    """Second Thursdays of February, May, August and November between two days."""
    days = []
    for year in range(after.year, until.year + 1):
        for month in (2, 5, 8, 11):
            first = date(year, month, 1)
            day = first + timedelta(days=(3 - first.weekday()) % 7 + 7)
            if after < day <= until:
                days.append(day)
    return days


def _chains(connection: psycopg.Connection) -> Check:
    """The quick look; `tieout audit verify` is the thorough one."""
    tables = connection.execute(statement("tables")).fetchall()
    if ("audit_tail",) not in tables:
        step = "tieout serve makes the tables."
        return Check("chains", is_well=True, found="no tables yet", next_step=step)
    found = cast("list[tuple[str, bool]]", connection.execute(statement("glance")).fetchall())
    bad = [name for name, is_well in found if not is_well]
    if bad:
        said = f"{len(bad)} of {len(found)} audit chains are not sound: {', '.join(bad[:3])}"
        return Check("chains", is_well=False, found=said, next_step="tieout audit verify")
    return Check("chains", is_well=True, found=f"{len(found)} audit chains end where they should")


Migrated = Callable[[], list[str]]


def migrations(behind: list[str]) -> Check:
    """Whether the tables are up to date; `behind` are the steps that are missing."""
    if behind:
        found = f"{len(behind)} steps are missing, first {behind[0]}"
        return Check("tables", is_well=False, found=found, next_step="tieout serve takes them.")
    return Check("tables", is_well=True, found="up to date")
