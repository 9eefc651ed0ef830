"""A backup: the database as of one instant, the home's keys and secrets, and what must come back.

One file, a ZIP archive: `database.dump` (PostgreSQL's own custom form), `home/…`, and last
`manifest.json` with the SHA-256 of every part and the figures of the database at that instant.
It holds secrets: it is readable by its owner alone.
"""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import psycopg

import tieout
from tieout.core.errors import InvalidInput
from tieout.keeping.facts import Facts, facts_of
from tieout.keeping.site import Site
from tieout.store.postgres.address import Address
from tieout.store.postgres.binaries import find_programs

KIND = "tieout-backup"
VERSION = 1
DUMP = "database.dump"
HOME = "home/"
MANIFEST = "manifest.json"
BLOCK = 1 << 20
SPEED = "-Z1"
"""The lightest compression: three times as quick as the usual one, a tenth larger."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    taken_at: str
    program: str
    server_version: int
    """As PostgreSQL counts: 180006 is 18.6."""
    sha256: dict[str, str]
    """By part."""
    facts: Facts
    secrets_outside: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it is written."""
        return json.dumps(
            {
                "kind": KIND,
                "version": VERSION,
                "taken_at": self.taken_at,
                "program": self.program,
                "server_version": self.server_version,
                "sha256": self.sha256,
                "facts": self.facts.data,
                "secrets_outside": list(self.secrets_outside),
            },
            indent=1,
        )

    @classmethod
    def of(cls, text: bytes) -> "Manifest":
        """From what was written; raises ValueError, KeyError or TypeError for anything else."""
        said = json.loads(text)
        if said["kind"] != KIND or said["version"] != VERSION:
            raise ValueError(f"{said['kind']} of version {said['version']}")
        return cls(
            str(said["taken_at"]),
            str(said["program"]),
            int(said["server_version"]),
            {str(name): str(digest) for name, digest in said["sha256"].items()},
            Facts.of(said["facts"]),
            tuple(map(str, said["secrets_outside"])),
        )


def take_backup(site: Site, out: Path, *, now: datetime) -> Manifest:
    """Write the backup; under its final name it is whole, or it is not there."""
    with _heard(), site.all_seeing() as address, _part(out) as file:
        with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            manifest = _filled(archive, site, address, now)
            archive.writestr(MANIFEST, manifest.text)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _filled(archive: zipfile.ZipFile, site: Site, address: Address, now: datetime) -> Manifest:
    sha256 = {}
    with psycopg.connect(address.conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        exported = connection.execute("select pg_export_snapshot()").fetchone()
        assert exported is not None
        facts = facts_of(connection)
        version = connection.info.server_version
        with _dumping(site, address, str(exported[0])) as stream:
            sha256[DUMP] = _copied(stream, archive, DUMP)
    for path in site.kept_files():
        name = HOME + path.relative_to(site.home).as_posix()
        with path.open("rb") as stream:
            sha256[name] = _copied(stream, archive, name)
    program = f"tieout {tieout.__version__}"
    return Manifest(now.isoformat(), program, version, sha256, facts, site.secrets_outside)


def _copied(stream: IO[bytes], archive: zipfile.ZipFile, name: str) -> str:
    """One part into the archive; its hash."""
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as part:
        while block := stream.read(BLOCK):
            digest.update(block)
            part.write(block)
    return digest.hexdigest()


@contextmanager
def _dumping(site: Site, address: Address, snapshot: str) -> Iterator[IO[bytes]]:
    """What pg_dump writes of that snapshot; an error if it did not come to its end."""
    words = ["pg_dump", "-Fc", SPEED, f"--snapshot={snapshot}", "--no-owner"]
    with running(site, address, words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout


@contextmanager
def running(
    site: Site, address: Address, words: list[str], *, stdin: int | None = None,
    stdout: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """One of PostgreSQL's programs at work on a database; its password is in no argument list."""
    programs = find_programs(site.programs)
    known = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment = known | {"PGPASSWORD": address.password}
    plain = Address(address.host, address.database, address.role, "", address.port, address.options)
    command = [str(programs / words[0]), *words[1:], "-d", plain.conninfo]
    with _heard(), tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  a program that we found ourselves
            command, stdin=stdin, stdout=stdout, stderr=errors, env=environment, cwd="/"
        )
        try:
            yield process
        except BrokenPipeError:
            pass  # the program has gone: why, it has said itself
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            process.wait()
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise InvalidInput(
                "backup.not-usable", said or words[0], f"{words[0]} without an error"
            )


@contextmanager
def _heard() -> Iterator[None]:
    """How a program ended is heard: whoever started us may have had its children's ends ignored.

    The system tells them to nobody then, and a dump that was cut short would look whole.
    """
    earlier = signal.getsignal(signal.SIGCHLD)
    if earlier is not signal.SIG_IGN:
        yield
        return
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    except ValueError as error:  # only the first thread may
        found, expected = "SIGCHLD ignored", "a process that hears how its programs end"
        raise InvalidInput("backup.not-usable", found, expected) from error
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, earlier)


@contextmanager
def _part(out: Path) -> Iterator[IO[bytes]]:
    """A file beside the final one, renamed to it when the block ends well.

    It is locked while it is written: what a killed backup left behind nobody holds, and it goes.
    """
    out = out.absolute()
    try:
        for left in out.parent.glob(f".{out.name}.*.part"):
            with left.open("rb") as file, suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
    except OSError as error:
        raise InvalidInput(
            "output.not-writable", f"{error.filename}: {error.strerror}", "a folder to write to"
        ) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            part.replace(out)
        folder = os.open(out.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise InvalidInput("output.not-writable", str(error), "room for the backup") from error
    finally:
        part.unlink(missing_ok=True)
