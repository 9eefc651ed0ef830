"""What runs and ran: jobs as they go on, with counts and errors, and the matches of each pair."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import number
from tieout.workflows.ask_run import cancel_run, retry_run
from tieout.workflows.look_at_runs import runs as job_runs
from tieout.workflows.views.runs import reconciliations, runs

PAGE = 50


@member_page
def index(request: MemberRequest) -> HttpResponse:
    """Jobs, newest first, followed while they run; and what was matched when."""
    before = number(request.GET, "before")
    jobs = job_runs(request.caller, before=before, limit=PAGE, now=settings.CLOCK())
    shown: dict[str, object] = {
        "jobs": jobs,
        "before": jobs[-1].run_id if len(jobs) == PAGE else None,
        "may_steer": request.may(Action.MATCH),
        "is_going_on": any(not each.has_ended for each in jobs),
    }
    if request.headers.get("HX-Request"):
        return render(request, "web/part_jobs.html", shown)
    shown["found"] = [
        {
            "reconciliation": each,
            "runs": runs(request.caller, reconciliation_id=each.reconciliation_id, limit=20).rows,
        }
        for each in reconciliations(request.caller)
    ]
    return render(request, "web/runs.html", shown)


@member_page
@require_POST
def retry(request: MemberRequest, run_id: int) -> HttpResponse:
    """Once more, with all its attempts."""
    retry_run(request.caller, run_id=run_id, now=settings.CLOCK())
    messages.info(request, "It waits for a worker again.")
    return redirect("runs", request.membership.organisation_id)


@member_page
@require_POST
def cancel(request: MemberRequest, run_id: int) -> HttpResponse:
    """Stopped: at once while it waits, else at its next step."""
    cancel_run(request.caller, run_id=run_id, now=settings.CLOCK())
    messages.info(request, "It is being stopped; nothing of it is kept.")
    return redirect("runs", request.membership.organisation_id)
