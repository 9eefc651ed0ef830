"""The history of an account, or of any record: who changed what, when, from what to what."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from tieout.core.history import HOLDERS
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day
from tieout.web.tables import as_csv, wants_csv
from tieout.web.templatetags.tieout import PAGES_OF
from tieout.workflows.views.history import HistoryFilter, HistoryRow, history
from tieout.workflows.views.paging import Page, rows_of

EVENTS = 50


@member_page
def one(request: MemberRequest, holder: str, record_id: int) -> HttpResponseBase:
    """What changed of the record, the newest first; all of it as CSV."""
    subject = f"{holder}:{record_id}"
    where = HistoryFilter(
        field=request.GET.get("field", "").replace("\x00", "").strip(),
        actor=request.GET.get("actor", "").replace("\x00", "").strip(),
        first_on=day(request.GET, "from"),
        last_on=day(request.GET, "to"),
    )

    def ask(cursor: str | None, limit: int) -> Page[HistoryRow]:
        found = history(request.caller, subject=subject, where=where, cursor=cursor, limit=limit)
        return found.page

    cursor = request.GET.get("cursor") or None
    found = history(request.caller, subject=subject, where=where, cursor=cursor, limit=EVENTS)
    if wants_csv(request):
        return _as_csv(found.called, rows_of(ask))
    page = PAGES_OF.get(holder)
    shown = {
        "found": found,
        "page": found.page,
        "fields": {each.field: each.called for each in found.page.rows},
        "actors": found.actors,
        "asked": request.GET,
        "asks_trail": holder not in HOLDERS,
        "back": reverse(page, args=[request.membership.organisation_id, record_id]) if page else "",
    }
    return render(request, "web/history.html", shown)


def _as_csv(called: str, rows: Iterable[HistoryRow]) -> StreamingHttpResponse:
    header = (
        "event", "when (UTC)", "who", "from where", "act", "record", "field", "from", "to", "why",
    )  # fmt: skip
    told = (
        (
            each.sequence,
            each.at.replace(tzinfo=None).isoformat(" ", "seconds"),
            each.who,
            each.origin,
            each.act,
            each.of,
            each.called,
            each.from_text,
            each.to_text,
            each.reason,
        )
        for each in rows
    )
    return as_csv(f"history {called}", header, told)
