"""The history of a record: field by field who changed what, when, from what to what, and why."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import (
    LIMIT,
    BankAccountId,
    BooksId,
    CursorText,
    Day,
    Instant,
    Limit,
    Out,
    PageOut,
    Search,
    instant,
)
from tieout.workflows.views.history import HistoryFilter, history

router = Router(tags=["audit"])


class FieldChangeOut(Out):
    """One field from one value to another, in words; records are named as the chain names them."""

    sequence: int
    """The number of the event in the chain."""
    at: Instant
    actor: str
    who: str
    origin: str
    """From where; the door alone for whoever may not see the trail."""
    act: str
    record: str
    """What changed: the record itself, or one that names it."""
    field: str
    before: str
    after: str
    reason: str


def _told(
    request: Request, subject: str, where: HistoryFilter, cursor: str | None, limit: int
) -> PageOut[FieldChangeOut]:
    found = history(request.caller, subject=subject, where=where, cursor=cursor, limit=limit)
    items = [
        FieldChangeOut(
            sequence=each.sequence,
            at=instant(each.at),
            actor=each.actor,
            who=each.who,
            origin=each.origin,
            act=each.act,
            record=each.of,
            field=each.field,
            before=each.from_text,
            after=each.to_text,
            reason=each.reason,
        )
        for each in found.page.rows
    ]
    return PageOut(items=items, next_cursor=found.page.next_cursor)


@router.get("/bank-accounts/{bank_account_id}/history", response=PageOut[FieldChangeOut])
def list_account_history(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    bank_account_id: BankAccountId,
    field: Search = "",
    actor: Search = "",
    first_on: Day | None = None,
    last_on: Day | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[FieldChangeOut]:
    """What changed of a bank account and of what names it, newest first; `limit` counts events."""
    where = HistoryFilter(field, actor, first_on, last_on)
    return _told(request, f"bank_account:{bank_account_id}", where, cursor, limit)


@router.get("/books/{books_id}/history", response=PageOut[FieldChangeOut])
def list_books_history(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    books_id: BooksId,
    field: Search = "",
    actor: Search = "",
    first_on: Day | None = None,
    last_on: Day | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[FieldChangeOut]:
    """What changed of books and of what names them, newest first; `limit` counts events."""
    where = HistoryFilter(field, actor, first_on, last_on)
    return _told(request, f"books:{books_id}", where, cursor, limit)


@router.get("/audit/history", response=PageOut[FieldChangeOut])
def list_history(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    subject: Search,
    field: Search = "",
    actor: Search = "",
    first_on: Day | None = None,
    last_on: Day | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[FieldChangeOut]:
    """What changed of any record, named as the chain does: `member:17`, `ledger_account:4`."""
    where = HistoryFilter(field, actor, first_on, last_on)
    return _told(request, subject, where, cursor, limit)
