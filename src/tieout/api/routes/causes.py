"""Causes of the differences of books, by count and value, period by period."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import BooksId, Money, Out, PeriodNumber, money
from tieout.core.explain.books import SubLedger
from tieout.workflows.views.causes import causes_by_period

router = Router(tags=["books"])


class CauseOut(Out):
    """A cause in a ledger and period: what began then, and all that stood at its end."""

    ledger: SubLedger
    period: PeriodNumber
    called: str
    cause: str
    """The stable code; empty for what has no cause."""
    title: str
    began_count: int
    began: Money
    standing_count: int
    standing: Money
    """Over all causes of a ledger and period this adds up to the difference."""
    size: Money
    """The sum of the sizes of what stands."""


class CausesOut(Out):
    """By ledger, the latest period first; empty before the first run."""

    items: list[CauseOut]


@router.get("/books/{books_id}/causes", response=CausesOut)
def list_causes(request: Request, books_id: BooksId) -> CausesOut:
    """Causes by count and value per period, as the newest run found them."""
    return CausesOut(
        items=[
            CauseOut(
                ledger=each.ledger,
                period=each.period,
                called=each.called,
                cause=each.cause,
                title=each.title,
                began_count=each.began_count,
                began=money(each.began_minor, each.currency, each.exponent),
                standing_count=each.standing_count,
                standing=money(each.standing_minor, each.currency, each.exponent),
                size=money(each.size_minor, each.currency, each.exponent),
            )
            for each in causes_by_period(request.caller, books_id=books_id)
        ]
    )
