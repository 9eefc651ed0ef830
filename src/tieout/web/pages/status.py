"""The status board and the analytics page: how things stand, and how they have gone."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day
from tieout.web.attention import alerted
from tieout.workflows.look_at_alerts import alerts
from tieout.workflows.views import standing
from tieout.workflows.views.analytics import analytics as figures_of

WIDTH, HEIGHT = 960, 160
"""The drawing, in its own units."""
DAYS = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A day's column of a drawing."""

    x: float
    y: float
    width: float
    height: float
    said: str


@member_page
def board(request: MemberRequest) -> HttpResponse:
    """Each feed and the queue, now; it looks again by itself."""
    now = settings.CLOCK()
    queue = standing.queue(request.caller, now=now)
    shown = {
        "connections": standing.connections(request.caller, now=now),
        "queue": queue,
        "waits_long": queue.waits_long(now),
        "alerts": [(each, alerted(request, each)) for each in alerts(request.caller)],
        "now": now,
    }
    part = "web/part_status.html" if request.headers.get("HX-Request") else "web/status.html"
    return render(request, part, shown)


@member_page
def analytics(request: MemberRequest) -> HttpResponse:
    """Volume, matches, durations, errors and ages for any range of days."""
    today = settings.CLOCK().date()
    last_on = day(request.GET, "last") or today
    first_on = day(request.GET, "first") or last_on - timedelta(days=DAYS - 1)
    found = figures_of(request.caller, first_on=first_on, last_on=last_on)
    volume = [(each.on, each.lines + each.entries) for each in found.days]
    most = max([1, *(count for _, count in volume)])
    width = WIDTH / len(volume)
    shown = {
        "first_on": first_on,
        "last_on": last_on,
        "found": found,
        "busy": [each for each in found.days if each.files or each.decisions],
        "most": most,
        "columns": [
            Column(
                round(place * width, 2),
                round(HEIGHT - HEIGHT * count / most, 2),
                round(max(width - 1, 0.5), 2),
                round(HEIGHT * count / most, 2),
                f"{on:%-d %b %Y}: {count:,} records",
            )
            for place, (on, count) in enumerate(volume)
        ],
    }
    return render(request, "web/analytics.html", shown)
