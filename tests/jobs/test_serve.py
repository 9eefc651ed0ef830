"""`tieout serve`, as a person starts it: it answers, keeps its children alive, and leaves."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.store.databases import home_folder
from tieout.testing.corpus import PROJECT

PATIENCE_SECONDS = 120


def environment(home: Path) -> dict[str, str]:
    ours = ("DATABASE_URL", "TIEOUT_", "DJANGO_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return kept | {"TIEOUT_HOME": str(home), "PYTHONPATH": str(PROJECT / "src")}


def started(home: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tieout", "serve", *options], env=environment(home) | variables,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def address_of(server: subprocess.Popen[str]) -> str:
    """What it prints once it answers."""
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if line.startswith("Tieout answers at "):
            return line.split()[3]
    raise AssertionError("".join(said))


def health(address: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:  # noqa: S310  ours
            found: dict[str, str] = json.load(answer)
            return found
    except OSError:
        return {}


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def of_home(home: Path) -> list[psutil.Process]:
    """Every process that works for this home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TIEOUT_HOME") == str(home) or str(home) in " ".join(
                process.cmdline()
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def home() -> Iterator[Path]:
    with home_folder() as folder:
        yield folder
        for process in of_home(folder):
            process.kill()


def test_it_serves_heals_and_leaves(home: Path) -> None:
    server = started(home, "--port", "0")
    address = address_of(server)
    assert health(address)["database"] == "reachable"
    children = psutil.Process(server.pid).children()
    web = next(each for each in children if "gunicorn" in each.cmdline())
    web.kill()
    postmaster = int((home / "data" / "postmaster.pid").read_text().split(maxsplit=1)[0])
    psutil.Process(postmaster).kill()
    until(lambda: web.pid not in {each.pid for each in psutil.Process(server.pid).children()})
    until(lambda: health(address).get("database") == "reachable")
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=60)
    assert server.returncode == 0
    assert time.monotonic() - began < 30
    assert of_home(home) == []


def test_when_it_is_killed_nobody_stays(home: Path) -> None:
    server = started(home, "--port", "0")
    address_of(server)
    assert len(of_home(home)) > 3
    server.kill()
    server.communicate()
    until(lambda: not of_home(home))


def test_what_cannot_be_served_is_said(home: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said, _ = started(home, "--port", port).communicate(timeout=PATIENCE_SECONDS)
        assert "[serve.address-taken]" in said
        assert "--port" in said
    file = tmp_path / "file"
    file.touch()
    said, _ = started(file / "below").communicate(timeout=PATIENCE_SECONDS)
    assert "[serve.home]" in said
    assert "TIEOUT_HOME" in said


def test_behind_a_proxy_browsers_are_held_to_https(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = started(
        home, "--port", port, TIEOUT_ADDRESS="https://books.example.org", TIEOUT_PROXIES="1"
    )
    assert address_of(server) == "https://books.example.org"
    sent = {"Host": "books.example.org", "X-Forwarded-For": "198.51.100.7"}
    login = f"http://127.0.0.1:{port}/account/login/"
    for scheme, is_held in (("https", True), ("http", False)):
        asked = urllib.request.Request(login, headers=sent | {"X-Forwarded-Proto": scheme})
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310  the same
            assert ("Strict-Transport-Security" in answer.headers) is is_held
            assert "Secure" in answer.headers["Set-Cookie"]
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(login, timeout=20)
    server.kill()
    server.communicate()
