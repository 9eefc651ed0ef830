"""What people say of a record, and the files that prove it: shown on the page of the record."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tieout.core.access import Action
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.web.access import MemberRequest, page_for
from tieout.web.transfer import source_of
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.comment import comment, resolve_comment
from tieout.workflows.views import trail

PAGES = {
    SubjectKind.MATCH_GROUP: "group",
    SubjectKind.RECONCILIATION: "reconciliation",
    SubjectKind.RECEIVED_FILE: "file",
    SubjectKind.BOOKS: "books",
    SubjectKind.CASE: "case",
}
"""The kinds of record that have a page, and which it is."""


@dataclass(frozen=True, slots=True)
class Said:
    """What stands under a record."""

    subject: Subject
    comments: tuple[trail.CommentView, ...]
    evidence: tuple[trail.EvidenceView, ...]
    may_add: bool


def said_of(request: MemberRequest, kind: SubjectKind, record_id: int) -> Said:
    """All of it, for the page of the record."""
    subject = Subject(kind, record_id)
    return Said(
        subject,
        trail.comments(request.caller, subject=subject),
        trail.evidence(request.caller, subject=subject),
        request.may(Action.COMMENT),
    )


def page_of(request: MemberRequest, subject: Subject) -> str:
    """The address of the record's page; home, when it has none of its own."""
    ids = [request.membership.organisation_id, subject.record_id]
    name = PAGES.get(subject.kind)
    return reverse(name, args=ids) if name else reverse("home", args=ids[:1])


def place_of(request: MemberRequest, subject: Subject) -> str:
    """The address of what stands under the record."""
    return f"{page_of(request, subject)}#said"


@page_for(Action.COMMENT)
@require_POST
def add_comment(request: MemberRequest, kind: str, record_id: int) -> HttpResponse:
    """Something said; members named with `@` are told."""
    subject = _subject(kind, record_id)
    place = place_of(request, subject)
    text = request.POST.get("text", "")
    comment(request.caller, subject=subject, text=text, now=settings.CLOCK())
    return redirect(place)


@page_for(Action.COMMENT)
@require_POST
def resolve(request: MemberRequest, comment_id: int) -> HttpResponse:
    """A comment settled."""
    subject = resolve_comment(request.caller, comment_id=comment_id, now=settings.CLOCK())
    messages.info(request, "The comment is settled; it stays where it is.")
    return redirect(place_of(request, subject))


@page_for(Action.COMMENT)
@require_POST
def add_evidence(request: MemberRequest, kind: str, record_id: int) -> HttpResponse:
    """A file attached; one of the same name takes the place of the one before."""
    subject = _subject(kind, record_id)
    place = place_of(request, subject)
    upload = request.FILES.get("evidence")
    source = source_of(upload) if upload else Source("no file", data=b"")
    made = attach_evidence(
        request.caller,
        subject=subject,
        source=source,
        note=request.POST.get("note", ""),
        now=settings.CLOCK(),
    )
    taken = " in the place of the version before" if made.supersedes else ""
    messages.success(request, f"{source.name} is attached{taken}.")
    return redirect(place)


def _subject(kind: str, record_id: int) -> Subject:
    if kind not in set(SubjectKind):
        raise Http404
    return Subject(SubjectKind(kind), record_id)
