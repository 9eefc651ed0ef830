"""`ask_tries`, `ask_proof`, `make_tries`: what-ifs and corrections of large books, by a worker.

Trying them reads the books whole. So a worker does it and keeps what came of it with the books:
a preview by what was tried on which snapshot, a posting file as any other, a proof in a sentence.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import tieout
from tieout.core.access import Action
from tieout.core.errors import Conflict, NotFound
from tieout.core.explain.corrections import Into
from tieout.core.jobs import Task
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.ask_run import access_run, wanted
from tieout.workflows.comment import about
from tieout.workflows.draft_corrections import (
    Proved,
    draft_corrections,
    prove_corrections,
    require_form,
)
from tieout.workflows.import_statement import source_of
from tieout.workflows.kept_with_books import keep_with_books
from tieout.workflows.make_report import as_asker
from tieout.workflows.progress import report
from tieout.workflows.set_books import access_books
from tieout.workflows.take_snapshot import newest_snapshot
from tieout.workflows.views.investigation import Moved, Offered, Preview, Tries, preview

TRIED = "tried on snapshot "
"""How the note begins of every preview that a worker has made."""
PROVED = "proof of received_file:"
"""The same of every proof: the file that was drafted, then what came of it."""


class TryKind(StrEnum):
    """What a worker makes, in place of a report's kind."""

    PREVIEW = "preview"
    CORRECTIONS = "corrections"
    PROOF = "proof"


def ask_tries(caller: Caller, *, books_id: int, tries: Tries, form: str = "", now: datetime) -> int:
    """Have a worker try what-ifs and corrections on the newest snapshot; the run.

    Args:
        caller: Who may view; to draft, who may decide.
        books_id: The books.
        tries: What is tried and accepted.
        form: Of the posting file that is drafted; blank only previews.
        now: The instant.

    Raises:
        InvalidInput: `command.invalid` where there is no such form.
        Conflict: `job.not-possible` where another file of these books waits for a worker.
    """
    if form:
        require_form(form)
    kind, action = (TryKind.CORRECTIONS, Action.DECIDE) if form else (TryKind.PREVIEW, Action.VIEW)
    said: dict[str, int | str] = {
        "what_if": ",".join(tries.what_if),
        "accept": ",".join(tries.accept),
        "into": tries.into.value,
        "form": form,
    }
    return _asked(caller, action, books_id, kind, said, now)


def ask_proof(caller: Caller, *, books_id: int, file_id: int, now: datetime) -> int:
    """Have a worker compare the newest snapshot with a posting file; the run.

    Raises:
        Conflict: `job.not-possible` where another file of these books waits for a worker.
    """
    return _asked(caller, Action.DECIDE, books_id, TryKind.PROOF, {"file_id": file_id}, now)


def _asked(  # noqa: PLR0913, PLR0917  what is asked by whom
    caller: Caller,
    action: Action,
    books_id: int,
    kind: TryKind,
    said: Mapping[str, int | str],
    now: datetime,
) -> int:
    with acting(caller, action, "ask_proof" if kind is TryKind.PROOF else "ask_tries", now) as act:
        books = access_books(books_id)
        newest = newest_snapshot(books_id)
        if newest is None:
            raise NotFound("store.not-found", f"no snapshot of {books.name}", "its files")
        arguments: dict[str, int | str] = {
            "books_id": books_id,
            "report": kind.value,
            "snapshot_id": newest.pk,
            **said,
        }
        run = wanted(caller.organisation_id, Task.MAKE_REPORT, arguments, caller.asked_by_id, now)
        if access_run(run).arguments != arguments:
            expected = "one at a time: ask again once a worker has it"
            raise Conflict("job.not-possible", "another file that waits", expected)
        act.record(f"job_run:{run}", after={"task": str(Task.MAKE_REPORT), "arguments": arguments})
    return run


