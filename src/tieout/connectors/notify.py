"""Messages to people and programs outside: chat and mail by address, and signed web hooks."""

import ipaddress
import json
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import apprise
import requests
from standardwebhooks import Webhook

from tieout.core.errors import InvalidInput

TIMEOUT_SECONDS = 10
SCHEMES = {"slack": ("slack",), "teams": ("msteams", "workflows"), "email": ("mailto", "mailtos")}
"""How the delivery library's addresses of a kind begin; their own web addresses will do too."""
_LOCAL = ("file", "dbus", "qt", "kde", "gnome", "glib", "windows", "macosx", "syslog", "exec")
"""Addresses that would act on the server itself."""


class NotSent(Exception):  # noqa: N818  what has happened
    """The message did not arrive; the text says why, without the address."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    message_id: str
    """The same at every try: a receiver knows a repeated one by it."""
    title: str
    body: str
    at: datetime
    data: dict[str, object]
    """For programs."""


def check_address(kind: str, address: str) -> None:
    """Refuse an address that cannot be of this kind, or that acts on the server itself."""
    scheme = urlsplit(address).scheme.lower()
    if kind == "webhook":
        if scheme not in {"http", "https"} or not urlsplit(address).hostname:
            raise InvalidInput("alert.invalid", "an address of another kind", "https://…", kind)
        return
    fits = scheme in SCHEMES[kind] or scheme == "https" if kind in SCHEMES else bool(scheme)
    is_local = any(scheme.startswith(each) for each in _LOCAL)
    if not fits or is_local or apprise.Apprise.instantiate(address) is None:
        expected = " or ".join(f"{each}://…" for each in SCHEMES.get(kind, ("service",)))
        raise InvalidInput("alert.invalid", "an address of another kind", expected, kind)


def send(address: str, message: Message) -> None:
    """To a chat or a mailbox."""
    service = apprise.Apprise.instantiate(address)
    if service is None or not service.notify(title=message.title, body=message.body):
        raise NotSent("the service did not take the message")


def send_hook(url: str, secret: str, message: Message, *, is_inside_allowed: bool = False) -> None:
    """A signed request, as Standard Webhooks has it; anything but a 2xx answer is a failure."""
    if not is_inside_allowed:
        _refuse_inside(url)
    body = json.dumps(message.data | {"timestamp": message.at.isoformat()}, sort_keys=True)
    headers = {
        "content-type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message.message_id, message.at, body),
    }
    try:
        answer = requests.post(
            url,
            data=body.encode(),
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise NotSent(type(error).__name__) from error
    if not answer.ok or answer.is_redirect:
        raise NotSent(f"the answer was {answer.status_code}")


def _refuse_inside(url: str) -> None:
    """A hook goes out into the world, not to the server's own network."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotSent("the host is not known") from error
    if not all(ipaddress.ip_address(each[4][0]).is_global for each in found):
        raise NotSent("the address is inside the server's own network")
