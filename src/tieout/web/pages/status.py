"""The status board and the analytics page: how things stand, and how they have gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tieout.core.effectiveness import Days, Part
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day
from tieout.web.attention import alerted
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.look_at_alerts import alerts
from tieout.workflows.views import standing
from tieout.workflows.views.analytics import analytics as figures_of
from tieout.workflows.views.effectiveness import Effectiveness
from tieout.workflows.views.effectiveness import effectiveness as effectiveness_of

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


EFFECTIVENESS_HEADER = (
    *("kind", "run", "of", "at", "complete", "of records", "middle days", "longest days"),
    *("by rule", "of records matched", "standing", "of groups confirmed", "held because"),
)


@member_page
def effectiveness(request: MemberRequest) -> HttpResponseBase:
    """How well each import and match run of some days did."""
    today = settings.CLOCK().date()
    last_on = day(request.GET, "last") or today
    first_on = day(request.GET, "first") or last_on - timedelta(days=DAYS - 1)
    found = effectiveness_of(request.caller, first_on=first_on, last_on=last_on)
    if wants_csv(request):
        return as_csv("effectiveness", EFFECTIVENESS_HEADER, _rows(found))
    shown = {"first_on": first_on, "last_on": last_on, "found": found}
    return render(request, "web/effectiveness.html", shown)


def _rows(found: Effectiveness) -> Iterator[tuple[object, ...]]:
    """Counts, so that a spreadsheet divides them itself."""

    def part(said: Part | None) -> tuple[object, object]:
        return (said.count, said.of) if said else ("", "")

    def days(said: Days | None) -> tuple[object, object]:
        return (said.middle, said.longest) if said else ("", "")

    for each in found.imports:
        place = ("import", each.reading_id, each.name, each.read_at)
        why = "; ".join(f"{count} x {title}" for title, count in each.held)
        yield (*place, *part(each.completeness), *days(each.timeliness), "", "", "", "", why)
    for one in found.matches:
        place = ("match", one.run_id, one.name, one.started_at)
        told = (*part(one.completeness), *days(one.timeliness))
        yield (*place, *told, *part(one.automatic), *part(one.accuracy), "")
