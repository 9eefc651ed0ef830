"""Files that the product makes of books: kept as evidence about them, and found again."""

from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.store.banking.models import ReceivedFile
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Act
from tieout.workflows.comment import about
from tieout.workflows.receive_file import keep_file


def keep_with_books(
    act: Act, books_id: int, source: Source, note: str, *, of: str = ""
) -> ReceivedFile:
    """Keep a file with books, as evidence by who acts; the same bytes are kept once.

    Args:
        act: Who acts.
        books_id: The books.
        source: The file.
        note: What it is.
        of: How the notes begin of files of its kind: one of those is enough for the same bytes;
            the note itself where none is named.
    """
    act.alone("files")
    file, _ = keep_file(act, source)
    subject = about(Subject(SubjectKind.BOOKS, books_id))
    if not Evidence.objects.filter(file=file, note__startswith=of or note, **subject).exists():
        made = Evidence.objects.create(
            organisation_id=act.caller.organisation_id,
            file=file,
            note=note,
            attached_by_id=act.caller.member_id,
            attached_at=act.at,
            **subject,
        )
        act.keeps(made)
    return file
