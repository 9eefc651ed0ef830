"""Bank accounts with balances, their statements with ties and gaps, and their lines."""

from collections.abc import Iterable
from datetime import UTC

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tieout.core.spreadsheets import amount
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day, minor
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.views.banking import (
    AccountView,
    LineFilter,
    LineView,
    bank_account,
    bank_accounts,
    gaps,
    lines,
    statements,
)
from tieout.workflows.views.deltas import account_deltas
from tieout.workflows.views.paging import Page, rows_of


@member_page
def accounts(request: MemberRequest) -> HttpResponse:
    """All accounts, with where they stand."""
    return render(request, "web/accounts.html", {"found": bank_accounts(request.caller)})


@member_page
def account(request: MemberRequest, account_id: int) -> HttpResponse:
    """One account: its statements, whether they tie, and what is missing between them."""
    shown = {
        "account": bank_account(request.caller, account_id=account_id),
        "page": statements(
            request.caller,
            account_id=account_id,
            cursor=request.GET.get("cursor") or None,
            limit=50,
        ),
        "gaps": gaps(request.caller, account_id=account_id),
        "deltas": account_deltas(request.caller, account_id=account_id, zone=UTC),
    }
    return render(request, "web/account.html", shown)


@member_page
def account_lines(request: MemberRequest, account_id: int) -> HttpResponseBase:
    """The account's lines: searched, filtered, a page at a time however many there are."""
    found = bank_account(request.caller, account_id=account_id)
    where = LineFilter(
        text=request.GET.get("q", "").replace("\x00", ""),
        least_minor=minor(request.GET, "least", found.exponent),
        most_minor=minor(request.GET, "most", found.exponent),
        first_on=day(request.GET, "from"),
        last_on=day(request.GET, "to"),
        with_repeated=bool(request.GET.get("repeated")),
    )

    def ask(cursor: str | None, limit: int) -> Page[LineView]:
        return lines(request.caller, account_id=account_id, where=where, cursor=cursor, limit=limit)

    if wants_csv(request):
        return _lines_as_csv(found, rows_of(ask))
    page = ask(request.GET.get("cursor") or None, 100)
    shown = {"account": found, "page": page, "asked": request.GET}
    part = "web/part_lines.html" if request.headers.get("HX-Request") else "web/lines.html"
    return render(request, part, shown)


def _lines_as_csv(account: AccountView, rows: Iterable[LineView]) -> StreamingHttpResponse:
    header = "day", "value day", "with whom", "text", "references", "state", "amount", "currency"
    told = (
        (
            each.booked_on,
            each.value_on,
            each.counterparty,
            each.narrative,
            " ".join(each.references),
            each.status,
            amount(each.signed_minor, account.exponent),
            account.currency,
        )
        for each in rows
    )
    return as_csv(f"lines {account.name or account.number}", header, told)
