"""`draft_corrections`, `prove_corrections`: a posting file of what was accepted, and its proof."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tieout.core.access import Action
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.explain.cases import case_named
from tieout.core.explain.proving import Proof
from tieout.core.subjects import Subject, SubjectKind
from tieout.files.corrections.forms import FORMS
from tieout.files.explaining import explain
from tieout.formats.common.source import Source
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.comment import about
from tieout.workflows.import_statement import source_of
from tieout.workflows.kept_with_books import keep_with_books
from tieout.workflows.set_books import access_books
from tieout.workflows.views.investigation import DRAFT, Tries, investigated
from tieout.workflows.views.ledger_reports import laid_out

DEPARTURES_MAX = 20
"""So many departures are named in the audit event; all are counted, and all are answered."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A posting file as kept."""

    file_id: int
    name: str
    sha256: str
    snapshot_id: int
    snapshot: str
    journal_count: int
    case_count: int
    other_count: int
    """What was accepted and no journal can do."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What the newest snapshot says of a posting file."""

    snapshot_id: int
    snapshot: str
    holds: bool
    """Whether nothing departs."""
    is_posted: bool
    """Whether the books hold the corrections already; else they were posted to a copy."""
    agreeing: int
    departures: tuple[str, ...]


def draft_corrections(  # noqa: PLR0913  what is drafted of which books, by name
    caller: Caller,
    *,
    books_id: int,
    tries: Tries,
    form: str,
    now: datetime,
    is_waited_for: bool = True,
) -> Drafted:
    """Draft the accepted corrections of the newest snapshot, and keep them as a posting file.

    The file can be fetched as any received file; nothing is posted anywhere.

    Args:
        caller: Who may decide.
        books_id: The books.
        tries: What is tried before, and what is accepted.
        form: `csv`, `iif`, `beancount` or `json`.
        now: The instant.
        is_waited_for: Off for a worker, which drafts of books of any size.

    Raises:
        InvalidInput: `command.invalid` where nothing is accepted or a name is not known;
            `books.too-large-to-wait`.
    """
    require_form(form)
    with (
        laid_out(caller, books_id, action=Action.DECIDE, is_waited_for=is_waited_for) as laid,
        tempfile.TemporaryDirectory(prefix="tieout-") as root,
    ):
        made = investigated(laid, tries)
        name = f"corrections {laid.snapshot.content_hash[:12]} {now:%Y%m%d %H%M%S}.{form}"
        path = made.write(Path(root) / name)
        filed = made.filed()
        lines, accepted = filed.lines, made.corrected.accepted if made.corrected else ()
        with acting(caller, Action.DECIDE, "draft_corrections", now) as act:
            access_books(books_id, is_used=True)
            source = Source(name, path=path)
            note = f"{DRAFT}{laid.snapshot.pk}"
            file_id = keep_with_books(act, books_id, source, note, of=DRAFT).pk
            done = Drafted(
                file_id,
                name,
                source.sha256,
                laid.snapshot.pk,
                laid.snapshot.content_hash,
                len({line.journal_id for line in lines}),
                len(accepted),
                len(filed.actions),
            )
            act.record(
                f"received_file:{file_id}",
                after={
                    "books": f"books:{books_id}",
                    "snapshot": f"snapshot:{done.snapshot_id}",
                    "files": done.snapshot,
                    "what_ifs": list(filed.what_ifs),
                    "accepted": list(filed.accepted),
                    "into": str(tries.into),
                    "journals": done.journal_count,
                    "cases": sorted({case_named(line.narrative) for line in lines}),
                    "sha256": source.sha256,
                },
            )
    return done


def require_form(form: str) -> None:
    """Refuse a form that no posting file has."""
    if f".{form}" not in FORMS:
        expected = ", ".join(each.removeprefix(".") for each in FORMS)
        raise InvalidInput("command.invalid", f"the form {form[:40]!r}", expected)


def prove_corrections(
    caller: Caller, *, books_id: int, file_id: int, now: datetime, is_waited_for: bool = True
) -> Proved:
    """Compare the newest snapshot with a posting file that was drafted of these books.

    Raises:
        NotFound: It was not.
        InvalidInput: `books.too-large-to-wait` where somebody waits for it.
    """
    with tempfile.TemporaryDirectory(prefix="tieout-") as root:
        with looking(caller, Action.DECIDE):
            path = _laid_file(books_id, file_id, Path(root))
        with laid_out(caller, books_id, action=Action.DECIDE, is_waited_for=is_waited_for) as laid:
            proof: Proof = explain(laid.folder, mapping=laid.mapping).prove(path)
    done = Proved(
        laid.snapshot.pk,
        laid.snapshot.content_hash,
        proof.holds,
        proof.is_posted,
        proof.agreeing,
        tuple(map(str, proof.departures)),
    )
    with acting(caller, Action.DECIDE, "prove_corrections", now) as act:
        act.record(
            f"received_file:{file_id}",
            after={
                "books": f"books:{books_id}",
                "snapshot": f"snapshot:{done.snapshot_id}",
                "files": done.snapshot,
                "holds": done.holds,
                "posted": done.is_posted,
                "agreeing": done.agreeing,
                "departures": len(done.departures),
                "first": list(done.departures[:DEPARTURES_MAX]),
            },
        )
    return done


def _laid_file(books_id: int, file_id: int, folder: Path) -> Path:
    """A draft of these books in a folder, under its own name."""
    access_books(books_id)
    subject = about(Subject(SubjectKind.BOOKS, books_id))
    found = (
        Evidence.objects.filter(file_id=file_id, note__startswith=DRAFT, **subject)
        .select_related("file")
        .first()
    )
    if found is None:
        raise NotFound("store.not-found", f"received_file:{file_id}", "a draft of these books")
    path = folder / f"posting{Path(found.file.name).suffix}"
    with source_of(found.file) as source:
        assert source.path is not None
        shutil.copyfile(source.path, path)
    return path
