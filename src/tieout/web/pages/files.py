"""Import: files dropped, kept, read, and told about in plain words."""

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tieout.core.access import Action
from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.jobs import Task
from tieout.core.subjects import SubjectKind
from tieout.web.access import MemberRequest, member_page
from tieout.web.pages.jobs import account_asked, shown_job
from tieout.web.pages.said import said_of
from tieout.web.transfer import attached, source_of
from tieout.workflows.ask_run import ask_run
from tieout.workflows.import_file import Kind, import_file
from tieout.workflows.receive_file import receive_file
from tieout.workflows.try_import import kept_trial, try_import
from tieout.workflows.views.files import (
    problems,
    received_bytes,
    received_file,
    received_files,
)

AT_ONCE_BYTES = 4 << 20
"""A larger file is read by a worker, and the page follows it."""


@member_page
@require_http_methods(["GET", "POST"])
def files(request: MemberRequest) -> HttpResponse:
    """The files received so far, and new ones."""
    if request.method == "POST":
        return _received(request)
    page = received_files(
        request.caller,
        text=request.GET.get("q", ""),
        cursor=request.GET.get("cursor") or None,
        limit=50,
    )
    fresh = {int(each) for each in request.GET.get("fresh", "").split(".") if each.isdecimal()}
    may_import = request.may(Action.IMPORT)
    shown = {
        "page": page,
        "fresh": fresh if may_import else set(),
        "may_receive": request.may(Action.RECEIVE_FILE),
        "may_import": may_import,
    }
    return render(request, "web/files.html", shown)


def _received(request: MemberRequest) -> HttpResponse:
    """Each file is kept by itself: one that is refused does not stop the others."""
    now = settings.CLOCK()
    outcome: list[dict[str, object]] = []
    fresh: list[int] = []
    for upload in request.FILES.getlist("files"):
        try:
            received = receive_file(request.caller, source=source_of(upload), now=now)
        except TieoutError as error:
            outcome.append({"name": upload.name, "error": error})
            continue
        fresh.append(received.file_id)
        outcome.append({"name": upload.name, "is_new": received.is_new})
    if not outcome:
        raise InvalidInput("file.empty", "no file", "at least one")
    if any("error" in each for each in outcome):
        return render(request, "web/files_refused.html", {"outcome": outcome}, status=400)
    place = redirect("files", request.membership.organisation_id)
    if not request.POST.get("later"):
        place["Location"] += f"?fresh={'.'.join(map(str, fresh))}"
    return place


@member_page
def file(request: MemberRequest, file_id: int) -> HttpResponse:
    """One file: what was read in it, sentence by sentence, and what was not."""
    found, told = received_file(request.caller, file_id=file_id)
    listed = problems(
        request.caller, file_id=file_id, cursor=request.GET.get("cursor") or None, limit=100
    )
    may_import = request.may(Action.IMPORT)
    is_open = may_import and found.reading is None
    shown = {
        "file": found,
        "told": told,
        "page": listed,
        "may_import": may_import,
        "tried": kept_trial(request.caller, file_id=file_id) if is_open else None,
        "said": said_of(request, SubjectKind.RECEIVED_FILE, file_id),
    }
    return render(request, "web/file.html", shown)


@member_page
def content(request: MemberRequest, file_id: int) -> StreamingHttpResponse:
    """The bytes as they came, to be kept and never shown: they are somebody else's."""
    name, size, parts = received_bytes(request.caller, file_id=file_id)
    return StreamingHttpResponse(
        parts,
        content_type="application/octet-stream",
        headers={"Content-Length": str(size), "Content-Disposition": attached(name)},
    )


@member_page
@require_POST
def attempt(request: MemberRequest, file_id: int) -> HttpResponse:
    """What reading the file would change, listed; nothing of it is kept."""
    kind, account = _said(request)
    found, _ = received_file(request.caller, file_id=file_id)
    if found.size > AT_ONCE_BYTES and found.reading is None:
        return _asked(request, Task.TRY_IMPORT, file_id)
    try:
        tried = try_import(
            request.caller, file_id=file_id, kind=kind, account=account, now=settings.CLOCK()
        )
    except InvalidInput as error:
        if error.code != "statement.account-missing":
            raise
        return account_asked(request, file_id, trial="trial")
    return render(request, "web/part_file_tried.html", {"tried": tried})


@member_page
@require_POST
def read(request: MemberRequest, file_id: int) -> HttpResponse:
    """Have the file read; the answer is the part of the page that tells what came of it."""
    kind, account = _said(request)
    found, _ = received_file(request.caller, file_id=file_id)
    if found.size > AT_ONCE_BYTES and found.reading is None:
        return _asked(request, Task.IMPORT_FILE, file_id)
    try:
        done = import_file(
            request.caller,
            file_id=file_id,
            kind=kind,
            account=account,
            as_tried=request.POST.get("as_tried", ""),
            now=settings.CLOCK(),
        )
    except InvalidInput as error:
        if error.code != "statement.account-missing":
            raise
        return account_asked(request, file_id)
    return render(request, "web/part_file_read.html", {"done": done, "file_id": file_id})


def _said(request: MemberRequest) -> tuple[Kind | None, str]:
    """What the file is, and its account, as far as the form says them."""
    kind = request.POST.get("kind", "")
    account = request.POST.get("account", "").strip()
    return "books" if kind == "books" else "statements" if kind == "statements" else None, account


def _asked(request: MemberRequest, task: Task, file_id: int) -> HttpResponse:
    """The job of a large file, followed."""
    kind, account = _said(request)
    arguments: dict[str, int | str] = {
        "file_id": file_id,
        "kind": kind or "",
        "account": account,
        "as_tried": request.POST.get("as_tried", ""),
    }
    run_id = ask_run(request.caller, task=task, arguments=arguments, now=settings.CLOCK())
    return shown_job(request, run_id)
