"""The embedded PostgreSQL: our own supervisor of the programs that a wheel or the system brings.

It changes nothing outside its home: no account is made, no mode of a parent folder is touched.
The cluster listens on a Unix socket only, with passwords. Several processes may use it: each holds
a shared lock on `use.lock` while it does, and whoever leaves last stops the server; the kernel
drops the lock of a killed process. POSIX only; elsewhere give a database address.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from tieout.core.errors import NotFound
from tieout.store.postgres.address import Address
from tieout.store.postgres.binaries import copied, find_programs, version_of

SUPERUSER, OWNER, APPLICATION = "tieout_super", "tieout_owner", "tieout_app"
"""Who made the cluster; who owns the tables; whom the application connects as."""
ROLES = (SUPERUSER, OWNER, APPLICATION)
ACCOUNTS = ("tieout", "postgres", "nobody")
"""PostgreSQL refuses to run as root: the first of these accounts that exists runs it then."""
SOCKET_PATH_MAX = 100
"""The kernels' limits are 104 (macOS) and 108."""
START_TRIES = 20

_SETTINGS = """
listen_addresses = ''
password_encryption = 'scram-sha-256'
max_connections = 60
shared_buffers = '128MB'
wal_compression = on
max_wal_size = '2GB'
client_connection_check_interval = '10s'
log_min_duration_statement = 2000
timezone = 'UTC'
"""
UNSAFE = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
"""For tests: what is acknowledged need not outlive a power cut."""


