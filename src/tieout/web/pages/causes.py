"""Causes of the differences of books, by count and value, period by period; and as a table."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tieout.core.spreadsheets import amount
from tieout.web.access import MemberRequest, member_page
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.views.causes import CauseInPeriod, causes_by_period
from tieout.workflows.views.closing import books_state

HEADER = (
    *("ledger", "period", "called", "cause", "title", "began", "began amount"),
    *("standing", "standing amount", "size", "currency"),
)


@member_page
def books_causes(request: MemberRequest, books_id: int) -> HttpResponseBase:
    """What began in a period and what stood at its end, by cause; as a table of every period."""
    found = causes_by_period(request.caller, books_id=books_id)
    if wants_csv(request):
        return as_csv("causes", HEADER, map(_told, found))
    state = books_state(request.caller, books_id=books_id, now=settings.CLOCK())
    periods = {str(each.period): each.called for each in found}
    asked = request.GET.get("period", "")
    chosen = asked if asked in periods else max(periods, key=int, default="")
    shown = {
        "books": state,
        "found": [each for each in found if str(each.period) == chosen],
        "periods": periods,
        "chosen": chosen,
    }
    return render(request, "web/causes.html", shown)


def _told(each: CauseInPeriod) -> tuple[object, ...]:
    amounts = (each.began_minor, each.standing_minor, each.size_minor)
    began, standing, size = (amount(minor, each.exponent) for minor in amounts)
    place = (each.ledger, each.period, each.called, each.cause, each.title)
    return (*place, each.began_count, began, each.standing_count, standing, size, each.currency)
