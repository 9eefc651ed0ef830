"""Logs: one JSON line an event, with one id from the door to the database; nothing about people.

A request or a run has an id. It stands in every line that is logged meanwhile, in the answer's
`X-Request-ID`, and as a comment in front of every statement, where the database's own log shows it.
Bodies, amounts, names and addresses are not logged: a line says what was done, not to whom.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import structlog
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import Processor

from tieout.config.metrics import count_request

SHARED: list[Processor] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
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


class RequestMiddleware:
    """An id for every request, one line in the log when it is done, and its time counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the request's id."""
        request_id, began = uuid4().hex, time.perf_counter()
        with bound_contextvars(request_id=request_id):
            answer = self.get_response(request)
            took = time.perf_counter() - began
            found = request.resolver_match
            route = found.route if found else "none"
            count_request(request.method or "", route, answer.status_code, took)
            if route not in QUIET:
                LOG.info(
                    "request",
                    method=request.method,
                    route=route,
                    status=answer.status_code,
                    milliseconds=round(took * 1000),
                )
        answer["X-Request-ID"] = request_id
        return answer
