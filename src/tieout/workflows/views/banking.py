"""Bank accounts with balances, their statements with ties and gaps, and lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Func, Max, Q, QuerySet, Sum, TextField, Value

from tieout.core.access import Action
from tieout.core.errors import NotFound, Problem
from tieout.core.statements import continuity
from tieout.store.banking.lines import statements_of
from tieout.store.banking.models import BankAccount, BankLine, BankStatement
from tieout.workflows.acting import Caller, looking
from tieout.workflows.import_words import tie_in_words
from tieout.workflows.views.paging import (
    Page,
    checked_limit,
    cursor_of,
    paged,
    searched,
    values_of,
)

SEARCHED_LINES = 5_000
"""Lines that one page looks through for words, amounts or a state."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """A bank account and where it stands by its newest statement."""

    account_id: int
    number: str
    name: str
    currency: str
    exponent: int
    closing_minor: int | None
    """What its newest statement closes with."""
    closing_on: date | None
    statement_count: int
    line_count: int
    """Lines counted once."""
    untied_count: int
    """Statements whose lines do not lead from opening to closing."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as its file gave it."""

    statement_id: int
    account_id: int
    file_id: int
    file_name: str
    number: str
    begins_on: date | None
    ends_on: date | None
    opening_minor: int | None
    closing_minor: int | None
    booked_minor: int
    line_count: int
    repeated_count: int
    ties: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line; `signed_minor` is positive into the account."""

    line_id: int
    account_id: int
    statement_id: int
    position: int
    booked_on: date | None
    value_on: date | None
    signed_minor: int
    counterparty: str
    narrative: str
    references: tuple[str, ...]
    kind: str
    status: str
    repeats: int | None
    """The line of an earlier file that it repeats: then it does not count."""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines; what is not given is not asked for."""

    text: str = ""
    """In counterparty, narrative or references, in any case."""
    least_minor: int | None = None
    most_minor: int | None = None
    """Signed bounds, both included."""
    first_on: date | None = None
    last_on: date | None = None
    status: str = ""
    with_repeated: bool = False

    @property
    def needs_search(self) -> bool:
        """Whether lines must be looked through for it: no index leads to them."""
        bounds = self.least_minor, self.most_minor
        return bool(self.text or self.status) or bounds != (None, None)


def bank_accounts(caller: Caller) -> tuple[AccountView, ...]:
    """All bank accounts, by number; their figures come from statements, not from lines."""
    with looking(caller, Action.VIEW):
        every = BankAccount.objects.order_by("number", "currency", "id")
        return _accounts(every, BankStatement.objects.all())


def bank_account(caller: Caller, *, account_id: int) -> AccountView:
    """One of them; the statements of the others are not looked at."""
    with looking(caller, Action.VIEW):
        asked = [_access_account(account_id)]
        return _accounts(asked, BankStatement.objects.filter(account_id=account_id))[0]


def _accounts(
    several: Iterable[BankAccount], given: QuerySet[BankStatement]
) -> tuple[AccountView, ...]:
    """The accounts, with the figures of these statements."""
    sums: dict[int, Mapping[str, Any]] = {
        row["account"]: row
        for row in given.values("account").annotate(
            statements=Count("id"),
            lines=Sum(F("line_count") - F("repeated_count")),
            untied=Count("id", filter=Q(ties=False)),
        )
    }
    newest: dict[int, BankStatement] = {}
    closed = given.filter(closing_minor__isnull=False)
    last = closed.values("account").annotate(day=Max("ends_on")).values_list("account", "day")
    days = dict(last)
    for each in closed.order_by("id"):
        if days.get(each.account_id) in {each.ends_on, None}:
            newest[each.account_id] = each
    return tuple(_account(each, newest.get(each.pk), sums.get(each.pk, {})) for each in several)


def _account(
    account: BankAccount, newest: BankStatement | None, sums: Mapping[str, Any]
) -> AccountView:
    return AccountView(
        account.pk,
        account.number,
        account.name,
        account.currency,
        account.exponent,
        newest.closing_minor if newest else None,
        (newest.closing_on or newest.ends_on) if newest else None,
        sums.get("statements", 0),
        sums.get("lines", 0),
        sums.get("untied", 0),
    )


def statements(
    caller: Caller, *, account_id: int, cursor: str | None = None, limit: int = 100
) -> Page[StatementView]:
    """The account's statements, the one that came in last first."""
    with looking(caller, Action.VIEW):
        _access_account(account_id)
        found = BankStatement.objects.filter(account_id=account_id)
        related = found.select_related("account", "reading__file")
        return paged(related, ("id",), _statement, cursor=cursor, limit=limit)


