"""What is kept of books that are explained: runs, snapshots with their files, policies."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import ClosingPolicy
from tieout.store.closing.models import Explained, Policy, Snapshot, SnapshotFile
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books
from tieout.workflows.views.closing import ExplainedView, explained_view
from tieout.workflows.views.paging import Page, paged


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A snapshot with its files: name in the folder, and the received file it is from."""

    snapshot_id: int
    content_hash: str
    taken_at: datetime
    taken_by: int | None
    files: tuple[tuple[str, int], ...]
    size: int
    """Bytes of all of them together."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy as it was set."""

    policy_id: int
    ledger: SubLedger
    policy: ClosingPolicy
    reason: str
    set_by: int
    set_at: datetime


def explained_runs(
    caller: Caller, *, books_id: int, cursor: str | None = None, limit: int = 100
) -> Page[ExplainedView]:
    """Every run over the books, the newest first."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        found = Explained.objects.filter(books_id=books_id).select_related("snapshot")
        return paged(found, ("id",), explained_view, cursor=cursor, limit=limit)


def snapshots(
    caller: Caller, *, books_id: int, cursor: str | None = None, limit: int = 100
) -> Page[SnapshotView]:
    """Every snapshot of the books, the newest first."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        found = Snapshot.objects.filter(books_id=books_id)
        page = paged(found, ("id",), lambda each: each, cursor=cursor, limit=limit)
        files: dict[int, list[tuple[str, int]]] = defaultdict(list)
        sizes: dict[int, int] = defaultdict(int)
        ids = [each.pk for each in page.rows]
        for part in SnapshotFile.objects.filter(snapshot_id__in=ids).order_by("name"):
            files[part.snapshot_id].append((part.name, part.file_id))
            sizes[part.snapshot_id] += part.size
        rows = tuple(
            SnapshotView(
                each.pk,
                each.content_hash,
                each.taken_at,
                each.taken_by_id,
                tuple(files[each.pk]),
                sizes[each.pk],
            )
            for each in page.rows
        )
        return Page(rows, page.next_cursor)


def closing_policies(
    caller: Caller, *, books_id: int, cursor: str | None = None, limit: int = 100
) -> Page[PolicyView]:
    """Every policy of the books' ledgers, the newest first: of each ledger the first one holds."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        found = Policy.objects.filter(books_id=books_id)
        return paged(found, ("id",), _policy, cursor=cursor, limit=limit)


def _policy(each: Policy) -> PolicyView:
    return PolicyView(
        each.pk,
        SubLedger(each.ledger),
        each.to_core(),
        each.reason,
        each.set_by_id,
        each.set_at,
    )
