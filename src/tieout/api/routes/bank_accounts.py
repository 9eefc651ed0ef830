"""Bank accounts with balances, their statements with ties and gaps, and their lines."""

from datetime import date

from ninja import Router

from tieout.api.door import Request
from tieout.api.routes.files import ProblemOut, problem_out
from tieout.api.words import (
    LIMIT,
    AmountText,
    BankAccountId,
    CursorText,
    Day,
    FileId,
    Flag,
    Limit,
    LineId,
    Money,
    Out,
    PageOut,
    Search,
    StatementId,
    money,
    to_minor,
)
from tieout.core.errors import InvalidInput
from tieout.core.statements import LineStatus
from tieout.workflows.views import banking

router = Router(tags=["bank accounts"])


class AccountOut(Out):
    """A bank account and where it stands by its newest statement."""

    id: BankAccountId
    number: str
    name: str
    currency: str
    decimals: int
    """In how many decimals its amounts are counted."""
    closing: Money | None
    """What its newest statement closes with."""
    closing_on: date | None
    statement_count: int
    line_count: int
    """Lines counted once."""
    untied_count: int
    """Statements whose lines do not lead from opening to closing."""


class AccountsOut(Out):
    """All of them."""

    items: list[AccountOut]


class StatementOut(Out):
    """A statement as its file gave it."""

    id: StatementId
    bank_account_id: BankAccountId
    file_id: FileId
    file_name: str
    number: str
    begins_on: date | None
    ends_on: date | None
    opening: Money | None
    closing: Money | None
    booked: Money
    """The sum of its lines, repeated ones included."""
    line_count: int
    repeated_count: int
    ties: bool | None
    """Whether opening and lines lead to closing; null where it gives no balances."""
    sentence: str


class LineOut(Out):
    """One line; its amount is positive into the account."""

    id: LineId
    bank_account_id: BankAccountId
    statement_id: StatementId
    position: int
    booked_on: date | None
    value_on: date | None
    amount: Money
    counterparty: str
    narrative: str
    references: list[str]
    kind: str
    status: LineStatus
    repeats: LineId | None
    """The line of an earlier file that it repeats: then it does not count."""


class GapsOut(Out):
    """Gaps and overlaps."""

    items: list[ProblemOut]


@router.get("/bank-accounts", response=AccountsOut)
def list_bank_accounts(request: Request) -> AccountsOut:
    """All bank accounts, by number."""
    return AccountsOut(items=[_account(each) for each in banking.bank_accounts(request.caller)])


@router.get("/bank-accounts/{bank_account_id}/statements", response=PageOut[StatementOut])
def list_statements(
    request: Request,
    bank_account_id: BankAccountId,
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[StatementOut]:
    """The account's statements, the one that came in last first."""
    account = banking.bank_account(request.caller, account_id=bank_account_id)
    page = banking.statements(
        request.caller, account_id=bank_account_id, cursor=cursor, limit=limit
    )
    return PageOut(
        items=[_statement(each, account) for each in page.rows], next_cursor=page.next_cursor
    )


@router.get("/bank-accounts/{bank_account_id}/gaps", response=GapsOut)
def list_gaps(request: Request, bank_account_id: BankAccountId) -> GapsOut:
    """Gaps and overlaps between all statements of the account, in order of days."""
    found = banking.gaps(request.caller, account_id=bank_account_id)
    return GapsOut(items=[problem_out(each) for each in found])


@router.get("/bank-accounts/{bank_account_id}/lines", response=PageOut[LineOut])
def list_lines(  # noqa: PLR0913, PLR0917  filters by name
    request: Request,
    bank_account_id: BankAccountId,
    text: Search = "",
    least: AmountText | None = None,
    most: AmountText | None = None,
    first_on: Day | None = None,
    last_on: Day | None = None,
    status: LineStatus | None = None,
    with_repeated: Flag = False,  # noqa: FBT002  a parameter of the address
    cursor: CursorText | None = None,
    limit: Limit = LIMIT,
) -> PageOut[LineOut]:
    """The account's lines, newest day first; bounds of amounts are in the account's currency."""
    account = banking.bank_account(request.caller, account_id=bank_account_id)
    where = banking.LineFilter(
        text=text,
        least_minor=_bound(account, least, "least"),
        most_minor=_bound(account, most, "most"),
        first_on=first_on,
        last_on=last_on,
        status=status or "",
        with_repeated=with_repeated,
    )
    page = banking.lines(
        request.caller, account_id=bank_account_id, where=where, cursor=cursor, limit=limit
    )
    return PageOut(items=[_line(each, account) for each in page.rows], next_cursor=page.next_cursor)


def _bound(account: banking.AccountView, amount: str | None, place: str) -> int | None:
    if amount is None:
        return None
    given = Money.model_construct(amount=amount, currency=account.currency)
    minor = to_minor(given, account.currency, account.exponent)
    if minor is None:
        expected = f"at most {account.exponent} decimals"
        raise InvalidInput("request.invalid", amount, expected, f"query.{place}")
    return minor


def _account(each: banking.AccountView) -> AccountOut:
    return AccountOut(
        id=each.account_id,
        number=each.number,
        name=each.name,
        currency=each.currency,
        decimals=each.exponent,
        closing=_money(each.closing_minor, each),
        closing_on=each.closing_on,
        statement_count=each.statement_count,
        line_count=each.line_count,
        untied_count=each.untied_count,
    )


def _money(minor: int | None, account: banking.AccountView) -> Money | None:
    return None if minor is None else money(minor, account.currency, account.exponent)


def _statement(each: banking.StatementView, account: banking.AccountView) -> StatementOut:
    return StatementOut(
        id=each.statement_id,
        bank_account_id=each.account_id,
        file_id=each.file_id,
        file_name=each.file_name,
        number=each.number,
        begins_on=each.begins_on,
        ends_on=each.ends_on,
        opening=_money(each.opening_minor, account),
        closing=_money(each.closing_minor, account),
        booked=money(each.booked_minor, account.currency, account.exponent),
        line_count=each.line_count,
        repeated_count=each.repeated_count,
        ties=each.ties,
        sentence=each.sentence,
    )


def _line(each: banking.LineView, account: banking.AccountView) -> LineOut:
    return LineOut(
        id=each.line_id,
        bank_account_id=each.account_id,
        statement_id=each.statement_id,
        position=each.position,
        booked_on=each.booked_on,
        value_on=each.value_on,
        amount=money(each.signed_minor, account.currency, account.exponent),
        counterparty=each.counterparty,
        narrative=each.narrative,
        references=list(each.references),
        kind=each.kind,
        status=LineStatus(each.status),
        repeats=each.repeats,
    )
