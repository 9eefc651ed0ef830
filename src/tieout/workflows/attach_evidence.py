"""`attach_evidence`: a file kept as it came, linked to what it proves; versions stay."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.core.subjects import Subject
from tieout.formats.common.source import Source
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, acting
from tieout.workflows.comment import about, access_subject
from tieout.workflows.receive_file import keep_file


@dataclass(frozen=True, slots=True)
class Attached:
    """A piece of evidence as kept."""

    evidence_id: int
    file_id: int
    sha256: str
    supersedes: int | None
    """The version before it."""


def attach_evidence(  # noqa: PLR0913  options by name
    caller: Caller,
    *,
    subject: Subject,
    source: Source,
    note: str = "",
    supersedes: int | None = None,
    now: datetime,
) -> Attached:
    """Keep the file and link it to the subject.

    A file of the same name supersedes the newest of that name at the subject; `supersedes` names
    another one. What is superseded stays.
    """
    with acting(caller, Action.COMMENT, "attach_evidence", now) as act:
        access_subject(act.actor, subject)
        if source.size == 0:
            raise InvalidInput("file.empty", "0 bytes", "at least one", source.name)
        act.alone("files")
        act.alone(f"evidence {subject}")
        file, is_new = keep_file(act, source)
        before = _version_before(subject, source.name, supersedes)
        if before is not None and before.file_id == file.pk:
            raise Conflict(
                "decision.not-in-force",
                f"the bytes of evidence:{before.pk}",
                "a file that is not attached here yet",
                str(subject),
            )
        made = Evidence.objects.create(
            organisation_id=caller.organisation_id,
            file=file,
            note=note,
            attached_by_id=caller.member_id,
            attached_at=now,
            supersedes=before,
            **about(subject),
        )
        act.keeps(made)
        act.record(
            f"evidence:{made.pk}",
            before={"version": f"evidence:{before.pk}"} if before else None,
            after={
                "about": str(subject),
                "file": f"received_file:{file.pk}",
                "name": source.name,
                "sha256": source.sha256,
                "is_new_file": is_new,
                "note": note,
            },
        )
        act.follow_up("evidence_attached", evidence_id=made.pk)
    return Attached(made.pk, file.pk, source.sha256, before.pk if before else None)


def _version_before(subject: Subject, name: str, supersedes: int | None) -> Evidence | None:
    """The newest piece of evidence that the new one takes the place of."""
    of_subject = Evidence.objects.filter(**about(subject))
    superseded = of_subject.filter(supersedes__isnull=False).values("supersedes_id")
    newest = of_subject.exclude(id__in=superseded)
    if supersedes is None:
        return newest.filter(file__name=name).order_by("-id").first()
    if not of_subject.filter(id=supersedes).exists():
        raise NotFound("store.not-found", f"evidence:{supersedes}", f"evidence of {subject}")
    found = newest.filter(id=supersedes).first()
    if found is None:
        raise Conflict(
            "decision.not-in-force", f"evidence:{supersedes}, superseded", "the newest version"
        )
    return found
