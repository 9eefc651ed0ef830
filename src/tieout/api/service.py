"""All operations in one object, and what becomes of everything that is refused on the way in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

import tieout
from tieout.api.description import Api
from tieout.api.door import refused
from tieout.api.problems import no_operation, problem
from tieout.api.reading import StrictParser
from tieout.api.routes import (
    audit,
    bank_accounts,
    books,
    causes,
    certifying,
    closing,
    comments,
    consistency,
    corrections,
    decisions,
    effectiveness,
    entries,
    files,
    groups,
    history,
    jobs,
    people,
    profiles,
    reconciliations,
    reports,
    sampling,
    settings,
    sign_offs,
    watching,
)
from tieout.core.errors import InvalidInput, TieoutError

_FAULTS_SHOWN = 20


class Token(HttpBearer):
    """For the description; the door has asked for the token already."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ANN401, ARG002  the library's signature
        return getattr(request, "call", None)


def made() -> Api:
    """The object with every route."""
    api = Api(
        title="Tieout",
        version=tieout.__version__,
        description="Ledgers in agreement, every difference explained to the penny.",
        openapi_url=None,
        docs_url=None,
        auth=Token(),
        parser=StrictParser(),
        urls_namespace="api-1",
    )
    for each in (
        files,
        bank_accounts,
        entries,
        reconciliations,
        groups,
        decisions,
        sign_offs,
        books,
        causes,
        closing,
        certifying,
        sampling,
        reports,
        corrections,
        consistency,
        comments,
        jobs,
        watching,
        effectiveness,
        people,
        settings,
        profiles,
        audit,
        history,
    ):
        api.add_router("", each.router)
    handlers: dict[type[Exception], Any] = {
        Exception: refused,
        TieoutError: refused,
        ValidationError: _invalid,
        HttpError: _unread,
        Http404: lambda request, _: no_operation(request),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
    return api


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001  the library's signature
    """Parts that are not as described: all of them, the first in the sentence."""
    faults = [
        {
            "place": ".".join(map(str, each["loc"])),
            "found": str(each["type"]).replace("_", " "),
            "expected": str(each["msg"]).removeprefix("Value error, "),
        }
        for each in error.errors[:_FAULTS_SHOWN]
    ]
    first = faults[0]
    told = InvalidInput("request.invalid", first["found"], first["expected"], first["place"])
    return problem(told, faults=faults)


def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the library could not read, in the words of whoever refused it."""
    cause = error.__cause__
    return refused(request, cause if isinstance(cause, Exception) else error)
