"""How tables of another system become books: the mapping proposed, corrected, set and used."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tieout.core.access import Action
from tieout.formats.books.guessed import Gap
from tieout.web.access import MemberRequest, page_for
from tieout.web.asked import whole
from tieout.web.pages.control_accounts import ask_explanation
from tieout.workflows.set_books import set_books
from tieout.workflows.take_snapshot import take_snapshot
from tieout.workflows.views.guessed_mapping import GuessedMapping, guessed_mapping


@page_for(Action.IMPORT)
@require_http_methods(["GET", "POST"])
def books_mapping(request: MemberRequest, books_id: int) -> HttpResponse:
    """The proposal for received files, or for those of the newest snapshot; or it is used."""
    asked = request.POST if request.method == "POST" else request.GET
    files = [whole(each, "file") for each in asked.getlist("file")]
    said = asked.get("mapping")
    text = None if said is None else said.replace("\r\n", "\n").replace("\x00", "")
    found = guessed_mapping(request.caller, books_id=books_id, files=files, mapping=text)
    text = found.text if text is None else text
    if request.method == "POST" and asked.get("step") == "use":
        _use(request, found, text)
        return redirect("books", request.membership.organisation_id, books_id)
    shown = {
        "found": found,
        "files": files,
        "text": text,
        "shown_gaps": _gaps(found),
        "may_manage": request.may(Action.MANAGE_ACCOUNTS),
    }
    return render(request, "web/books_mapping.html", shown)


def _gaps(found: GuessedMapping) -> list[tuple[list[Gap], str]]:
    """What is ambiguous, then what is missing."""
    gaps = found.guess.gaps
    return [
        ([gap for gap in gaps if gap.is_ambiguous], "Ambiguous: not chosen"),
        ([gap for gap in gaps if not gap.is_ambiguous], "Missing"),
    ]


def _use(request: MemberRequest, found: GuessedMapping, text: str) -> None:
    """The mapping is that of the books from now on, and the files are read by it."""
    now, books_id = settings.CLOCK(), found.books_id
    set_books(request.caller, name=found.books_name, mapping=text, books_id=books_id, now=now)
    taken = take_snapshot(
        request.caller, books_id=books_id, files=found.files, left_out=found.left_out, now=now
    )
    if taken.is_new:
        ask_explanation(request, books_id, snapshot_id=taken.snapshot_id)
