"""Bank accounts with balances, their statements with ties and gaps, and their lines."""

from django.http import HttpResponse
from django.shortcuts import render

from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day, minor
from tieout.workflows.views.banking import (
    LineFilter,
    bank_account,
    bank_accounts,
    gaps,
    lines,
    statements,
)


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
    }
    return render(request, "web/account.html", shown)


@member_page
def account_lines(request: MemberRequest, account_id: int) -> HttpResponse:
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
    page = lines(
        request.caller,
        account_id=account_id,
        where=where,
        cursor=request.GET.get("cursor") or None,
        limit=100,
    )
    shown = {"account": found, "page": page, "asked": request.GET}
    part = "web/part_lines.html" if request.headers.get("HX-Request") else "web/lines.html"
    return render(request, part, shown)
