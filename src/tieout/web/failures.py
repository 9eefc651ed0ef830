"""Pages for what no page answered: an unknown address, a form too old, a database away, a fault.

Nothing here asks the database: it may be what is missing. What nobody foresaw is logged by Django
with its trace; the page names the id under which the log has it.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

from tieout.core.errors import CODES, Conflict, InvalidInput, NotFound, TieoutError, TryAgain
from tieout.workflows.faults import told

SECONDS_TO_WAIT = 5
"""After which it is worth asking again: a database starts within that."""


def fault(request: HttpRequest) -> HttpResponse:
    """What a page raised: 503 with the time to wait while the database is away, else 500."""
    error = told(sys.exc_info()[1])
    if not isinstance(error, TryAgain):
        return _page(request, error, 500, name=get_contextvars().get("request_id", ""))
    answer = _page(request, error, 503)
    answer["Retry-After"] = str(SECONDS_TO_WAIT)
    return answer


def unknown_address(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  named by Django
    """404: also what belongs to another organisation."""
    return _page(request, NotFound("page.unknown"), 404)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  named by Django
    """400: what a browser does not send by itself."""
    return _page(request, InvalidInput("page.request-unreadable"), 400)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  named by Django
    """403: the form does not prove that it is from a page of this person's."""
    return _page(request, Conflict("page.form-refused"), 403)


def _page(request: HttpRequest, error: TieoutError, status: int, name: str = "") -> HttpResponse:
    """The page, or for a part of a page the sentence alone; without the signed-in person's menu."""
    part = "web/part_refused.html" if request.headers.get("HX-Request") else "web/failed.html"
    shown = {"error": error, "title": CODES[error.code].title, "log_id": name}
    answer = HttpResponse(render_to_string(part, shown), status=status)
    answer.error_code = error.code  # type: ignore[attr-defined]  # for the log
    return answer
