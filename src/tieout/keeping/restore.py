"""A backup back into a home: made and proved aside, then put in place in two renames.

Nothing is written over: a home that holds something is refused, or kept aside as a whole.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from tieout.core.audit import Verified
from tieout.core.errors import Conflict, Corruption, InvalidInput, NotFound
from tieout.keeping.backup import BLOCK, DUMP, HOME, MANIFEST, Manifest, running
from tieout.keeping.facts import chains_verified, facts_of
from tieout.keeping.site import Site
from tieout.signatures.keys import NAME as SIGNING_KEYS
from tieout.signatures.keys import KeyStore
from tieout.store.postgres.address import Address
from tieout.store.postgres.binaries import find_programs, version_of
from tieout.store.postgres.roles import prepare_roles
from tieout.store.postgres.server import APPLICATION, OWNER, SUPERUSER


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that came back whole."""

    manifest: Manifest
    chains: Mapping[str, Verified]
    """By organisation: every chain, proved in the restored database."""
    kept_aside: Path | None = None
    """Where what was there before is now."""

    @property
    def is_sound(self) -> bool:
        """Whether every chain is; that rows and balances are the same is certain by now."""
        return all(each.is_sound for each in self.chains.values())


def verify_backup(site: Site, file: Path, *, keys: Mapping[str, bytes]) -> Restored:
    """Restore into a scratch database, prove everything there, and take it away again."""
    with ExitStack() as stack:
        archive, manifest = stack.enter_context(_opened(file, site))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tieout-")))
        folder.chmod(0o711)
        return _made(site, archive, manifest, folder / "home", keys, is_safe=False)


def restore_backup(
    site: Site, file: Path, *, replaces: bool, keys: Mapping[str, bytes], now: datetime
) -> Restored:
    """Restore into the site's home, or into its empty database; proved before it is in place."""
    with _opened(file, site) as (archive, manifest):
        if not site.is_embedded:
            return _into_own(site, archive, manifest, keys)
        site.home.mkdir(parents=True, exist_ok=True)
        with _alone(site):
            held = _held(site.home)
            if held and not replaces:
                names = ", ".join(each.name for each in held[:5])
                raise Conflict("restore.not-empty", names, "an empty home", str(site.home))
            for left_behind in site.home.glob("restoring-*"):
                shutil.rmtree(left_behind)
            new = Path(tempfile.mkdtemp(prefix="restoring-", dir=site.home))
            if os.geteuid() == 0:
                site.home.chmod(0o711)
            try:
                restored = _made(site, archive, manifest, new, keys, is_safe=site.is_safe)
                aside = _moved_aside(site.home, held, now) if held else None
                for each in _held(new):
                    each.rename(site.home / each.name)
            finally:
                shutil.rmtree(new, ignore_errors=True)
        return Restored(manifest, restored.chains, aside)


def _held(home: Path) -> list[Path]:
    """What a home holds of a site; locks, programs and earlier homes kept aside are nothing."""
    passing = ("*.lock", "restoring-*", "before-*", "new-*", "postgresql-*", "tmp*")
    found = [each for each in home.iterdir() if not any(each.match(name) for name in passing)]
    return sorted(found, key=lambda each: each.name != "data")  # the database first: it decides


def _moved_aside(home: Path, held: list[Path], now: datetime) -> Path:
    aside = home / f"before-{now:%Y%m%dT%H%M%S}"
    aside.mkdir(mode=0o700)
    for each in held:
        each.rename(aside / each.name)
    return aside


@contextmanager
def _alone(site: Site) -> Iterator[None]:
    """Nobody uses the home, and nobody starts its server until this is done."""
    server = site.server()
    if (server.data / "PG_VERSION").exists():
        server.start()
        if not server.stop():
            raise Conflict("restore.not-empty", "a server at work", "nobody", str(site.home))
    with (site.home / "start.lock").open("a+") as start, (site.home / "use.lock").open("a+") as use:
        try:
            for file in (start, use):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "restore.not-empty", "a program at work", "nobody", str(site.home)
            ) from error
        yield


