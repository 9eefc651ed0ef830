"""`comment`, `resolve_comment`: what people say of a record; added, never edited."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from tieout.core.access import Action, Actor, Role
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.core.subjects import Subject, SubjectKind, mentioned
from tieout.store.banking.lines import NUL
from tieout.store.banking.models import BankLine, ReceivedFile
from tieout.store.closing.models import Books, Case, Certification
from tieout.store.ledger.models import Posting
from tieout.store.reconciliation.models import (
    Comment,
    CommentResolution,
    Decision,
    MatchGroup,
    Mention,
    Reconciliation,
    SignOff,
)
from tieout.store.tenancy.models import Member, TenantModel
from tieout.workflows.acting import Caller, acting

TEXT_MAX = 20_000
MODELS: Mapping[SubjectKind, type[TenantModel]] = {
    SubjectKind.MATCH_GROUP: MatchGroup,
    SubjectKind.DECISION: Decision,
    SubjectKind.RECONCILIATION: Reconciliation,
    SubjectKind.SIGN_OFF: SignOff,
    SubjectKind.BANK_LINE: BankLine,
    SubjectKind.POSTING: Posting,
    SubjectKind.RECEIVED_FILE: ReceivedFile,
    SubjectKind.BOOKS: Books,
    SubjectKind.CASE: Case,
    SubjectKind.CERTIFICATION: Certification,
}


def comment(caller: Caller, *, subject: Subject, text: str, now: datetime) -> int:
    """Say something of a subject; members named as `@address` or `@name` are kept with it."""
    with acting(caller, Action.COMMENT, "comment", now) as act:
        access_subject(act.actor, subject)
        said = text.translate(NUL).strip()
        if not said or len(said) > TEXT_MAX:
            found = f"{len(said):,} characters"
            raise InvalidInput("comment.invalid", found, f"1 to {TEXT_MAX:,}", str(subject))
        made = Comment.objects.create(
            organisation_id=caller.organisation_id,
            text=said,
            written_by_id=caller.member_id,
            written_at=now,
            **about(subject),
        )
        members = Member.objects.filter(left_at__isnull=True)
        named = mentioned(said, {each.pk: (each.email, each.name) for each in members})
        Mention.objects.bulk_create(
            Mention(organisation_id=caller.organisation_id, comment=made, member_id=member)
            for member in named
        )
        act.keeps(made)
        act.record(
            f"comment:{made.pk}",
            after={
                "about": str(subject),
                "text": said,
                "mentions": [f"member:{member}" for member in named],
            },
        )
        act.follow_up("commented", comment_id=made.pk, member_ids=list(named))
    return made.pk


def resolve_comment(caller: Caller, *, comment_id: int, reason: str = "", now: datetime) -> Subject:
    """A comment is settled; it stays where it is. The answer is what it speaks of."""
    with acting(caller, Action.COMMENT, "resolve_comment", now) as act:
        found = Comment.objects.filter(id=comment_id).first()
        if found is None:
            raise NotFound("store.not-found", f"comment:{comment_id}", "a comment of yours")
        subject = subject_of(found)
        access_subject(act.actor, subject)
        act.alone(f"comment {comment_id}")
        if CommentResolution.objects.filter(comment=found).exists():
            raise Conflict(
                "decision.not-in-force", f"comment:{comment_id}, resolved", "an open comment"
            )
        resolution = CommentResolution.objects.create(
            organisation_id=caller.organisation_id,
            comment=found,
            resolved_by_id=caller.member_id,
            resolved_at=now,
            reason=reason,
        )
        act.keeps(resolution)
        act.record(
            f"comment:{comment_id}",
            reason=reason,
            before={"resolved": False},
            after={"resolved": True},
        )
        act.follow_up("comment_resolved", comment_id=comment_id)
    return subject


def access_subject(actor: Actor, subject: Subject) -> None:
    """Raise `NotFound` unless the caller may see the record: a client, only files it sent."""
    if actor.role is Role.CLIENT:
        found = subject.kind is SubjectKind.RECEIVED_FILE and (
            ReceivedFile.objects.filter(
                id=subject.record_id, received_by_id=actor.member_id
            ).exists()
        )
    else:
        rows: QuerySet[TenantModel] = QuerySet(MODELS[subject.kind])
        found = rows.filter(id=subject.record_id).exists()
    if not found:
        raise NotFound("store.not-found", str(subject), "a record that you may see")


def about(subject: Subject) -> dict[str, int]:
    """The column of the subject, and its id, as `Comment` and `Evidence` have it."""
    return {f"about_{subject.kind}_id": subject.record_id}


def subject_of(row: object) -> Subject:
    """The subject of a `Comment` or an `Evidence`."""
    for kind in SubjectKind:
        record_id = getattr(row, f"about_{kind}_id")
        if record_id is not None:
            return Subject(kind, record_id)
    raise AssertionError("the database refuses a row about nothing")