def make_tries(caller: Caller, *, arguments: Mapping[str, object], now: datetime) -> None:
    """Make what `ask_tries` or `ask_proof` asked for, as the member who asked, and keep it.

    Args:
        caller: The worker.
        arguments: Of the run.
        now: The instant.

    Raises:
        NotFound: The books, the snapshot or the draft are no longer there.
        TieoutError: The files cannot be read, or a name is not known.
    """
    by = as_asker(caller)
    books_id, kind = int(str(arguments["books_id"])), TryKind(str(arguments["report"]))
    report("trying it on a copy")
    if kind is TryKind.PROOF:
        file_id = int(str(arguments["file_id"]))
        proved = prove_corrections(
            by, books_id=books_id, file_id=file_id, now=now, is_waited_for=False
        )
        note = f"{PROVED}{file_id}: {proof_words(proved)}"
        _keep(by, books_id, f"proof {file_id}", asdict(proved), note, now)
        return
    tries = Tries(
        _listed(arguments["what_if"]), _listed(arguments["accept"]), Into(str(arguments["into"]))
    )
    if kind is TryKind.CORRECTIONS:
        form = str(arguments["form"])
        draft_corrections(
            by, books_id=books_id, tries=tries, form=form, now=now, is_waited_for=False
        )
        return
    snapshot_id = int(str(arguments["snapshot_id"]))
    made = preview(by, books_id=books_id, tries=tries, snapshot_id=snapshot_id, is_waited_for=False)
    note = _note(tries, snapshot_id)
    _keep(by, books_id, f"preview {made.snapshot[:12]}", asdict(made), note, now)


def kept_preview(caller: Caller, *, books_id: int, tries: Tries) -> Preview | None:
    """What a worker found of exactly this on the newest snapshot; None where it was not asked."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        newest = newest_snapshot(books_id)
        subject = about(Subject(SubjectKind.BOOKS, books_id))
        kept = Evidence.objects.filter(note=_note(tries, newest.pk if newest else 0), **subject)
        found = kept.select_related("file").order_by("-id").first()
        if found is None:
            return None
        with source_of(found.file) as source:
            said = json.loads(source.data())
    lists: dict[str, object] = {
        "sentences": tuple(said["sentences"]),
        "warnings": tuple(said["warnings"]),
        "corrections": tuple(_offered(each) for each in said["corrections"]),
        "moved": tuple(Moved(**each) for each in said["moved"]),
    }
    return Preview(**{**said, **lists})


def proof_words(proved: Proved) -> str:
    """What a proof came to, in a sentence."""
    if proved.departures:
        return f"{len(proved.departures)} departures from what was accepted."
    if proved.is_posted:
        return f"Posted as accepted: {proved.agreeing} lines stand."
    return f"Not posted yet: the {proved.agreeing} lines would agree."


def _offered(said: dict[str, Any]) -> Offered:
    lists = {name: tuple(said[name]) for name in ("warnings", "others")}
    return Offered(**{**said, **lists})


def _note(tries: Tries, snapshot_id: int) -> str:
    """By what a preview is found again; another version of the program may find another."""
    said = json.dumps([tieout.__version__, tries.what_if, tries.accept, tries.into.value])
    return f"{TRIED}{snapshot_id}: {sha256(said.encode()).hexdigest()}"


def _keep(  # noqa: PLR0913, PLR0917  what is kept of which books
    caller: Caller, books_id: int, stem: str, said: object, note: str, now: datetime
) -> None:
    report("keeping it")
    with (
        tempfile.TemporaryDirectory(prefix="tieout-") as root,
        acting(caller, Action.VIEW, "make_tries", now) as act,
    ):
        path = Path(root) / "made"
        path.write_text(json.dumps(said, indent=1), encoding="utf-8")
        source = Source(f"{stem} {now:%Y%m%d %H%M%S}.json", path=path)
        file = keep_with_books(act, books_id, source, note)
        after = {"books": f"books:{books_id}", "note": note, "sha256": source.sha256}
        act.record(f"received_file:{file.pk}", after=after)


def _listed(said: object) -> tuple[str, ...]:
    return tuple(filter(None, str(said).split(",")))
