"""A job as the page that asked for it follows it, until it has ended."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from tieout.core.jobs import RunState, Task
from tieout.core.subjects import Subject
from tieout.web.access import MemberRequest, member_page
from tieout.web.pages.said import page_of
from tieout.workflows.look_at_runs import run_of
from tieout.workflows.views.banking import bank_accounts


@member_page
def job(request: MemberRequest, run_id: int) -> HttpResponse:
    """How far it is, or how it ended."""
    return shown_job(request, run_id)


def shown_job(request: MemberRequest, run_id: int) -> HttpResponse:
    """The part of a page that asks for itself again while the job goes on."""
    found = run_of(request.caller, run_id=run_id, now=settings.CLOCK())
    subject = Subject.of(found.subject) if found.subject else None
    if subject and found.error_code == "statement.account-missing":
        trial = "trial" if found.task == Task.TRY_IMPORT else ""
        return account_asked(request, subject.record_id, trial)
    place = page_of(request, subject) if subject and found.state is RunState.SUCCEEDED else ""
    return render(request, "web/part_job.html", {"job": found, "place": place})


def account_asked(request: MemberRequest, file_id: int, trial: str = "") -> HttpResponse:
    """A form, for a file that does not say which account it is of; `trial`: to try it alone."""
    shown = {"file_id": file_id, "accounts": bank_accounts(request.caller), "trial": trial}
    return render(request, "web/part_file_account.html", shown)
