"""`try_import`: what importing a file would change, found by importing it and undoing all of it.

The trial is the import itself, rolled back once the database has agreed
to what would be committed. So it lists what the import does and refuses what the import refuses;
rows, chain and outbox are as before. Only ids are used up. A large file is tried by a worker
(`keep_trial`), which keeps the list with the file.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tieout.core.access import Action
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.comment import about
from tieout.workflows.import_changes import (
    Change,
    Changes,
    Effect,
    changes_since,
    newest_rows,
)
from tieout.workflows.import_file import Asked, Kind, imported_within
from tieout.workflows.import_statement import source_of
from tieout.workflows.make_report import as_asker
from tieout.workflows.progress import report
from tieout.workflows.receive_file import keep_file

TRIED = "what importing it would change"
"""The note of every trial that a worker has kept."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What an import would do: told, counted, listed, and proved by a hash."""

    file_id: int
    kind: Kind
    account: str
    """As it was asked; blank where the file names it."""
    books: str
    sentences: tuple[str, ...]
    is_new: bool
    """Off when the file has been imported: then nothing would be done."""
    counts: Mapping[str, int]
    listed: tuple[Change, ...]
    proof: str
    """Given to `import_file` it does this or nothing."""


def try_import(  # noqa: PLR0913  options by name
    caller: Caller,
    *,
    file_id: int,
    kind: Kind | None = None,
    account: str = "",
    books: str = "",
    file_format: str = "",
    now: datetime,
) -> Tried:
    """Say what `import_file` would do, and leave everything as it was.

    Raises:
        TieoutError: What the import would be refused for.
    """
    asked = Asked(file_id, kind, account, books, file_format)
    with acting(caller, Action.IMPORT, "try_import", now) as act, transaction.atomic():
        act.alone("import")
        newest = newest_rows()
        done = imported_within(act, asked)
        report("comparing what it changed")
        changes: Changes = changes_since(newest, done.known_entries)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)
    return Tried(
        file_id,
        done.kind,
        account,
        books,
        done.sentences,
        done.is_new,
        changes.counts,
        changes.listed,
        changes.proof,
    )


def keep_trial(caller: Caller, *, arguments: Mapping[str, object], now: datetime) -> Tried:
    """Try the import that a run names, as the member who asked, and keep the list with the file."""
    by = as_asker(caller)
    kind = arguments.get("kind")
    tried = try_import(
        by,
        file_id=int(str(arguments["file_id"])),
        kind="books" if kind == "books" else "statements" if kind == "statements" else None,
        account=str(arguments.get("account", "")),
        now=now,
    )
    said = json.dumps(asdict(tried) | {"tried_at": now.isoformat()}, indent=1, default=str)
    with (
        tempfile.TemporaryDirectory(prefix="tieout-") as folder,
        acting(by, Action.IMPORT, "keep_trial", now) as act,
    ):
        path = Path(folder) / "trial"
        path.write_text(said, encoding="utf-8")
        source = Source(f"import tried {now:%Y%m%d %H%M%S}.json", path=path)
        act.alone("files")
        file, _ = keep_file(act, source)
        made = Evidence.objects.create(
            organisation_id=by.organisation_id,
            file=file,
            note=TRIED,
            attached_by_id=by.member_id,
            attached_at=now,
            **about(_file(tried.file_id)),
        )
        act.keeps(made)
        act.record(
            f"received_file:{tried.file_id}",
            after={"proof": tried.proof, "kept": f"received_file:{file.pk}"},
        )
    return tried


def kept_trial(caller: Caller, *, file_id: int) -> Tried | None:
    """The newest list that a worker has kept with the file; None where none was asked for."""
    with looking(caller, Action.IMPORT):
        trials = Evidence.objects.filter(note=TRIED, **about(_file(file_id)))
        found = trials.select_related("file").order_by("-id").first()
        if found is None:
            return None
        with source_of(found.file) as source:
            said = json.loads(source.data())
    del said["tried_at"]
    lists = {
        "sentences": tuple(said["sentences"]),
        "listed": tuple(_change(each) for each in said["listed"]),
    }
    return Tried(**{**said, **lists})


def _change(said: dict[str, Any]) -> Change:
    on = date.fromisoformat(said["on"]) if said["on"] else None
    return Change(**{**said, "effect": Effect(said["effect"]), "on": on})


def _file(file_id: int) -> Subject:
    return Subject(SubjectKind.RECEIVED_FILE, file_id)
