"""Requests to an SAP system: who signs in, what is tried again, pages until the last.

Reading may be tried again at will. A posting is sent once: whether it arrived is found out by
reading, never by sending it again blindly.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tieout.core.errors import AccessDenied, Conflict, InvalidInput, TryAgain

POSTING_PATH = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi"
TIMEOUT_SECONDS = 120
TRIES = 4
PAGE = 5_000
"""Rows asked for at a time, where the system sets no pages of its own."""
_AGAIN = frozenset({429, 500, 502, 503, 504})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Address:
    """Where the system is and who signs in; the password is never shown."""

    url: str
    """Such as https://my400000-api.s4hana.cloud.sap; plain http only on this machine."""
    user: str
    password: str = field(repr=False)
    client: str = ""
    """The three digits of the SAP client; blank for the system's own."""
    posting_path: str = POSTING_PATH
    """Where journal entries are posted; on-premise systems name another in SOAMANAGER."""

    def __post_init__(self) -> None:
        """Refuse an address that would show the password on the way."""
        parts = urlsplit(self.url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        if not is_safe or not parts.hostname or parts.username:
            found = f"the address {parts.scheme}://{parts.hostname or ''}"
            raise InvalidInput("command.invalid", found, "https:// and a host, without a name")


class Session:
    """Signed-in requests to one system."""

    def __init__(
        self, address: Address, wait: Callable[[float], None] = time.sleep, page: int = PAGE
    ) -> None:
        """Open it; nothing is asked yet. `wait` is called between tries, with seconds."""
        self.address = address
        self._wait = wait
        self._page = page
        self._http = requests.Session()
        self._http.auth = (address.user, address.password)
        self._http.trust_env = True

    def rows(
        self, service: str, entities: str, select: Sequence[str], where: str, order: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        """Every row of an entity set, page after page.

        Raises:
            Conflict: `connector.changed` where rows came or went between two pages.
        """
        first = f"{self.address.url.rstrip('/')}/sap/opu/odata/sap/{service}/{entities}"
        asked = {
            "$select": ",".join(select),
            "$orderby": ",".join(order),
            "$top": str(self._page),
            "$inlinecount": "allpages",
            "$format": "json",
        }
        asked |= {"$filter": where} if where else {}
        asked |= {"sap-client": self.address.client} if self.address.client else {}
        url, given, read, counts = first, dict(asked), 0, set[str]()
        while True:
            data = self._data(url, given)
            page = data["results"]
            yield from page
            read += len(page)
            counts |= {str(data["__count"])} if data.get("__count") is not None else set()
            onwards = data.get("__next")
            if onwards:
                url, given = self._own(urljoin(url, str(onwards))), {}
            elif page and read % self._page == 0:  # as many as were asked for
                url, given = first, {**asked, "$skip": str(read)}
            else:
                break
        if counts - {str(read)}:
            said = " and ".join(sorted(counts))
            found = f"{read} rows of {entities} where the system counted {said}"
            raise Conflict("connector.changed", found, "a ledger at rest while it is read")

    def _own(self, url: str) -> str:
        """The address of a next page, which must be of the same system: it gets the password."""
        there, here = urlsplit(url), urlsplit(self.address.url)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise Conflict(
                "connector.answer-invalid", f"a next page at {there.netloc}", here.netloc
            )
        return url

    def _data(self, url: str, given: Mapping[str, str]) -> Mapping[str, Any]:
        answer = self._asked(url, given)
        try:
            data: dict[str, Any] = answer.json()["d"]
            if not isinstance(data.get("results"), list):
                data = {"results": [data]}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found = f"{len(answer.content)} bytes that are no OData answer"
            raise Conflict("connector.answer-invalid", found, "JSON with `d`", url) from error
        return data

    def _asked(self, url: str, given: Mapping[str, str]) -> requests.Response:
        """A GET, tried again while the system is busy or away."""
        said = ""
        for number in range(TRIES):
            if number:
                self._wait(float(2**number))
            try:
                answer = self._http.get(
                    url,
                    params=given,
                    headers={"Accept": "application/json"},
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                said = type(error).__name__
                continue
            if answer.ok and not answer.is_redirect:
                return answer
            self._refuse(answer)
            said = f"HTTP {answer.status_code}"
        where = urlsplit(url)
        raise TryAgain("connector.not-reached", said, "an answer", f"{where.netloc}{where.path}")

    def _refuse(self, answer: requests.Response) -> None:
        """Raise where trying again cannot help."""
        if answer.status_code in {401, 403}:
            raise AccessDenied(
                "connector.sign-in-refused",
                f"HTTP {answer.status_code} for the user {self.address.user}",
                "a communication user with the service",
                urlsplit(answer.url).path,
            )
        if answer.status_code not in _AGAIN:
            found = f"HTTP {answer.status_code}: {_message(answer)}"
            raise Conflict("connector.answer-invalid", found, "", urlsplit(answer.url).path)

    def send(self, body: bytes, action: str) -> bytes | None:
        """Post a SOAP message once: its answer, or None where that was lost or was no success."""
        given = {"sap-client": self.address.client} if self.address.client else {}
        try:
            answer = self._http.post(
                self.address.url.rstrip("/") + self.address.posting_path,
                data=body,
                params=given,
                headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        if answer.status_code in {401, 403}:
            self._refuse(answer)
        return answer.content if answer.status_code == requests.codes.ok else None


def _message(answer: requests.Response) -> str:
    """What an OData error says for people."""
    try:
        return str(answer.json()["error"]["message"]["value"])
    except (ValueError, KeyError, TypeError):
        return answer.reason or "no reason"
