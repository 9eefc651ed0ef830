"""What people did and said: decisions, audit events, members, comments, evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action, Role
from tieout.core.audit import parsed
from tieout.core.history import Change, changes
from tieout.core.kept import RECORDS, in_words
from tieout.core.subjects import Subject
from tieout.store.audit.models import Event
from tieout.store.reconciliation.models import (
    Comment,
    CommentResolution,
    Decision,
    Evidence,
    Mention,
)
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, looking
from tieout.workflows.comment import about, access_subject, subject_of
from tieout.workflows.views.paging import Page, paged


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What a person said of records."""

    decision_id: int
    reconciliation_id: int
    verdict: str
    group_id: int | None
    undoes: int | None
    undone_by: int | None
    member_id: int
    member: str
    decided_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class EventView:
    """An audit event, read from its bytes."""

    sequence: int
    at: datetime
    actor: str
    origin: str
    verb: str
    subject: str
    reason: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    """What the verb says itself."""
    records: Mapping[str, Sequence[Change]]
    """Field by field, what it changed of each record that it concerns."""
    hash: str


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member."""

    member_id: int
    email: str
    name: str
    role: Role
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment, and whether it is settled."""

    comment_id: int
    subject: Subject
    text: str
    member_id: int
    member: str
    written_at: datetime
    mentions: tuple[int, ...]
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A file attached to a subject; `superseded_by` is the version after it."""

    evidence_id: int
    subject: Subject
    file_id: int
    name: str
    sha256: str
    size: int
    note: str
    member: str
    attached_at: datetime
    supersedes: int | None
    superseded_by: int | None


def decisions(  # noqa: PLR0913  filters by name
    caller: Caller,
    *,
    reconciliation_id: int | None = None,
    verdict: str = "",
    member_id: int | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[DecisionView]:
    """Decisions, newest first."""
    with looking(caller, Action.VIEW):
        query = Decision.objects.select_related("decided_by")
        if reconciliation_id is not None:
            query = query.filter(reconciliation_id=reconciliation_id)
        if verdict:
            query = query.filter(verdict=verdict)
        if member_id is not None:
            query = query.filter(decided_by_id=member_id)
        page = paged(query, ("id",), lambda each: each, cursor=cursor, limit=limit)
        ids = [each.pk for each in page.rows]
        undone = dict(Decision.objects.filter(undoes_id__in=ids).values_list("undoes_id", "id"))
        return Page(
            tuple(_decision(each, undone.get(each.pk)) for each in page.rows), page.next_cursor
        )


def _decision(each: Decision, undone_by: int | None) -> DecisionView:
    return DecisionView(
        each.pk,
        each.reconciliation_id,
        each.verdict,
        each.group_id,
        each.undoes_id,
        undone_by,
        each.decided_by_id,
        each.decided_by.name or each.decided_by.email,
        each.decided_at,
        each.reason,
    )


def audit_events(  # noqa: PLR0913  filters by name
    caller: Caller,
    *,
    actor: str = "",
    verb: str = "",
    subject: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[EventView]:
    """Events of the chain, newest first."""
    with looking(caller, Action.VIEW_AUDIT):
        asked = {"actor": actor, "verb": verb, "subject": subject}
        query = Event.objects.filter(**{name: said for name, said in asked.items() if said})
        return paged(query, ("sequence",), _event, cursor=cursor, limit=limit)


def _event(each: Event) -> EventView:
    said = parsed(bytes(each.body))
    before, after = said["before"], said["after"]
    assert isinstance(before, Mapping)
    assert isinstance(after, Mapping)
    return EventView(
        each.sequence,
        each.at,
        each.actor,
        str(said["origin"]),
        each.verb,
        each.subject,
        str(said["reason"]),
        in_words(before),
        in_words(after),
        changes(said) if RECORDS in after or RECORDS in before else {},
        bytes(each.hash).hex(),
    )


def members(caller: Caller, *, with_former: bool = False) -> tuple[MemberView, ...]:
    """The members, in the order in which they joined."""
    with looking(caller, Action.VIEW, Action.MANAGE_MEMBERS):
        found = Member.objects.order_by("id")
        if not with_former:
            found = found.filter(left_at__isnull=True)
        return tuple(
            MemberView(
                each.pk, each.email, each.name, Role(each.role), each.joined_at, each.left_at
            )
            for each in found
        )


def comments(caller: Caller, *, subject: Subject) -> tuple[CommentView, ...]:
    """What was said of a subject, oldest first."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        access_subject(actor, subject)
        found = Comment.objects.filter(**about(subject)).select_related("written_by")
        return _comments(list(found.order_by("id")))


def mentions(caller: Caller, *, cursor: str | None = None, limit: int = 100) -> Page[CommentView]:
    """Comments that name the caller, newest first."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN):
        query = Mention.objects.filter(member_id=caller.member_id)
        page = paged(
            query.select_related("comment__written_by"),
            ("id",),
            lambda each: each.comment,
            cursor=cursor,
            limit=limit,
        )
        return Page(_comments(page.rows), page.next_cursor)


def _comments(found: Sequence[Comment]) -> tuple[CommentView, ...]:
    ids = [each.pk for each in found]
    named: dict[int, list[int]] = {}
    for each in Mention.objects.filter(comment_id__in=ids).order_by("member_id"):
        named.setdefault(each.comment_id, []).append(each.member_id)
    settled = dict(
        CommentResolution.objects.filter(comment_id__in=ids).values_list(
            "comment_id", "resolved_at"
        )
    )
    return tuple(
        CommentView(
            each.pk,
            subject_of(each),
            each.text,
            each.written_by_id,
            each.written_by.name or each.written_by.email,
            each.written_at,
            tuple(named.get(each.pk, ())),
            settled.get(each.pk),
        )
        for each in found
    )


def evidence(caller: Caller, *, subject: Subject) -> tuple[EvidenceView, ...]:
    """What is attached to a subject, all versions, newest first."""
    with looking(caller, Action.VIEW, Action.VIEW_OWN) as actor:
        access_subject(actor, subject)
        found = list(
            Evidence.objects.filter(**about(subject))
            .select_related("file", "attached_by")
            .order_by("-id")
        )
        after = {each.supersedes_id: each.pk for each in found if each.supersedes_id}
        return tuple(
            EvidenceView(
                each.pk,
                subject,
                each.file_id,
                each.file.name,
                bytes(each.file.sha256).hex(),
                each.file.size,
                each.note,
                each.attached_by.name or each.attached_by.email,
                each.attached_at,
                each.supersedes_id,
                after.get(each.pk),
            )
            for each in found
        )