def gaps(caller: Caller, *, account_id: int) -> tuple[Problem, ...]:
    """Gaps and overlaps between all statements of the account, in order of days."""
    with looking(caller, Action.VIEW):
        return continuity(statements_of(_access_account(account_id)))


def _access_account(account_id: int) -> BankAccount:
    account = BankAccount.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound("store.not-found", f"bank_account:{account_id}", "an account of yours")
    return account


def _statement(each: BankStatement) -> StatementView:
    return StatementView(
        each.pk,
        each.account_id,
        each.reading.file_id,
        each.reading.file.name,
        each.number,
        each.begins_on,
        each.ends_on,
        each.opening_minor,
        each.closing_minor,
        each.booked_minor,
        each.line_count,
        each.repeated_count,
        each.ties,
        tie_in_words(each),
    )


def lines(
    caller: Caller,
    *,
    account_id: int,
    where: LineFilter | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[LineView]:
    """The account's lines, newest day first; lines without a day stand at the end.

    What no index leads to (words, amounts, a state) is looked for in some thousand lines a page: a
    page may then hold fewer lines than there is room for, or none, and go on all the same.
    """
    asked = where or LineFilter()
    with looking(caller, Action.VIEW):
        _access_account(account_id)
        checked_limit(limit)
        query = _of_days(BankLine.objects.filter(account_id=account_id), asked)
        query = query.defer("details")

        def part(
            some: QuerySet[BankLine], order: Sequence[str], begins: str | None, room: int
        ) -> Page[LineView]:
            if not asked.needs_search:
                return paged(some, order, _line, cursor=begins, limit=room)
            return searched(
                some, order, _line, wanted=lambda found: _wanted(found, asked),
                within=SEARCHED_LINES, cursor=begins, limit=room,
            )  # fmt: skip

        place = values_of(cursor, 2) if cursor is not None else None
        rows: tuple[LineView, ...] = ()
        if place is None or place[0] is not None:
            dated = query.filter(booked_on__isnull=False)
            page = part(dated, ("booked_on", "id"), cursor, limit)
            if page.next_cursor:
                return page
            rows, place = page.rows, None
        undated = query.filter(booked_on__isnull=True)
        if len(rows) == limit:
            more = undated.exists()
            return Page(rows, cursor_of(None, 2**62) if more else None)
        rest = cursor_of(place[1]) if place else None
        page = part(undated, ("id",), rest, limit - len(rows))
        last = cursor_of(None, values_of(page.next_cursor, 1)[0]) if page.next_cursor else None
        return Page((*rows, *page.rows), last, is_partial=page.is_partial)


def _of_days(query: QuerySet[BankLine], where: LineFilter) -> QuerySet[BankLine]:
    if not where.with_repeated:
        query = query.filter(repeats__isnull=True)
    if where.first_on:
        query = query.filter(booked_on__gte=where.first_on)
    return query.filter(booked_on__lte=where.last_on) if where.last_on else query


def _wanted(query: QuerySet[BankLine], where: LineFilter) -> QuerySet[BankLine]:
    named = Func(F("references"), Value(" "), function="array_to_string", output_field=TextField())
    for word in where.text.split():
        query = query.alias(named=named).filter(
            Q(counterparty__icontains=word)
            | Q(narrative__icontains=word)
            | Q(named__icontains=word)
        )
    if where.least_minor is not None or where.most_minor is not None:
        query = query.filter(_between(where.least_minor, where.most_minor))
    return query.filter(status=where.status) if where.status else query


def _between(least: int | None, most: int | None) -> Q:
    """Signed bounds, on an amount that has a direction instead of a sign."""
    into, out = Q(direction="credit"), Q(direction="debit")
    if least is not None:
        into &= Q(amount_minor__gte=least)
        out &= Q(amount_minor__lte=-least)
    if most is not None:
        into &= Q(amount_minor__lte=most)
        out &= Q(amount_minor__gte=-most)
    return into | out


def _line(each: BankLine) -> LineView:
    return LineView(
        each.pk,
        each.account_id,
        each.statement_id,
        each.position,
        each.booked_on,
        each.value_on,
        each.amount_minor if each.direction == "credit" else -each.amount_minor,
        each.counterparty,
        each.narrative,
        tuple(each.references),
        each.kind,
        each.status,
        each.repeats_id,
    )
