"""The books of an organisation in a copy of it: their newest snapshot, masked or as it is.

Runs are not copied, and so nothing that was signed of them: in the copy the books are explained
anew.
"""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.core.masking import Mask
from tieout.formats.books.masked import masked_books
from tieout.formats.common.source import Source
from tieout.store.closing.models import Books
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.mappings import mappings_of
from tieout.workflows.receive_file import receive_file
from tieout.workflows.take_snapshot import folder_of, newest_snapshot, take_snapshot


def copy_books(
    caller: Caller, owner: Caller, became: Mapping[int, int], mask: Mask | None, now: datetime
) -> int:
    """Take the newest snapshot of all books in use as one of the copy's; how many there were.

    Args:
        caller: Whose books they are.
        owner: Of the copy.
        became: By the id of books, what they are in the copy.
        mask: An exact one; none where the copy shows what the original does.
        now: The instant.
    """
    with tenant(caller.organisation_id):
        in_use = Books.objects.filter(ended_at__isnull=True).values_list("id", flat=True)
        found = [each for books_id in in_use if (each := newest_snapshot(books_id))]
    for each in found:
        with tempfile.TemporaryDirectory(prefix="tieout-") as into:
            with tenant(caller.organisation_id), folder_of(each) as (folder, _):
                if mask is None:
                    files = tuple(folder.iterdir())
                else:
                    files = masked_books(folder, mappings_of(each.mapping), mask, Path(into))
                kept = {
                    path.name: receive_file(owner, source=Source.of(path), now=now).file_id
                    for path in files
                    if path.stat().st_size
                }
            _take(owner, became[each.books_id], kept, now)
    return len(found)


def _take(owner: Caller, books_id: int, files: Mapping[str, int], now: datetime) -> None:
    """The snapshot; none where the books' mapping has changed and names these files no more."""
    try:
        take_snapshot(owner, books_id=books_id, files=files, now=now)
    except InvalidInput as error:
        if error.code != "snapshot.invalid":
            raise
