"""The guided procedure over the newest run's snapshot: what each of its steps finds."""

from dataclasses import dataclass
from functools import lru_cache

from tieout.core.access import Action
from tieout.core.errors import NotFound
from tieout.core.explain.findings import GuideStep, stops_of
from tieout.files.explaining import explain
from tieout.store.closing.runs import newest_run
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books
from tieout.workflows.views.closing import ExplainedView, explained_view
from tieout.workflows.views.ledger_reports import laid_out

KEPT = 16
"""Guides kept by each process: a snapshot never changes, and people come back to it."""


@dataclass(frozen=True, slots=True)
class GuideView:
    """The steps 0 to 13 with their findings."""

    books_id: int
    books_name: str
    run: ExplainedView
    steps: tuple[GuideStep, ...]
    to_look_at: int
    """Findings that somebody should look at before going on."""
    is_too_large: bool
    """These books are explained by parts, and the guide wants them whole: the command shows it."""


def guide(caller: Caller, *, books_id: int) -> GuideView:
    """The procedure on the books as they were explained last; nothing is changed by it.

    Raises:
        NotFound: There are no such books, or they have not been explained.
    """
    with looking(caller, Action.VIEW):
        books = access_books(books_id)
        run = newest_run(books_id)
        if run is None:
            raise NotFound("store.not-found", f"no run of {books.name}", "books that are explained")
        told = explained_view(run)
    is_small = told.engine == "reference"
    steps = _steps(caller, books_id, told.snapshot_id) if is_small else ()
    return GuideView(books.pk, books.name, told, steps, stops_of(steps), not is_small)


@lru_cache(KEPT)
def _steps(caller: Caller, books_id: int, snapshot_id: int) -> tuple[GuideStep, ...]:
    with laid_out(caller, books_id, snapshot_id, is_waited_for=False) as laid:
        return explain(laid.folder, mapping=laid.mapping).guide()
