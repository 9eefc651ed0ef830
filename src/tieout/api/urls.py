"""The addresses of the door; whatever it does not know is answered in JSON too."""

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path

from tieout.api.description import Schema, described, operations_of
from tieout.api.door import door
from tieout.api.page import page_of
from tieout.api.problems import no_operation
from tieout.api.service import made

_API = made()


@cache
def description() -> Schema:
    """The description, made once."""
    return described(_API)


def openapi(request: HttpRequest) -> HttpResponse:
    """The description as JSON."""
    if request.method not in {"GET", "HEAD"}:
        return no_operation(request, "GET, HEAD")
    return JsonResponse(description())


def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    if request.method not in {"GET", "HEAD"}:
        return no_operation(request, "GET, HEAD")
    return HttpResponse(page_of(description()))


def _patterns() -> list[URLPattern]:
    found = [each for each in _API.urls[0] if isinstance(each, URLPattern)]
    operations = operations_of(description())
    for each in found:
        each.callback = door(each.callback, operations)
    return [each for each in found if each.name != "api-root"]


urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("docs", docs, name="api-docs"),
    *_patterns(),
    re_path("", no_operation),
]
