"""What people say of records and attach to them: kept, versioned, and only of what they may see."""

import pytest
from django.db import IntegrityError

from tests.store.firms import NOW, firm, organisation
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Comment, MatchGroup
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.attach_evidence import Attached, attach_evidence
from tieout.workflows.comment import comment, resolve_comment
from tieout.workflows.receive_file import receive_file
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.files import received_files
from tieout.workflows.views.trail import comments, evidence, mentions

pytestmark = pytest.mark.usefixtures("store")


def a_group(caller: Caller) -> Subject:
    with tenant(caller.organisation_id):
        return Subject(SubjectKind.MATCH_GROUP, MatchGroup.objects.get().pk)


def attach(caller: Caller, subject: Subject, data: bytes, name: str = "receipt.pdf") -> Attached:
    return attach_evidence(caller, subject=subject, source=Source(name, data), now=NOW)


def test_a_comment_keeps_whom_it_names_and_is_resolved_once() -> None:
    caller = firm()
    ann = add_member(caller, email="ann@example.org", name="Ann", role=Role.BOOKKEEPER, now=NOW)
    subject = a_group(caller)
    made = comment(caller, subject=subject, text=" Is it ours, @ann@example.org? ", now=NOW)
    [said] = comments(ann, subject=subject)
    assert (said.text, said.mentions) == ("Is it ours, @ann@example.org?", (ann.member_id,))
    assert said.resolved_at is None
    assert [each.comment_id for each in mentions(ann).rows] == [made]
    assert mentions(caller).rows == ()
    resolve_comment(ann, comment_id=made, reason="yes", now=NOW)
    assert comments(ann, subject=subject)[0].resolved_at == NOW
    with pytest.raises(Conflict):
        resolve_comment(caller, comment_id=made, now=NOW)
    assert verify_audit(caller, keys={}, now=NOW).findings == ()


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001])
def test_a_comment_says_something_and_not_everything(text: str) -> None:
    caller = firm()
    with pytest.raises(InvalidInput):
        comment(caller, subject=a_group(caller), text=text, now=NOW)


def test_another_organisations_records_and_absent_ones_are_no_subject() -> None:
    one, other = firm("Marlowe"), firm("Timberline")
    for subject in (a_group(other), *(Subject(kind, 10**12) for kind in SubjectKind)):
        with pytest.raises(NotFound):
            comment(one, subject=subject, text="hello", now=NOW)
        with pytest.raises(NotFound):
            attach(one, subject, b"paper")
    theirs = comment(other, subject=a_group(other), text="hello", now=NOW)
    with pytest.raises(NotFound):
        resolve_comment(one, comment_id=theirs, now=NOW)


def test_a_client_speaks_of_the_files_it_sent_and_of_nothing_else() -> None:
    caller = firm()
    client = add_member(caller, email="c@example.org", role=Role.CLIENT, now=NOW)
    mine = receive_file(client, source=Source("mine.pdf", b"mine"), now=NOW).file_id
    theirs = receive_file(caller, source=Source("theirs.pdf", b"theirs"), now=NOW).file_id
    own = Subject(SubjectKind.RECEIVED_FILE, mine)
    comment(client, subject=own, text="the August bill", now=NOW)
    attach(client, own, b"page two")
    for subject in (Subject(SubjectKind.RECEIVED_FILE, theirs), a_group(caller)):
        with pytest.raises(NotFound):
            comment(client, subject=subject, text="?", now=NOW)
        with pytest.raises(NotFound):
            comments(client, subject=subject)
    assert {each.name for each in received_files(client).rows} == {"receipt.pdf", "mine.pdf"}
    auditor = add_member(caller, email="a@example.org", role=Role.AUDITOR, now=NOW)
    with pytest.raises(AccessDenied):
        comment(auditor, subject=a_group(caller), text="?", now=NOW)


def test_a_newer_file_of_the_same_name_supersedes_and_the_older_one_stays() -> None:
    caller = firm()
    subject = a_group(caller)
    first = attach(caller, subject, b"draft")
    second = attach(caller, subject, b"signed")
    other = attach(caller, subject, b"map", "map.png")
    assert (first.supersedes, second.supersedes) == (None, first.evidence_id)
    assert other.supersedes is None
    kept = evidence(caller, subject=subject)
    assert [(each.name, each.superseded_by) for each in kept] == [
        ("map.png", None), ("receipt.pdf", None), ("receipt.pdf", second.evidence_id)
    ]  # fmt: skip
    with pytest.raises(Conflict):
        attach(caller, subject, b"signed")
    with pytest.raises(Conflict, match="superseded"):
        attach_evidence(
            caller, subject=subject, source=Source("x", b"x"), supersedes=first.evidence_id,
            now=NOW,
        )  # fmt: skip
    with pytest.raises(NotFound):
        attach_evidence(
            caller, subject=subject, source=Source("x", b"x"), supersedes=10**12, now=NOW
        )


def test_an_empty_file_proves_nothing() -> None:
    caller = firm()
    with pytest.raises(InvalidInput, match="0 bytes"):
        attach(caller, a_group(caller), b"")


def test_the_database_wants_one_subject() -> None:
    caller = firm()
    subject = a_group(caller)
    for given in ({}, {"about_match_group_id": subject.record_id, "about_bank_line_id": 1}):
        with pytest.raises(IntegrityError, match="about_one"), tenant(caller.organisation_id):
            Comment.objects.create(
                organisation_id=caller.organisation_id, text="x", written_at=NOW,
                written_by_id=caller.member_id, **given,
            )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["match_group", "match_group:", "group:1", "posting:-1", "posting:²"]
)
def test_a_subject_is_a_kind_and_a_number(text: str) -> None:
    with pytest.raises(InvalidInput):
        Subject.of(text)
    assert Subject.of("posting:12") == Subject(SubjectKind.POSTING, 12)


def test_an_organisation_without_members_to_name_takes_comments_too() -> None:
    caller = organisation()
    received = receive_file(caller, source=Source("x", b"x"), now=NOW)
    subject = Subject(SubjectKind.RECEIVED_FILE, received.file_id)
    comment(caller, subject=subject, text="@nobody@example.org @ @@", now=NOW)
    assert comments(caller, subject=subject)[0].mentions == ()
