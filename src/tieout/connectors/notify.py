"""Messages to people and programs outside: chat and mail by address, and signed web hooks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import apprise
import requests
from standardwebhooks import Webhook

from tieout.connectors.outside import only_outside
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


def send(address: str, message: Message, *, is_inside_allowed: bool = False) -> None:
    """To a chat or a mailbox."""
    service = apprise.Apprise.instantiate(address)
    with _sending(is_inside_allowed=is_inside_allowed):
        if service is None or not service.notify(title=message.title, body=message.body):
            raise NotSent("the service did not take the message")


def send_hook(url: str, secret: str, message: Message, *, is_inside_allowed: bool = False) -> None:
    """A signed request, as Standard Webhooks has it; anything but a 2xx answer is a failure."""
    body = json.dumps(message.data | {"timestamp": message.at.isoformat()}, sort_keys=True)
    headers = {
        "content-type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message.message_id, message.at, body),
    }
    with _sending(is_inside_allowed=is_inside_allowed):
        answer = requests.post(
            url,
            data=body.encode(),
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    if not answer.ok or answer.is_redirect:
        raise NotSent(f"the answer was {answer.status_code}")


@contextmanager
def _sending(*, is_inside_allowed: bool) -> Iterator[None]:
    """A message goes out into the world, not to the server's own network."""
    with nullcontext() if is_inside_allowed else only_outside() as watch:
        try:
            yield
        except (requests.RequestException, NotSent) as error:
            if watch and watch.refused:
                raise NotSent("the address is inside the server's own network") from error
            raise error if isinstance(error, NotSent) else NotSent(type(error).__name__) from error
