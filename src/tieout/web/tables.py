"""Lists as CSV, to be opened in a spreadsheet: all rows of what the page shows a part of."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, StreamingHttpResponse

from tieout.core.spreadsheets import csv_parts
from tieout.web.transfer import attached


def wants_csv(request: HttpRequest) -> bool:
    """Whether the page is asked for as a table to keep."""
    return request.GET.get("format") == "csv"


def as_csv(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A table to keep, sent while it is asked for; no text in it is a formula."""
    return StreamingHttpResponse(
        csv_parts(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attached(f"{name}.csv")},
    )
