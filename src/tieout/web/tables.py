"""Lists as CSV, to be opened in a spreadsheet: all rows of what the page shows a part of."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.http import HttpRequest, StreamingHttpResponse

from tieout.core.spreadsheets import cell
from tieout.web.transfer import attached
from tieout.workflows.views.paging import PAGE_MAX, Page

View = TypeVar("View")
MARK = "\ufeff"
"""By this a spreadsheet knows that the text is UTF-8."""


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

    def parts() -> Iterator[str]:
        text = io.StringIO()
        writer = csv.writer(text)
        text.write(MARK)
        writer.writerow(header)
        remaining = iter(rows)
        while some := list(islice(remaining, PAGE_MAX)):  # a part a page, not a part a row
            writer.writerows([cell(each) for each in row] for row in some)
            yield text.getvalue()
            text.seek(0)
            text.truncate()
        yield text.getvalue()

    return StreamingHttpResponse(
        parts(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attached(f"{name}.csv")},
    )
