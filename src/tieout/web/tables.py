"""Lists as CSV, to be opened in a spreadsheet: all rows of what the page shows a part of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.http import HttpRequest, StreamingHttpResponse

from tieout.core.spreadsheets import csv_parts
from tieout.web.transfer import attached
from tieout.workflows.views.paging import PAGE_MAX, Page

View = TypeVar("View")


def wants_csv(request: HttpRequest) -> bool:
    """Whether the page is asked for as a table to keep."""
    return request.GET.get("format") == "csv"


def rows_of(ask: Callable[[str | None, int], Page[View]]) -> Iterator[View]:
    """All rows, asked for a page at a time; `ask` takes a cursor and how many rows."""
    page = ask(None, PAGE_MAX)
    yield from page.rows
    while page.next_cursor:
        page = ask(page.next_cursor, PAGE_MAX)
        yield from page.rows


def as_csv(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A table to keep, sent while it is asked for; no text in it is a formula."""
    return StreamingHttpResponse(
        csv_parts(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attached(f"{name}.csv")},
    )
