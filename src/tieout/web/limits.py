"""What no page takes: more bytes than the largest file has."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tieout.core.errors import InvalidInput
from tieout.web.access import refusal
from tieout.workflows.receive_file import FILE_BYTES_MAX

FORM_BYTES = 1 << 20
"""What a form has besides its files."""
TOO_LARGE = 413


class UploadLimitMiddleware:
    """Refuses a form by the length that it announces, before any of it is read.

    A form without a length is one without files: nothing more is read of it.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_api = request.path.startswith("/api/")  # which refuses in its own words
        if is_api or not length.isdecimal() or int(length) <= FILE_BYTES_MAX + FORM_BYTES:
            return self._answer(request)
        found, most = f"{int(length):,} bytes", f"at most {FILE_BYTES_MAX:,} at once"
        refused = refusal(request, InvalidInput("file.too-large", found, most))
        refused.status_code = TOO_LARGE
        return refused