@dataclass
class EmbeddedServer:
    """A cluster below `home`, started when it is needed."""

    home: Path
    programs: Path | None = None
    """The folder of PostgreSQL's programs; found when not named."""
    account: str = ""
    """As root: the account to run as; chosen when not named."""
    is_safe: bool = True
    """Off for tests: faster, and lost at a power cut."""
    _as: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _use: IO[str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Everything below is an absolute path: PostgreSQL changes its folder."""
        self.home = self.home.absolute()
        self.data = self.home / "data"

    def start(self) -> None:
        """Make the cluster if there is none, start it if it does not run, and hold it."""
        self._use = self._lock()
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            if not self._runs():
                self._start()
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def _lock(self) -> IO[str]:
        """The lock that users share, not yet taken; programs and account are found."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._programs = find_programs(self.programs)
        if os.geteuid() == 0:
            self._become_other_account()
        return (self.home / "use.lock").open("a+")

    def keep_up(self) -> None:
        """Start the server again if it has gone without being told to."""
        if self._use is not None and not self._is_quickly_alive():
            with self._alone():
                if not self._runs():
                    self._start()

    def _is_quickly_alive(self) -> bool:
        """Without a look at every process: this is asked each second."""
        number = _number_in(self.data / "postmaster.pid")
        try:
            return number is not None and psutil.Process(number).status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def stop(self) -> bool:
        """Let go of the server; stop it if nobody else holds it. Whether it was stopped."""
        if self._use is None:
            return False
        use, self._use = self._use, None
        with use, self._alone():
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            if self._runs():
                how = "fast" if self.is_safe else "immediate"
                self._run("pg_ctl", "-s", "-w", "-D", self.data, "-m", how, "stop")
            return True

    def stop_unused(self) -> bool:
        """Stop the server if nobody holds it: one that a killed process left. Whether none runs."""
        self._use = self._lock()
        return self.stop()

    def address(self, role: str, database: str = "tieout") -> Address:
        """How a role connects; its password is made when it is first asked for."""
        return Address(str(self.sockets), database, role, self._passwords()[role])

    @property
    def sockets(self) -> Path:
        """The folder of the Unix socket: the data folder, or a short one if that is too long."""
        if len(str(self.data / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX:
            return self.data
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tieout-{digest}"

    def _passwords(self) -> dict[str, str]:
        """One a role, in a file that only its owner reads; complete or absent."""
        path = self.home / "passwords.json"
        if not path.exists():
            made = {role: secrets.token_urlsafe(24) for role in ROLES}
            self.home.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.home)  # readable by its owner alone
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(made, file)
            with suppress(FileExistsError):
                os.link(part, path)
            Path(part).unlink()
        found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
        return found

    def _become_other_account(self) -> None:
        known = {each.pw_name for each in pwd.getpwall()}
        names = [self.account] if self.account else [each for each in ACCOUNTS if each in known]
        if not names or names[0] not in known:
            raise NotFound(
                "store.no-server", "root, and no other account to run PostgreSQL", str(ACCOUNTS)
            )
        entry = pwd.getpwnam(names[0])
        self._as = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        self.home.chmod(0o711)
        try:
            self._run("postgres", "--version")
        except (NotFound, PermissionError):
            self._programs = copied(self._programs, self.home)

    def _make_cluster(self) -> None:
        """Aside, then renamed: a half-made cluster looks whole."""
        for left_behind in self.home.glob("new-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        read, write = os.pipe()
        try:
            os.write(write, self._passwords()[SUPERUSER].encode() + b"\n")
            os.close(write)
            if self._as:
                os.chown(new, self._as["user"], self._as["group"])
                os.fchown(read, self._as["user"], self._as["group"])
            locale = ["--locale=C.UTF-8"]
            if version_of(self._programs)[0] >= 17:
                locale.append("--locale-provider=builtin")
            words = ["-D", new, "-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8", *locale]
            words += [] if self.is_safe else ["--no-sync"]
            self._run("initdb", *words, f"--pwfile=/dev/fd/{read}", keep=[read])
        finally:
            os.close(read)
        with (new / "postgresql.auto.conf").open("a") as file:
            file.write(_SETTINGS + ("" if self.is_safe else UNSAFE))
        new.rename(self.data)

    def _start(self) -> None:
        self._drop_foreign_lock_files()
        if self.sockets != self.data:
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            if self._as:
                os.chown(self.sockets, self._as["user"], self._as["group"])
        options = f"-c unix_socket_directories={self.sockets} -c unix_socket_permissions=0700"
        words = ["-s", "-w", "-t", "60", "-D", self.data, "-l", self.data / "server.log"]
        for attempt in range(START_TRIES):
            try:
                self._run("pg_ctl", *words, "-o", options, "start")
            except NotFound as error:  # the children of a killed server need a moment to go
                leaving = any(sign in error.found for sign in ("already exists", "still in use"))
                if not leaving or attempt == START_TRIES - 1:
                    raise
                time.sleep(0.5)
                self._drop_foreign_lock_files()
            else:
                return

    def _run(self, program: str, *words: object, keep: Sequence[int] = ()) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        done = subprocess.run(  # noqa: S603  a program that we found ourselves
            [str(self._programs / program), *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            cwd="/",
            pass_fds=tuple(keep),
            **self._as,
        )
        if done.returncode:
            log = self.data / "server.log"
            tail = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
            found = "\n".join([f"{program}: {done.stderr.strip()}", *tail])
            raise NotFound("store.no-server", found, "a running server", str(self.home))

    def _runs(self) -> bool:
        said = _number_in(self.data / "postmaster.pid")
        return said is not None and said in {each.pid for each in self._processes()}

    def _processes(self) -> Iterator[psutil.Process]:
        """Live processes of a server in our data folder, orphans included."""
        for process in psutil.process_iter(["name"]):
            if not (process.info["name"] or "").startswith("postgres"):
                continue
            with suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data:
                    yield process

    def _drop_foreign_lock_files(self) -> None:
        """Remove lock files whose number now belongs to another program, and only those.

        PostgreSQL clears its own stale files, but containers reuse low numbers. A file is never
        dropped while a server process works in the folder: it is what keeps two servers apart.
        """
        for path in [self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*.lock")]:
            number = _number_in(path)
            is_foreign = number is not None and psutil.pid_exists(number)
            if is_foreign and not any(True for _ in self._processes()):
                path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home / "start.lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _number_in(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return None
