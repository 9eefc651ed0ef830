"""`set_books`, `end_books`: which books of an organisation are explained, and how they are read."""

from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.store.banking.lines import NUL
from tieout.store.closing.models import Books
from tieout.workflows.acting import Caller, acting
from tieout.workflows.keep_settings import settings_kept
from tieout.workflows.mappings import mappings_of

NAME_MAX = 200


def set_books(
    caller: Caller, *, name: str, mapping: str = "", books_id: int | None = None, now: datetime
) -> int:
    """Name books that are explained, or change those of that id; the books.

    `mapping` is the text of a mapping file (docs/formats/books.md), blank for the layout itself.
    Snapshots taken from now on are read by it. Books that had ended are in use again.
    """
    said = name.translate(NUL).strip()
    if not said or len(said) > NAME_MAX:
        raise InvalidInput("command.invalid", f"a name of {len(said)} characters", "1 to 200")
    mappings_of(mapping)
    with acting(caller, Action.MANAGE_ACCOUNTS, "set_books", now) as act, settings_kept(act):
        act.alone("books")
        books = None if books_id is None else access_books(books_id)
        others = Books.objects.filter(name=said).exclude(id=books_id or 0)
        if others.exists():
            raise Conflict("command.invalid", f"books named {said!r}", "a name that is free")
        before: dict[str, str] = {}
        if books is None:
            books = Books.objects.create(
                organisation_id=caller.organisation_id, name=said, mapping=mapping
            )
            act.keeps(books)
        else:
            act.changes(books)
            before = {"name": books.name, "mapping": books.mapping}
            books.name, books.mapping, books.ended_at = said, mapping, None
            books.save(update_fields=["name", "mapping", "ended_at"])
        act.record(str(books), before=before, after={"name": said, "mapping": mapping})
    return books.pk


def end_books(caller: Caller, *, books_id: int, reason: str, now: datetime) -> None:
    """The books are no longer explained; what was found and signed stays."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "end_books", now) as act, settings_kept(act):
        books = access_books(books_id, is_used=True)
        act.changes(books)
        books.ended_at = now
        books.save(update_fields=["ended_at"])
        act.record(str(books), reason=reason, before={"ended": False}, after={"ended": True})


def access_books(books_id: int, *, is_used: bool = False) -> Books:
    """The caller's books of that id; `is_used`: they have not ended."""
    found = Books.objects.filter(id=books_id).first()
    if found is None:
        raise NotFound("store.not-found", f"books:{books_id}", "books of yours")
    if is_used and found.ended_at is not None:
        said = f"{found.name}, ended {found.ended_at.date()}"
        raise Conflict("settings.ended", said, "books in use")
    return found
