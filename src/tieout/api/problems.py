"""What a program is told when something is refused: RFC 9457, with the code of our catalogue."""

import json
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse

from tieout.core.errors import (
    CODES,
    AccessDenied,
    Conflict,
    InvalidInput,
    NotFound,
    TieoutError,
    TryAgain,
)

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"
_OF_CLASS: tuple[tuple[type[TieoutError], int], ...] = (
    (InvalidInput, 422),
    (AccessDenied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TryAgain, 429),
)
_OF_CODE = {
    "request.malformed": 400,
    "request.no-token": 401,
    "access.secret-refused": 401,
    "file.too-large": 413,
    "store.busy": 503,
}
FAULT, BUSY = 500, 503
Fault = Mapping[str, str]
"""One field that is wrong: place, found, expected."""


def status_of(error: TieoutError) -> int:
    """By the code where one has a status of its own, else by what the caller can do."""
    if error.code in _OF_CODE:
        return _OF_CODE[error.code]
    return next((status for kind, status in _OF_CLASS if isinstance(error, kind)), FAULT)


def problem(
    error: TieoutError, *, status: int | None = None, faults: Sequence[Fault] = ()
) -> HttpResponse:
    """The answer that says why, and what to do next."""
    number = status or status_of(error)
    told: dict[str, object] = {
        "type": f"{DOCS}#{error.code}",
        "title": CODES[error.code].title,
        "status": number,
        "detail": str(error),
        "code": error.code,
        "found": error.found,
        "expected": error.expected,
        "place": error.where,
        "next_step": error.next_step,
    }
    if faults:
        told["faults"] = list(faults)
    body = json.dumps(told, ensure_ascii=True)
    answer = HttpResponse(body, status=number, content_type=MEDIA_TYPE)
    answer.error_code = error.code  # type: ignore[attr-defined]  # for the log
    if number == BUSY:
        answer["Retry-After"] = "1"
    if number == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="tieout"'
    return answer


def no_operation(request: HttpRequest, allowed: str = "") -> HttpResponse:
    """Nothing at this address, or nothing for this method."""
    found = f"{(request.method or '')[:20]} {request.path[:200]}"
    error = NotFound("request.no-operation", found, allowed or "an operation of the description")
    answer = problem(error, status=405 if allowed else 404)
    if allowed:
        answer["Allow"] = allowed
    return answer
