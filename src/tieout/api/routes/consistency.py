"""Across systems: an account that two of them keep, both balances and the difference."""

from datetime import date
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    BooksId,
    Day,
    Money,
    Out,
    PeriodNumber,
    ReconciliationId,
    Search,
    money,
)
from tieout.core.consistency import AccountLine, Agreement, Balance
from tieout.core.explain.books import SubLedger
from tieout.workflows.views import consistency as views

router = Router(tags=["across systems"])


class BalanceOut(Out):
    """An account as one system has it."""

    system: str
    account: str
    balance: Money | None
    """Null where the system has none by that day."""
    as_at: date | None
    known_by: str
    """What the balance was taken from."""


class LineOut(Out):
    """One account of two systems in one currency."""

    left: BalanceOut
    right: BalanceOut
    difference: Money | None
    """Left less right."""
    found: Money | None
    """What the records make them differ by; null where nobody has looked."""
    open_count: int
    agreement: Agreement


class PairOut(LineOut):
    """With where its difference is explained."""

    name: str
    reconciliation_id: ReconciliationId | None
    books_id: BooksId | None
    ledger: SubLedger | None
    period: PeriodNumber | None


class PairList(Out):
    """Every account that two systems keep; what differs first."""

    items: list[PairOut]


class LineList(Out):
    """The accounts of two systems, by the name they have on the right."""

    items: list[LineOut]


class SystemList(Out):
    """The systems whose entries the journal holds."""

    items: list[str]


@router.get("/consistency", response=PairList)
def list_pairs(request: Request, on: Day | None = None) -> PairList:
    """Every account that the settings name in two systems, as both have it by a day."""
    found = views.consistency(request.caller, on=on or request.at.date())
    return PairList(
        items=[
            PairOut(
                **_line(each.line),
                name=each.name,
                reconciliation_id=each.reconciliation_id,
                books_id=each.books_id,
                ledger=SubLedger(each.ledger) if each.ledger else None,
                period=each.period if each.ledger else None,
            )
            for each in found
        ]
    )


@router.get("/consistency/systems", response=SystemList)
def list_systems(request: Request) -> SystemList:
    """The systems that can be compared account by account."""
    return SystemList(items=list(views.sources(request.caller)))


@router.get("/consistency/systems/compare", response=LineList)
def compare_systems(
    request: Request,
    left: Search,
    right: Search,
    on: Day | None = None,
    mapping: Annotated[str, Field(max_length=100_000)] = "",
) -> LineList:
    """Two systems account by account. `mapping`: `1200 = 44100`, a line an account."""
    day = on or request.at.date()
    found = views.compared_systems(request.caller, left=left, right=right, on=day, mapping=mapping)
    return LineList(items=[LineOut(**_line(each)) for each in found])


def _line(each: AccountLine) -> dict[str, Any]:
    def told(minor: int | None) -> Money | None:
        return None if minor is None else money(minor, each.currency, each.exponent)

    def side(one: Balance) -> BalanceOut:
        return BalanceOut(
            system=one.system,
            account=one.account,
            balance=told(one.balance_minor),
            as_at=one.as_at,
            known_by=one.known_by,
        )

    return {
        "left": side(each.left),
        "right": side(each.right),
        "difference": told(each.difference_minor),
        "found": told(each.explained_minor),
        "open_count": each.open_count,
        "agreement": each.agreement,
    }
