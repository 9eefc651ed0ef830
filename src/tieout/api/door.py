"""One way in for every operation: who calls, at what pace, what exactly, and answered how often.

The order is fixed: address and method, token, pace, parameters, body, then the operation itself,
under its idempotency key where one is given. Whatever happens, the answer is JSON.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from tieout.api.description import MULTIPART, RAW, Operation, Operations
from tieout.api.problems import FAULT, no_operation, problem
from tieout.api.reading import (
    WrongMediaType,
    check_query,
    malformed,
    source_of_part,
    spooled,
)
from tieout.core.errors import InvalidInput, TieoutError, TryAgain
from tieout.formats.common.source import Source
from tieout.workflows.acting import Caller
from tieout.workflows.answer_once import Answer, answer_once
from tieout.workflows.faults import told
from tieout.workflows.token_calls import Call, Pace, call_of_token

View = Callable[..., HttpResponse]
_LOG = logging.getLogger(__name__)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Request(HttpRequest):
    """A request once it is known who calls."""

    call: Call
    caller: Caller
    at: datetime
    source: Source | None
    """The file that came with it."""


def door(view: View, operations: Operations) -> View:
    """The operation as it answers: with a token, at a pace, once a key, and always in JSON."""

    @wraps(view)
    def answered(request: Any, **named: Any) -> HttpResponse:  # noqa: ANN401  Django's request grows here
        request.source = None
        request.at = settings.CLOCK()
        with ExitStack() as stack:
            try:
                answer = _operated(request, view, named, operations, stack)
            except Exception as error:  # noqa: BLE001  a program is never shown a traceback
                answer = refused(request, error)
        answer["Cache-Control"] = "no-store"
        call: Call | None = getattr(request, "call", None)
        if call is not None:
            _tell_pace(answer, call.pace)
        return answer

    return csrf_exempt(answered)  # no cookie is ever looked at


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to whatever was raised; what nobody foresaw is logged and told as a fault."""
    if isinstance(error, WrongMediaType):
        return problem(error, status=415)
    if isinstance(error, TieoutError):
        return problem(error)
    if isinstance(error, RequestDataTooBig):
        most = f"at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes"
        return problem(malformed("a body that is too large", most), status=413)
    if isinstance(error, MultiPartParserError | SuspiciousOperation | UnreadablePostError):
        return problem(malformed(str(error)[:200] or "half a request", "a whole request"))
    _LOG.error("%s %s", request.method, request.path, exc_info=error)
    said = told(error)
    return problem(said) if isinstance(said, TryAgain) else problem(said, status=FAULT)


def _operated(
    request: Request,
    view: View,
    named: dict[str, Any],
    operations: Operations,
    stack: ExitStack,
) -> HttpResponse:
    match = request.resolver_match
    operation = operations.get((match.route if match else "", request.method or ""))
    if operation is None:
        answer = view(request, **named)
        return no_operation(request, _allowed(answer)) if answer.status_code == 405 else answer
    request.call = _called(request)
    request.caller = request.call.caller
    if request.call.pace.wait:
        pace = request.call.pace
        raise TryAgain("request.too-many", f"more than {pace.limit} calls a minute", "fewer")
    check_query(request.GET, operation.parameters)
    digest = _digest(request, operation, stack)
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return view(request, **named)
    if not _KEY.fullmatch(key):
        raise malformed("a key of another form", "1 to 255 visible letters", "Idempotency-Key")
    return _once(request, key, digest, lambda: view(request, **named))


def _allowed(answer: HttpResponse) -> str:
    return ", ".join(sorted(each.strip() for each in answer.get("Allow", "").split(",")))


def _called(request: HttpRequest) -> Call:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        found = "another scheme" if scheme else "no Authorization header"
        raise InvalidInput("request.no-token", found, "Bearer and a token", "Authorization")
    return call_of_token(
        text, origin=origin(request), limit=settings.API_RATE, now=settings.CLOCK()
    )


def origin(request: HttpRequest) -> str:
    """As an audit event says it: the door and the address the request came from."""
    return f"api {request.META.get('REMOTE_ADDR', '')}"


def _digest(request: Request, operation: Operation, stack: ExitStack) -> bytes:
    """SHA-256 of what is asked for; on the way a file that comes with it is taken in."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    kind = (request.content_type or "").lower()
    if not operation.bodies or not (
        kind or request.META.get("CONTENT_LENGTH") not in {None, "", "0"}
    ):
        return digest.digest()
    if kind not in operation.bodies:
        expected = " or ".join(sorted(operation.bodies))
        found = f"the media type {kind[:80] or 'none'}"
        raise WrongMediaType("request.malformed", found, expected, "Content-Type")
    if kind == MULTIPART:
        request.source = _part(request)
        digest.update(f"{request.source.name}\n{request.source.sha256}".encode())
    elif kind == RAW:
        path: Path = stack.enter_context(spooled(request))
        request.source = Source("", path=path)
        digest.update(request.source.sha256.encode())
    else:
        digest.update(request.body)
    return digest.digest()


def _part(request: Request) -> Source:
    """The one file of a form."""
    files, fields = request.FILES, request.POST
    if list(files) != ["file"] or len(files.getlist("file")) != 1 or fields:
        raise malformed(f"{len(files)} files and {len(fields)} fields", "one file named file")
    return source_of_part(files.getlist("file")[0])


def _once(
    request: Request, key: str, digest: bytes, give: Callable[[], HttpResponse]
) -> HttpResponse:
    def given() -> Answer:
        made = give()
        return Answer(made.status_code, made["Content-Type"], made.content)

    answer = answer_once(request.call, key=key, asked=digest, give=given, now=request.at)
    told = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    if answer.is_kept:
        told["Idempotency-Replayed"] = "true"
    return told


def _tell_pace(answer: HttpResponse, pace: Pace) -> None:
    """By the draft of the IETF, structured fields of RFC 9651."""
    answer["RateLimit-Policy"] = f'"token";q={pace.limit};w=60'
    answer["RateLimit"] = f'"token";r={pace.left};t={pace.whole_in}'
    if pace.wait:
        answer["Retry-After"] = str(pace.wait)
