"""The guided procedure: from the frozen copy to what is left, step by step."""

from django.http import HttpResponse
from django.shortcuts import render

from tieout.web.access import MemberRequest, member_page
from tieout.workflows.views.closing_guide import guide


@member_page
def books_guide(request: MemberRequest, books_id: int) -> HttpResponse:
    """All steps with what each finds in these books, those to look at marked."""
    return render(
        request, "web/books_guide.html", {"found": guide(request.caller, books_id=books_id)}
    )
