"""Connections into the world alone: where one would go is judged as it is made.

A name may be another address a moment after it was looked up. So it is not the name that is
judged but the address that is connected to, whichever library connects: Python tells its audit
hooks of it before. What a library does in threads of its own is not seen.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies


class Inside(OSError):  # noqa: N818  what was met
    """A connection to the server's own network, which was not made."""


@dataclass
class Watch:
    """What may be connected to besides the world, and what was refused."""

    allowed: frozenset[str]
    refused: list[str] = field(default_factory=list)


_WATCH: ContextVar[Watch | None] = ContextVar("_WATCH", default=None)


@contextmanager
def only_outside() -> Iterator[Watch]:
    """While this lasts, a connection into the server's own network fails, and is noted.

    The proxies that the environment names may lie there.
    """
    _hook()
    watch = Watch(_proxies())
    token = _WATCH.set(watch)
    try:
        yield watch
    finally:
        _WATCH.reset(token)


def _proxies() -> frozenset[str]:
    found: set[str] = set()
    for each in getproxies().values():
        named = urlsplit(each if "://" in each else f"//{each}")
        try:
            known = socket.getaddrinfo(named.hostname, named.port, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            continue
        found |= {str(one[4][0]) for one in known}
    return frozenset(found)


@cache
def _hook() -> None:
    """Once for the process: a hook can never be taken away."""
    sys.addaudithook(_judge)


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    watch = _WATCH.get()
    if watch is None:
        return
    where = arguments[1]
    host = str(where[0]) if isinstance(where, tuple) else str(where)
    if host not in watch.allowed and not _is_outside(host):
        watch.refused.append(host)
        raise Inside(host)


def _is_outside(host: str) -> bool:
    """A name is none either: what it stands for is not known yet."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False
