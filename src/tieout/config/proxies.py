"""Whose request it is when proxies stand in between: found out once, for every door below."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LONGEST = 64


class ProxiesMiddleware:
    """`REMOTE_ADDR` becomes the address that the outermost proxy that can be believed has seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of whatever comes next."""
        count = settings.PROXIES
        passed = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
        if count and len(passed) >= count and passed[-count]:
            request.META["REMOTE_ADDR"] = passed[-count][:LONGEST]
        return self.get_response(request)
