"""The fake as a server: signing in, pages, the posting service, faults on demand."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from tieout.testing.sap.company import Company
from tieout.testing.sap.filters import NotOData, parsed
from tieout.testing.sap.published import FIELDS, SERVICES
from tieout.testing.sap.soap import answered

USER, PASSWORD = "TIEOUT", "a secret"
POSTING = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi"
_ROOT = "/sap/opu/odata/sap/"
_TOKEN = "token-1"  # noqa: S105  the same


class FakeSap:
    """A server for one company, while it is entered.

    `faults` is worked off one a request, oldest first: `busy` and `broken` answer 503 and 500
    before anything is done, `lost` closes the connection after a posting was made, `ok` is none.
    """

    def __init__(self, company: Company, *, page: int = 1_000, on: date | None = None) -> None:
        """Say which company; `page` is how many rows the server gives at most."""
        self.company = company
        self.page = page
        self.on = on or company.periods[-1][1]
        self.faults: list[str] = []
        self.asked: list[str] = []
        """Method and path of each request."""
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def rows(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer to a reading request.

        Raises:
            NotOData: The request is not what the service publishes.
        """
        service, _, entities = path.removeprefix(_ROOT).partition("/")
        if entities not in SERVICES.get(service, ()):
            raise NotOData(f"no {entities} in {service}")
        known = FIELDS[entities]
        select = asked.get("$select", "").split(",")
        order = [name for name in asked.get("$orderby", "").split(",") if name]
        strange = [name for name in (*select, *order) if name not in known]
        if strange:
            raise NotOData(f"no field {strange[0]} in {entities}")
        test = parsed(asked["$filter"], known) if "$filter" in asked else lambda _row: True
        with self.company.lock:
            found = [row for row in self.company.entities(entities) if test(row)]
        found.sort(key=lambda row: tuple(str(row.get(name) or "") for name in order))
        first = int(asked.get("$skip", "0"))
        begins = int(asked.get("$skiptoken", str(first)))
        last = min(first + int(asked.get("$top", str(len(found)))), len(found))
        ends = min(begins + self.page, last)
        data: dict[str, Any] = {
            "results": [{name: row.get(name) for name in select} for row in found[begins:ends]]
        }
        if asked.get("$inlinecount") == "allpages":
            data["__count"] = str(len(found))
        if ends < last:
            more = {**asked, "$skiptoken": str(ends)}
            data["__next"] = f"{self.url}{path}?{urlencode(more, quote_via=quote)}"
        return {"d": data}


class _Handler(BaseHTTPRequestHandler):
    """Requests as the server gets them."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    server: "_Server"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's
        """Say nothing."""

    def _answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, said in headers.items():
            self.send_header(name.replace("_", "-"), said)
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: int, said: str, **headers: str) -> None:
        error = {"error": {"code": "SY/530", "message": {"lang": "en", "value": said}}}
        self._answer(status, json.dumps(error).encode(), "application/json", **headers)

    def _is_let_in(self) -> bool:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            return True
        self._refuse(401, "Logon failed")
        return False

    def _fault(self) -> str:
        self.server.fake.asked.append(f"{self.command} {urlsplit(self.path).path}")
        fault = self.server.fake.faults.pop(0) if self.server.fake.faults else "ok"
        if fault in {"busy", "broken"}:
            self._refuse(503 if fault == "busy" else 500, fault)
        return fault

    def do_GET(self) -> None:
        """Rows, page by page."""
        if self._fault() in {"busy", "broken"} or not self._is_let_in():
            return
        parts = urlsplit(self.path)
        token = {"x_csrf_token": _TOKEN} if self._token() == "fetch" else {}
        try:
            made = self.server.fake.rows(parts.path, dict(parse_qsl(parts.query)))
        except (NotOData, ValueError) as error:
            self._refuse(400, f"Invalid query: {error}")
            return
        self._answer(200, json.dumps(made).encode(), "application/json", **token)

    def _token(self) -> str:
        return str(self.headers.get("X-CSRF-Token", "")).casefold()

    def do_POST(self) -> None:
        """A journal entry; the services for reading take none."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self._fault()
        if fault in {"busy", "broken"} or not self._is_let_in():
            return
        path = urlsplit(self.path).path
        if path.startswith(_ROOT):
            self._refuse_to_create()
            return
        if path != POSTING or not self.headers.get("Content-Type", "").startswith("text/xml"):
            self._refuse(404, "No service")
            return
        status, answer = answered(self.server.fake.company, body, self.server.fake.on)
        if fault == "lost":
            self.close_connection = True
            return
        self._answer(status, answer, "text/xml; charset=utf-8")

    def _refuse_to_create(self) -> None:
        """Without a token first of all; with one, because the services are for reading."""
        if self._token() == _TOKEN:
            self._refuse(405, "The entity set is not creatable")
        else:
            required = {"x_csrf_token": "Required"}
            self._refuse(403, "CSRF token validation failed", **required)


class _Server(ThreadingHTTPServer):
    """A server that knows which fake it is of."""

    daemon_threads = True

    def __init__(self, fake: "FakeSap") -> None:
        """Take any free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake
