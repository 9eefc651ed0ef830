"""`tieout serve`: the database, the web server and workers, kept alive by one process."""

import errno
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click

from tieout.cli.server.supervisor import TICK_SECONDS, Child, Supervisor
from tieout.cli.server.wiring import Opened, wiring
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.keeping.site import Site

THREADS = 8
ANSWERS_WITHIN_SECONDS = 180.0
DEATHS_MAX = 3
"""A web server that ended so often before it answered will not answer."""
DATABASE_EVERY_SECONDS = 1.0


def run(
    ctx: click.Context,
    *,
    host: str,
    port: int,
    workers: int,
    prepare: Callable[[], Sequence[str]] = tuple,
) -> int:
    """Serve until SIGTERM or SIGINT; 0 when told to stop.

    `prepare` works on the open database first; what it says is told once the server answers.
    """
    signal.signal(signal.SIGTERM, _told_to_stop)
    wired = wiring(ctx)
    check_home(wired.home)
    port = free_port(host, port)
    name = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104  compared, not bound
    address = os.environ.setdefault("TIEOUT_ADDRESS", f"http://{name}:{port}")
    try:
        with wired.opened() as database:
            wired.keys.signing(wired.now())  # made now, so that workers sign with it daily
            told = prepare()
            kept = [*children(host, port, workers), *last_ones(wired.site())]
            supervisor = Supervisor(kept, os.environ, say)
            keep_all(database, supervisor, address, told)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def children(host: str, port: int, workers: int) -> list[Child]:
    """The web server and the workers."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = ["gunicorn", "--no-control-socket", "--bind", where, "--worker-class", "gthread"]
    web += ["--threads", str(THREADS), "--graceful-timeout", "5", "--log-level", "warning"]
    worker = ["tieout", "worker", "--is-migrated"]
    several = [Child(f"worker {each}", worker) for each in range(1, workers + 1)]
    return [Child("web", [*web, "tieout.config.wsgi"]), *several]


def last_ones(site: Site) -> list[Child]:
    """Who stops the embedded database if this process is killed before it can."""
    return [Child("last", ["tieout", "last"], is_led=False)] if site.is_embedded else []


def keep_all(
    database: Opened, supervisor: Supervisor, address: str, told: Sequence[str] = ()
) -> None:
    """Until somebody interrupts."""
    answers, began, looked = False, time.monotonic(), 0.0
    try:
        while True:
            now = time.monotonic()
            if now - looked >= DATABASE_EVERY_SECONDS:
                database.keep_up()
                looked = now
            supervisor.keep()
            if not answers:
                answers = is_answering(supervisor, address)
                if answers:
                    say(f"Tieout answers at {address} (Ctrl-C stops it).")
                    for each in told:
                        say(f"  {each}")
                elif now - began > ANSWERS_WITHIN_SECONDS:
                    raise not_answering(f"nothing after {ANSWERS_WITHIN_SECONDS:.0f} s")
            time.sleep(TICK_SECONDS)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.stop()


def is_answering(supervisor: Supervisor, address: str) -> bool:
    """Whether the web server says that it is well."""
    web = supervisor.children[0]
    if web.deaths >= DEATHS_MAX:
        raise not_answering(f"a web server that ended {web.deaths} times")
    where = web.module[web.module.index("--bind") + 1]
    host, _, port = where.rpartition(":")
    local = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(host, host.strip("[]"))  # noqa: S104  compared
    connection = http.client.HTTPConnection(local, int(port), timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": urlsplit(address).netloc})
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and "version" in json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def check_home(home: Path) -> None:
    """Refuse a home folder that cannot be written to."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise InvalidInput(
            "serve.home", error.strerror or str(error), "a folder to write to", str(home)
        ) from error


def free_port(host: str, port: int) -> int:
    """The port, which nobody uses yet; 0 asks for any. Refused when somebody does."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            found: int = trial.getsockname()[1]
            return found
    except OSError as error:
        raise Conflict(
            "serve.address-taken", error.strerror or str(error), "a free address", f"{host}:{port}"
        ) from error


def not_answering(found: str) -> NotFound:
    """The server cannot be reached."""
    return NotFound("serve.not-answering", found, "an answer to /health")


def say(text: str) -> None:
    """To whoever watches, at once."""
    click.echo(text)
    sys.stdout.flush()


def _told_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
