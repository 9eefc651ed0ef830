"""Pages by keyset: a cursor names the last row shown, and the next page begins behind it.

A page a million rows deep so costs what the first one does, and rows that come in between
neither repeat nor hide others.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models

from tieout.core.errors import InvalidInput

PAGE_MAX = 1000
FURTHER = 10
"""Who asks for more of a search waits for more of it."""
Row = TypeVar("Row", bound=models.Model)
View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Page(Generic[View]):
    """Some rows, and from where to go on."""

    rows: tuple[View, ...]
    next_cursor: str | None
    """Hand it back for the next page; None at the end."""
    is_partial: bool = False
    """Whether the search stopped before the page was full: more may stand behind the cursor."""


def rows_of(ask: Callable[[str | None, int], Page[View]]) -> Iterator[View]:
    """All rows, asked for a page at a time; `ask` takes a cursor and how many rows."""
    page = ask(None, PAGE_MAX)
    yield from page.rows
    while page.next_cursor:
        page = ask(page.next_cursor, PAGE_MAX)
        yield from page.rows


class _Beyond(models.Func):
    """Rows after a place in an order of several columns, compared as PostgreSQL compares rows."""

    output_field: Any = models.BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **named: Any) -> Any:  # noqa: ANN401, ARG002  Django's own
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in some) for some in (parts[:half], parts[half:]))
        values = [value for _, several in parts for value in several]
        return f"({left}) {self.extra['than']} ({right})", values


def paged(  # noqa: PLR0913  a query, its order and its page
    query: models.QuerySet[Row],
    order: Sequence[str],
    view: Callable[[Row], View],
    *,
    cursor: str | None,
    limit: int,
    is_descending: bool = True,
) -> Page[View]:
    """One page in the order of the columns, the last of them the id, all in one direction."""
    ordered = _from(query, order, cursor, limit, is_descending=is_descending)
    return _page(list(ordered[: limit + 1]), order, view, limit)


def paged_within(
    query: models.QuerySet[Row],
    place: Mapping[str, int | str],
    view: Callable[[Row], View],
    *,
    cursor: str | None,
    limit: int,
) -> Page[View]:
    """One page of the rows that have these values, in rising order of ids.

    The values are the first columns of an index that ends with the id, and rows are compared with
    them as a whole: told that a column equals a value, PostgreSQL thinks the ids of all rows an
    order as good, and reads a million of them for the three that are wanted.
    """
    checked_limit(limit)
    order, values = (*place, "id"), tuple(place.values())
    after = int(values_of(cursor, 1)[0]) if cursor is not None else 0
    found = query.filter(
        _beyond(query, order, (*values, after), ">"),
        _beyond(query, order, (*values, 2**63 - 1), "<="),
    ).order_by(*order)
    return _page(list(found[: limit + 1]), ("id",), view, limit)


def searched(  # noqa: PLR0913  as above, and what is searched for
    query: models.QuerySet[Row],
    order: Sequence[str],
    view: Callable[[Row], View],
    *,
    wanted: Callable[[models.QuerySet[Row]], models.QuerySet[Row]],
    within: int,
    cursor: str | None,
    limit: int,
) -> Page[View]:
    """As `paged` in falling order, of the rows that `wanted` leaves, where no index leads to them.

    It looks through `within` rows and then answers with what it has found, so that a page costs
    the same however many rows there are; behind a cursor through `FURTHER` times as many.
    """
    ordered = _from(query, order, cursor, limit, is_descending=True)
    end = within * (FURTHER if cursor is not None else 1)
    last = ordered.values_list(*order)[end - 1 : end].first()
    if last is not None:
        ordered = ordered.filter(_beyond(query, order, last, ">="))
    page = _page(list(wanted(ordered)[: limit + 1]), order, view, limit)
    if page.next_cursor or last is None:
        return page
    return Page(page.rows, cursor_of(*last), is_partial=len(page.rows) < limit)


def _from(
    query: models.QuerySet[Row],
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    *,
    is_descending: bool,
) -> models.QuerySet[Row]:
    """The rows behind the cursor, in order."""
    checked_limit(limit)
    ordered = query.order_by(*(f"-{each}" if is_descending else each for each in order))
    if cursor is None:
        return ordered
    place = values_of(cursor, len(order))
    return ordered.filter(_beyond(query, order, place, "<" if is_descending else ">"))


def _beyond(
    query: models.QuerySet[Row], order: Sequence[str], place: Sequence[Any], than: str
) -> _Beyond:
    columns = query.model._meta  # noqa: SLF001  Django's public name
    fields: list[Any] = [columns.get_field(each) for each in order]
    shown = [
        models.Value(field.to_python(each), output_field=field)
        for field, each in zip(fields, place, strict=True)
    ]
    return _Beyond(*map(models.F, order), *shown, than=than)


def _page(
    rows: list[Row], order: Sequence[str], view: Callable[[Row], View], limit: int
) -> Page[View]:
    """Of up to one row more than the page holds."""
    more = len(rows) > limit
    rows = rows[:limit]
    last = cursor_of(*(getattr(rows[-1], each) for each in order)) if more else None
    return Page(tuple(map(view, rows)), last)


def checked_limit(limit: int) -> None:
    """Refuse a page that nobody could read."""
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidInput("page.invalid", f"a page of {limit} rows", f"1 to {PAGE_MAX}")


def cursor_of(*values: date | int | str | None) -> str:
    """A place as text that a door hands on unread."""
    said = json.dumps([str(each) if isinstance(each, date) else each for each in values])
    return base64.urlsafe_b64encode(said.encode()).decode("ascii").rstrip("=")


def values_of(cursor: str, count: int) -> list[Any]:
    """What `cursor_of` was given; `InvalidInput` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, UnicodeEncodeError) as error:
        raise InvalidInput("page.invalid", f"the cursor {cursor!r}", "one of ours") from error
    if not isinstance(values, list) or len(values) != count or not _are_places(values):
        raise InvalidInput("page.invalid", f"the cursor {cursor!r}", "one of this list")
    return values


def before_of(cursor: str | None) -> int | None:
    """The id before which a page begins, of a list in falling order of ids."""
    return int(values_of(cursor, 1)[0]) if cursor else None


def cursor_after(ids: Sequence[int], limit: int) -> str | None:
    """Where such a list goes on behind a page of these ids; None where the page is not full."""
    return cursor_of(ids[-1]) if len(ids) == limit else None


def _are_places(values: list[Any]) -> bool:
    """Whether the last value is an id, and those before it are a day, a number or nothing."""
    for value in values[:-1]:
        if isinstance(value, str):
            try:
                date.fromisoformat(value)
            except ValueError:
                return False
        elif not (value is None or type(value) is int):
            return False
    return type(values[-1]) is int and abs(values[-1]) < 2**63