@contextmanager
def _opened(file: Path, site: Site) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive and its manifest, once every part has the hash that the manifest says."""
    if not file.exists():
        raise NotFound("file.not-found", str(file), "a backup")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = Manifest.of(archive.read(MANIFEST))
            _refuse_altered(archive, manifest)
            _refuse_newer(manifest, site)
            yield archive, manifest
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError) as error:
        raise InvalidInput("backup.not-usable", str(error), "a whole backup", str(file)) from error


def _refuse_altered(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = set(archive.namelist()) - {MANIFEST}
    if names != set(manifest.sha256) or DUMP not in names:
        raise ValueError(f"parts {', '.join(sorted(names ^ set(manifest.sha256)))}")
    for name, said in manifest.sha256.items():
        if _sha256(archive, name) != said:
            raise ValueError(f"{name} does not have the hash of the manifest")


def _refuse_newer(manifest: Manifest, site: Site) -> None:
    """An older PostgreSQL does not understand what a newer one wrote."""
    ours, theirs = version_of(find_programs(site.programs))[0], manifest.server_version // 10000
    if ours < theirs:
        raise InvalidInput("backup.not-usable", f"PostgreSQL {theirs}", f"at most {ours}")


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as part:
        while block := part.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _made(  # noqa: PLR0913  the parts of a restore
    site: Site,
    archive: zipfile.ZipFile,
    manifest: Manifest,
    home: Path,
    keys: Mapping[str, bytes],
    *,
    is_safe: bool,
) -> Restored:
    """A whole home made of the archive, proved, its server stopped again."""
    server = site.server(home, is_safe=is_safe)
    server.start()
    try:
        owner, application = server.address(OWNER), server.address(APPLICATION)
        prepare_roles(server.address(SUPERUSER), owner, application)
        _load(site, archive, owner)
        _unpack(archive, home)
        chains = _proved(server.address(SUPERUSER), manifest, _keys(home, keys))
        with psycopg.connect(server.address(SUPERUSER).conninfo, autocommit=True) as connection:
            connection.execute("checkpoint")  # on disk before it is put in place
    finally:
        server.stop()
    return Restored(manifest, chains)


def _into_own(
    site: Site, archive: zipfile.ZipFile, manifest: Manifest, keys: Mapping[str, bytes]
) -> Restored:
    """Into an empty database of one's own, as the owner of its tables."""
    if not site.owner_url:
        raise InvalidInput("store.no-server", "no TIEOUT_OWNER_URL", "the owner of the tables")
    with site.all_seeing() as seeing:
        with psycopg.connect(seeing.conninfo) as connection:
            rows = facts_of(connection).rows if _has_tables(connection) else {}
        if rows:
            raise Conflict("restore.not-empty", f"{len(rows)} tables", "an empty database")
        _load(site, archive, Address.of(site.owner_url))
        site.home.mkdir(parents=True, exist_ok=True)
        _unpack(archive, site.home)
        return Restored(manifest, _proved(seeing, manifest, _keys(site.home, keys)))


def _has_tables(connection: psycopg.Connection) -> bool:
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = 'public' limit 1"
    ).fetchone()
    return found is not None


def _load(site: Site, archive: zipfile.ZipFile, owner: Address) -> None:
    words = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction"]
    with (
        running(site, owner, words, stdin=subprocess.PIPE) as process,
        archive.open(DUMP) as dump,
    ):
        assert process.stdin is not None
        while block := dump.read(BLOCK):
            process.stdin.write(block)


def _unpack(archive: zipfile.ZipFile, home: Path) -> None:
    """Keys and secrets, readable by their owner alone; a file that is there is left as it is."""
    for name in archive.namelist():
        if not name.startswith(HOME):
            continue
        path = (home / name.removeprefix(HOME)).resolve()
        if not path.is_relative_to(home.resolve()):
            raise ValueError(f"{name} is outside of the home")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            continue
        with archive.open(name) as part, path.open("xb") as file:
            path.chmod(0o600)
            shutil.copyfileobj(part, file)


def _keys(home: Path, keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """Public keys of the restored home, and those that are known besides."""
    found = KeyStore(home).public_keys() if (home / SIGNING_KEYS).exists() else {}
    return found | dict(keys)


def _proved(seeing: Address, manifest: Manifest, keys: Mapping[str, bytes]) -> dict[str, Verified]:
    """The figures are those of the backup, to the row; what the chains are, their proof says."""
    with psycopg.connect(seeing.conninfo) as connection:
        differences = manifest.facts.differences(facts_of(connection))
        if differences:
            found = json.dumps(differences[:10])
            raise Corruption("backup.not-usable", found, "what the backup says of itself")
        return chains_verified(connection, keys)
