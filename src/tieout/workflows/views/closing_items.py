"""The items of a ledger and period, and one of them with both its sides."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import NotFound
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import title_of
from tieout.core.subjects import Subject, SubjectKind
from tieout.store.closing.models import CauseItem, Difference, Explained
from tieout.store.closing.runs import newest_run, standing_items
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books
from tieout.workflows.views.closing import ExplainedView, explained_view
from tieout.workflows.views.paging import Page, paged

FIELDS = (
    ("id", "id", "id"),
    ("reference", "reference", "reference"),
    ("date", "date", "date"),
    ("entered", "entered", "entered"),
    ("period", "period", "period"),
    ("account", "account", "account"),
    ("amount", "amount", "amount"),
    ("currency", "currency", "currency"),
    ("amount in its currency", "doc_amount", "doc_amount"),
    ("rate", "rate", ""),
    ("direction", "", "direction"),
    ("status", "", "status"),
    ("what it says", "party", "narrative"),
)
"""What stands side by side: its name, and the field of the document and of the posting."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line of an explanation."""

    item_id: int
    case: Subject
    """What comments and evidence are about: the same through all runs."""
    case_name: str
    ledger: SubLedger
    cause: str
    title: str
    account: str
    currency: str
    amount_minor: int
    begins: int
    ends: int | None
    """The first period in which it is over; None while it lasts."""
    sentence: str
    action: str
    first_seen_at: datetime
    """Of its case, in whichever run."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of document and posting side by side."""

    name: str
    document: str
    posting: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with both sides of it."""

    item: ItemView
    run: ExplainedView
    differs: str
    """The field in which they differ; `presence`: one of them is not there."""
    fields: tuple[FieldView, ...]
    has_document: bool
    has_posting: bool
    ids: tuple[str, ...]
    """Of all entries and postings it is about; of a daily total there are many."""
    evidence_count: int


def items(  # noqa: PLR0913  which of them, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    period: int,
    cause: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[ItemView]:
    """The items that stand in a period, of one cause or of all, the largest first."""
    _, page = items_of_run(
        caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        cause=cause,
        cursor=cursor,
        limit=limit,
    )
    return page


def items_of_run(  # noqa: PLR0913  which of them, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    period: int,
    cause: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> tuple[ExplainedView, Page[ItemView]]:
    """The same, with the run they are of, which says in what their amounts are counted."""
    with looking(caller, Action.VIEW):
        run, _ = access_period(books_id, ledger, period)
        found = standing_items(run, ledger, period).select_related("case")
        if cause:
            found = found.filter(cause=cause)
        page = paged(
            found, ("rank", "id"), item_view, cursor=cursor, limit=limit, is_descending=False
        )
        return explained_view(run), page


def item(caller: Caller, *, item_id: int) -> ItemDetail:
    """One item: document and posting with the differing field marked, sentence, action, age."""
    with looking(caller, Action.VIEW):
        found = CauseItem.objects.select_related("case", "run__snapshot").filter(id=item_id).first()
        if found is None:
            raise NotFound("store.not-found", f"cause_item:{item_id}", "an item of yours")
        document, posting = found.document or {}, found.posting or {}
        fields = [
            FieldView(
                name,
                document.get(of_document, ""),
                posting.get(of_posting, ""),
                differs=found.differs == name,
            )
            for name, of_document, of_posting in FIELDS
        ]
        return ItemDetail(
            item_view(found),
            explained_view(found.run),
            found.differs,
            tuple(each for each in fields if each.document or each.posting),
            found.document is not None,
            found.posting is not None,
            tuple(found.ids),
            Evidence.objects.filter(about_case_id=found.case_id).count(),
        )


def item_of_case(caller: Caller, *, case_id: int) -> int:
    """The item by which the newest run that saw a case says it: the largest one."""
    with looking(caller, Action.VIEW):
        found = CauseItem.objects.filter(case_id=case_id).order_by("-run_id", "rank").first()
        if found is None:
            raise NotFound("store.not-found", f"case:{case_id}", "a case of yours")
        return found.pk


def access_period(books_id: int, ledger: str, period: int) -> tuple[Explained, Difference]:
    """The newest run of the caller's books, and its row of that ledger and period."""
    access_books(books_id)
    run = newest_run(books_id)
    row = Difference.objects.filter(run=run, ledger=ledger, period=period).first()
    if run is None or row is None:
        where = f"books:{books_id} {ledger} {period}"
        raise NotFound("store.not-found", where, "a ledger and period of the newest run")
    return run, row


def item_view(each: CauseItem) -> ItemView:
    """An item as views show it."""
    return ItemView(
        each.pk,
        Subject(SubjectKind.CASE, each.case_id),
        each.case.name,
        SubLedger(each.ledger),
        each.cause,
        title_of(each.cause),
        each.account,
        each.currency,
        each.amount_minor,
        each.begins,
        each.ends,
        each.sentence,
        each.action,
        each.case.first_seen_at,
    )
