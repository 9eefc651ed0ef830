"""What-ifs and corrections of books: tried on a copy, drafted as a posting file, proved."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.explain.corrections import Into
from tieout.core.explain.whatifs import WhatIf
from tieout.web.access import MemberRequest, member_page, page_for
from tieout.web.asked import chosen
from tieout.web.pages.ledger_reports import job_of
from tieout.workflows.ask_tries import PROVED, ask_proof, ask_tries, kept_preview, proof_words
from tieout.workflows.draft_corrections import draft_corrections, prove_corrections
from tieout.workflows.views.closing import books_state
from tieout.workflows.views.closing_kept import snapshots
from tieout.workflows.views.investigation import Tries, drafts, preview
from tieout.workflows.views.ledger_reports import WAITED_BYTES_MAX

WHAT_IFS = {
    WhatIf.OPEN_PERIODS: "open all periods",
    WhatIf.UPDATE_WAITING: "update what waits",
    WhatIf.REDATE_DEFERRED: "move what is deferred",
    WhatIf.SUSPENSE_JOURNALS: "journal out of suspense",
}
"""Those that need no account, in words."""
INTO = {
    Into.ORIGINAL: "in the period they belong to, reopened if it is closed",
    Into.NEXT_OPEN: "in the first open period",
}
FORMS = ("csv", "iif", "beancount", "json")
SHOWN_MAX = 5
ROWS_MAX = 500


@member_page
def index(request: MemberRequest, books_id: int) -> HttpResponse:
    """What can be tried; once it is asked for, what came of it; and what was drafted so far."""
    books = books_state(request.caller, books_id=books_id, now=settings.CLOCK())
    tries = _tries(request.GET) if request.GET.get("try") else None
    is_large = _is_large(request, books_id)
    see = kept_preview if is_large else preview
    made = see(request.caller, books_id=books_id, tries=tries) if tries else None
    shown = {
        "is_large": is_large,
        "job": job_of(request, books_id) if is_large else None,
        "proofs": drafts(request.caller, books_id=books_id, note=PROVED)[:SHOWN_MAX],
        "books": books,
        "what_ifs": WHAT_IFS.items(),
        "into": INTO.items(),
        "forms": FORMS,
        "asked": request.GET,
        "chosen": request.GET.getlist("what_if"),
        "tries": tries,
        "made": made,
        "corrections": made.corrections[:ROWS_MAX] if made else (),
        "left": max(0, len(made.corrections) - ROWS_MAX) if made else 0,
        "drafts": drafts(request.caller, books_id=books_id),
        "may_draft": request.may(Action.DECIDE),
    }
    return render(request, "web/corrections.html", shown)


@member_page
@require_POST
def ask(request: MemberRequest, books_id: int) -> HttpResponse:
    """What is ticked and named, tried by a worker; the page of the same question shows it."""
    ask_tries(request.caller, books_id=books_id, tries=_tries(request.POST), now=settings.CLOCK())
    asked = request.POST.copy()
    asked.pop("csrfmiddlewaretoken", None)
    place = reverse("corrections", args=[request.membership.organisation_id, books_id])
    return redirect(f"{place}?{asked.urlencode()}")


@page_for(Action.DECIDE)
@require_POST
def draft(request: MemberRequest, books_id: int) -> HttpResponse:
    """The corrections that are ticked, as a posting file; of large books by a worker."""
    tries, form = _tries(request.POST), request.POST.get("form", "csv")
    if _is_large(request, books_id):
        ask_tries(request.caller, books_id=books_id, tries=tries, form=form, now=settings.CLOCK())
        messages.info(request, "A worker drafts the posting file; it will stand below.")
        return redirect("corrections", request.membership.organisation_id, books_id)
    made = draft_corrections(
        request.caller, books_id=books_id, tries=tries, form=form, now=settings.CLOCK()
    )
    said = f"{made.journal_count} journals of {made.case_count} corrections are drafted."
    if made.other_count:
        said += f" {made.other_count} need something else than a journal: JSON says what."
    messages.success(request, said)
    return redirect("corrections", request.membership.organisation_id, books_id)


@page_for(Action.DECIDE)
@require_POST
def prove(request: MemberRequest, books_id: int, file_id: int) -> HttpResponse:
    """Whether the newest snapshot holds what was drafted; of large books a worker says it."""
    if _is_large(request, books_id):
        ask_proof(request.caller, books_id=books_id, file_id=file_id, now=settings.CLOCK())
        messages.info(request, "A worker compares the two; what comes of it will stand below.")
        return redirect("corrections", request.membership.organisation_id, books_id)
    made = prove_corrections(
        request.caller, books_id=books_id, file_id=file_id, now=settings.CLOCK()
    )
    if made.holds:
        say = messages.success if made.is_posted else messages.info
        say(request, proof_words(made))
    else:
        first = "; ".join(made.departures[:SHOWN_MAX])
        count = len(made.departures)
        messages.warning(request, f"{count} departures from what was accepted: {first}")
    return redirect("corrections", request.membership.organisation_id, books_id)


def _is_large(request: MemberRequest, books_id: int) -> bool:
    """Whether the newest snapshot is too large to be read while a page waits."""
    newest = snapshots(request.caller, books_id=books_id, limit=1).rows
    return bool(newest) and newest[0].size > WAITED_BYTES_MAX


def _tries(query: QueryDict) -> Tries:
    """What is ticked and named; an account that is added comes last."""
    what_ifs = [each for each in query.getlist("what_if") if each]
    if account := query.get("account", "").strip():
        what_ifs.append(f"{WhatIf.ADD_CONTROL}={account}")
    names = [part.strip() for said in query.getlist("accept") for part in said.split(",")]
    into = chosen(query, "into", Into) if query.get("into") else Into.ORIGINAL
    return Tries(tuple(what_ifs), tuple(filter(None, names)), into)
