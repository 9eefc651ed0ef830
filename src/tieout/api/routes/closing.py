"""Ledgers by period: difference, causes, items; and the steps of certifying a period."""

from typing import Annotated, Any

from ninja import Router
from pydantic import AfterValidator, Field

from tieout.api.door import Request
from tieout.api.routes.closing_words import (
    ExplainedOut,
    StandingOut,
    StepTakenOut,
    base,
    explained_out,
    standing_out,
    step_out,
)
from tieout.api.words import (
    LIMIT,
    BooksId,
    CursorText,
    Instant,
    ItemId,
    Limit,
    Money,
    Out,
    PageOut,
    PeriodNumber,
    SubjectId,
    instant,
    subject_out,
)
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import CAUSES, UNEXPLAINED
from tieout.workflows.views import closing_items as item_views
from tieout.workflows.views.closing import ExplainedView, books_state
from tieout.workflows.views.closing_period import PeriodView, period_view

router = Router(tags=["control accounts"])

PERIOD = "/books/{books_id}/ledgers/{ledger}/periods/{period}"
KNOWN_CAUSES = (*CAUSES, UNEXPLAINED)


def _is_known(code: str) -> str:
    if code not in KNOWN_CAUSES:
        raise ValueError(f"expected one of {', '.join(KNOWN_CAUSES)}")
    return code


CauseCode = Annotated[
    str, Field(json_schema_extra={"enum": list(KNOWN_CAUSES)}), AfterValidator(_is_known)
]


class StandingList(Out):
    """A ledger in all periods of the newest run, from what was brought forward on."""

    items: list[StandingOut]


class CauseOut(Out):
    """A cause in a ledger and period."""

    cause: str
    title: str
    amount: Money
    before: Money
    """A period before."""
    item_count: int
    since_period: int | None
    """Of its oldest item that stands; 0 is brought forward."""
    first_seen_at: Instant | None
    action: str


class BarOut(Out):
    """A bar of the bridge from the sub-ledger to the control accounts."""

    label: str
    cause: str
    """Blank of the two totals."""
    amount: Money
    begins: Money
    ends: Money
    count: int


class PeriodOut(Out):
    """A ledger and period with all that a person signs."""

    run: ExplainedOut
    standing: StandingOut
    sentence: str
    causes: list[CauseOut]
    """They add up to the difference; the largest first."""
    bridge: list[BarOut]
    steps: list[StepTakenOut]
    """All that was done to certify it, the oldest first."""


class ItemOut(Out):
    """One line of an explanation."""

    id: ItemId
    case: SubjectId
    """What comments and evidence are about: the same through all runs."""
    case_name: str
    ledger: SubLedger
    cause: str
    title: str
    account: str
    currency: str
    """Of its document or posting."""
    amount: Money
    """In the base currency."""
    begins: int
    ends: int | None
    """The first period in which it is over; null while it lasts."""
    sentence: str
    action: str
    first_seen_at: Instant


class FieldOut(Out):
    """One field of document and posting side by side."""

    name: str
    document: str
    posting: str
    differs: bool


class ItemDetailOut(ItemOut):
    """With both its sides."""

    run: ExplainedOut
    differs: str
    """The field in which they differ; `presence`: one of them is not there."""
    has_document: bool
    has_posting: bool
    fields: list[FieldOut]
    ids: list[str]
    """Of all entries and postings it is about."""
    evidence_count: int


@router.get("/books/{books_id}/ledgers/{ledger}/periods", response=StandingList)
def list_periods(request: Request, books_id: BooksId, ledger: SubLedger) -> StandingList:
    """How a ledger stands at the end of every period; nothing where the books have no such."""
    found = books_state(request.caller, books_id=books_id, now=request.at)
    own = [each for each in found.ledgers if each.ledger is ledger]
    items = [standing_out(each, found.run) for one in own for each in one.periods if found.run]
    return StandingList(items=items)


@router.get(PERIOD, response=PeriodOut)
def show_period(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber
) -> PeriodOut:
    """One ledger and period: the sentence, the bridge, the causes, the steps taken."""
    found = period_view(
        request.caller, books_id=books_id, ledger=ledger, period=period, now=request.at
    )
    return PeriodOut(
        run=explained_out(found.run),
        standing=standing_out(found.standing, found.run),
        sentence=found.sentence,
        causes=_causes(found),
        bridge=_bars(found),
        steps=[step_out(each, found.run) for each in found.steps],
    )


@router.get(f"{PERIOD}/items", response=PageOut[ItemOut])
def list_items(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    books_id: BooksId,
    ledger: SubLedger,
    period: PeriodNumber,
    cause: CauseCode | None = None,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[ItemOut]:
    """The items that stand in a period, of one cause or of all, the largest first."""
    run, page = item_views.items_of_run(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        cause=cause or "",
        cursor=cursor,
        limit=limit,
    )
    items = [ItemOut(**_item(each, run)) for each in page.rows]
    return PageOut(items=items, next_cursor=page.next_cursor)


@router.get("/items/{item_id}", response=ItemDetailOut)
def show_item(request: Request, item_id: ItemId) -> ItemDetailOut:
    """One item: document and posting side by side, the differing field marked."""
    found = item_views.item(request.caller, item_id=item_id)
    return ItemDetailOut(
        **_item(found.item, found.run),
        run=explained_out(found.run),
        differs=found.differs,
        has_document=found.has_document,
        has_posting=found.has_posting,
        fields=[
            FieldOut(
                name=each.name,
                document=each.document,
                posting=each.posting,
                differs=each.differs,
            )
            for each in found.fields
        ],
        ids=list(found.ids),
        evidence_count=found.evidence_count,
    )


def _item(each: item_views.ItemView, run: ExplainedView) -> dict[str, Any]:
    return {
        "id": each.item_id,
        "case": subject_out(each.case),
        "case_name": each.case_name,
        "ledger": each.ledger,
        "cause": each.cause,
        "title": each.title,
        "account": each.account,
        "currency": each.currency,
        "amount": base(run, each.amount_minor),
        "begins": each.begins,
        "ends": each.ends,
        "sentence": each.sentence,
        "action": each.action,
        "first_seen_at": instant(each.first_seen_at),
    }


def _causes(found: PeriodView) -> list[CauseOut]:
    return [
        CauseOut(
            cause=each.cause,
            title=each.title,
            amount=base(found.run, each.amount_minor),
            before=base(found.run, each.before_minor),
            item_count=each.item_count,
            since_period=each.since_period,
            first_seen_at=each.first_seen_at and instant(each.first_seen_at),
            action=each.action,
        )
        for each in found.causes
    ]


def _bars(found: PeriodView) -> list[BarOut]:
    return [
        BarOut(
            label=each.label,
            cause=cause,
            amount=base(found.run, each.amount_minor),
            begins=base(found.run, each.begins),
            ends=base(found.run, each.ends),
            count=each.count,
        )
        for each, cause in zip(found.bars, found.bar_causes, strict=True)
    ]
