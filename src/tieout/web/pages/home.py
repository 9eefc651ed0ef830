"""Home: what needs attention."""

from django.http import HttpResponse
from django.shortcuts import render

from tieout.web.access import MemberRequest, member_page


@member_page
def home(request: MemberRequest) -> HttpResponse:
    """What needs attention, the most urgent first."""
    return render(request, "web/home.html")
