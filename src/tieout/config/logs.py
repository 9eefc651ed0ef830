"""Logs: one JSON line an event, with one id from the door to the database; nothing about people.

Every line says when (`timestamp`), who (`actor`: `member:17`, `token:3`, `person:5`, `system`,
`nobody`), what was done (`event`, of a request its `route`) and what went wrong (`error`: a stable
code, or nothing); docs/reference/log-records.schema.json is what every line keeps to.

A request or a run has an id. It stands in every line that is logged meanwhile, in the answer's
`X-Request-ID`, and as a comment in front of every statement, where the database's own log shows it.
Bodies, amounts, names and addresses are not logged: a line says what was done, not to whom.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

import structlog
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor

from tieout.config.metrics import count_request

_REQUEST: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
"""The one that is being answered."""
OURS, FAULT = "internal.fault", 500
ERRORS = {
    400: "request.malformed",
    403: "access.denied",
    404: "store.not-found",
    405: "request.no-operation",
    429: "request.too-many",
}
"""What an answer without a code of its own says by its status."""


def actor_of(request: HttpRequest | None) -> str:
    """Who acts, as far as it is known by now, by number alone; nothing is asked for to find out."""
    if request is None:
        return "system"
    call, caller = getattr(request, "call", None), getattr(request, "caller", None)
    if call is not None:
        return f"token:{call.token_id}"
    if caller is not None:
        return f"member:{caller.member_id}"
    person = getattr(getattr(request, "_cached_user", None), "pk", None)
    return "nobody" if person is None else f"person:{person}"


def error_of(answer: HttpResponse) -> str:
    """The code of what an answer refuses or failed by; empty where nothing went wrong."""
    status = answer.status_code
    if status < 400:
        return ""
    named: str | None = getattr(answer, "error_code", None)
    return named or ERRORS.get(status, OURS if status >= FAULT else "request.invalid")


def complete(_: object, __: str, line: EventDict) -> EventDict:
    """What every line has; of Django's own lines on answers the words without the address.

    An address may hold the secret of an invitation; the line of the request has its route.
    """
    if line.get("logger") == "django.request":
        line["event"] = str(line["event"]).partition(":")[0]
    line.setdefault("actor", actor_of(_REQUEST.get()))
    failed = line.get("exception") or line.get("level") in {"error", "critical"}
    line.setdefault("error", OURS if failed else "")
    return line


SHARED: list[Processor] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=("task", "state", "error")),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    complete,
]
_QUOTED = re.compile(r"[^0-9a-zA-Z.-]")
QUIET = {"health", "metrics"}
"""Asked every few seconds by programs; they are counted, not logged."""
LOG = structlog.stdlib.get_logger("tieout")


def configure(options: Mapping[str, Any]) -> None:
    """Every logger of the process to standard error; called by Django's set-up."""
    last = (
        structlog.dev.ConsoleRenderer()
        if options.get("is_plain")
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tieout").setLevel(logging.INFO)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    connection_created.connect(_mark_statements, dispatch_uid="tieout.logs")


def _mark_statements(connection: Any, **_: object) -> None:  # noqa: ANN401  Django's own
    if _with_id not in connection.execute_wrappers:
        connection.execute_wrappers.append(_with_id)


def _with_id(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:  # noqa: ANN401  Django's own
    """The id of the request or run in front of the statement."""
    known = get_contextvars()
    name = known.get("request_id") or known.get("run_id")
    if name is not None and isinstance(sql, str):
        sql = f"/* {_QUOTED.sub('', str(name))} */ {sql}"
    return execute(sql, *rest)


@contextmanager
def _answering(request: HttpRequest) -> Iterator[None]:
    token = _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(token)


class RequestMiddleware:
    """An id for every request, one line in the log when it is done, and its time counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the request's id."""
        request_id, began = uuid4().hex, time.perf_counter()
        with bound_contextvars(request_id=request_id), _answering(request):
            answer = self.get_response(request)
            took = time.perf_counter() - began
            found = request.resolver_match
            route = found.route if found else "none"
            count_request(request.method or "", route, answer.status_code, took)
            if route not in QUIET:
                LOG.info(
                    "request",
                    method=request.method,
                    route=route or "/",
                    status=answer.status_code,
                    error=error_of(answer),
                    milliseconds=round(took * 1000),
                )
        answer["X-Request-ID"] = request_id
        return answer
