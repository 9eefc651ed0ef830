"""What runs and ran: jobs as they go on, with counts and errors, and the matches of each pair."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.jobs import RunState, Task
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import chosen, number
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.ask_run import cancel_run, retry_run
from tieout.workflows.look_at_runs import RunFilter, RunShown, recurring
from tieout.workflows.look_at_runs import runs as job_runs
from tieout.workflows.views.paging import Page, before_of, cursor_after, rows_of
from tieout.workflows.views.runs import reconciliations, runs

PAGE = 50
JOB_HEADER = (
    *("run", "work", "record", "state", "asked by", "asked for", "started", "finished"),
    *("in", "out", "held", "error code", "error", "next step"),
)


@member_page
def index(request: MemberRequest) -> HttpResponseBase:
    """Jobs, newest first, followed while they run; and what was matched when."""
    now = settings.CLOCK()
    where = _where(request)

    def ask(cursor: str | None, limit: int) -> Page[RunShown]:
        before = before_of(cursor)
        found = job_runs(request.caller, where=where, before=before, limit=limit, now=now)
        return Page(tuple(found), cursor_after([each.run_id for each in found], limit))

    if wants_csv(request):
        return as_csv("jobs", JOB_HEADER, map(_told, rows_of(ask)))
    before = number(request.GET, "before")
    jobs = job_runs(request.caller, where=where, before=before, limit=PAGE, now=now)
    shown: dict[str, object] = {
        "jobs": jobs,
        "asked": request.GET,
        "before": jobs[-1].run_id if len(jobs) == PAGE else None,
        "may_steer": request.may(Action.MATCH),
        "is_going_on": any(not each.has_ended for each in jobs),
    }
    if request.headers.get("HX-Request"):
        return render(request, "web/part_jobs.html", shown)
    shown |= {
        "tasks": list(Task),
        "states": list(RunState),
        "failures": recurring(request.caller, now=now),
    }
    shown["found"] = [
        {
            "reconciliation": each,
            "runs": runs(request.caller, reconciliation_id=each.reconciliation_id, limit=20).rows,
        }
        for each in reconciliations(request.caller)
    ]
    return render(request, "web/runs.html", shown)


def _where(request: MemberRequest) -> RunFilter:
    query = request.GET
    return RunFilter(
        state=chosen(query, "state", RunState) if query.get("state") else None,
        task=chosen(query, "task", Task) if query.get("task") else None,
        code=query.get("code", "").strip(),
        subject=query.get("subject", "").strip(),
    )


def _told(each: RunShown) -> tuple[object, ...]:
    return (
        *(each.run_id, each.task, each.subject, each.state, each.asked_by),
        *(each.asked_at, each.started_at, each.finished_at),
        *(each.count_in, each.count_out, each.count_held),
        *(each.error_code, each.error, each.next_step),
    )


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
