"""Across systems: every account that two of them keep, both balances, the difference, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tieout.core.access import Action
from tieout.core.consistency import AccountLine, Agreement, Balance, accounts_mapped
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.explain.causes import UNEXPLAINED
from tieout.store.banking.balances import last_closing
from tieout.store.banking.models import BankStatement
from tieout.store.closing.models import Books, Contribution, Difference, Explained
from tieout.store.closing.runs import newest_run
from tieout.store.ledger.balances import AccountBalance, balances_of, balances_of_source
from tieout.store.ledger.models import JournalEntry
from tieout.store.reconciliation.models import MatchRun, Reconciliation, RunRecord
from tieout.store.reconciliation.signed import figures_of
from tieout.workflows.acting import Caller, looking
from tieout.workflows.views.closing import PeriodStanding, periods_of


@dataclass(frozen=True, slots=True)
class PairView:
    """An account in two systems, and where its difference is explained."""

    name: str
    line: AccountLine
    reconciliation_id: int | None = None
    """Of a bank account and its account in the books."""
    books_id: int | None = None
    """Of a sub-ledger and its control accounts."""
    ledger: str = ""
    period: int = 0

    @property
    def agreement(self) -> Agreement:
        """As the line has it."""
        return self.line.agreement


def consistency(caller: Caller, *, on: date) -> tuple[PairView, ...]:
    """Every account that the settings name in two systems, as both have it by a day.

    A bank account is compared as at the day of its last statement up to that day, because only
    then both balances are of one moment. A sub-ledger is compared at the end of the last period
    that has ended by that day. What agrees comes last.
    """
    with looking(caller, Action.VIEW):
        found = [*_bank_pairs(on), *_ledger_pairs(on)]
        order = [
            Agreement.DIFFERS, Agreement.ONE_ONLY, Agreement.OFFSETTING, Agreement.EXPLAINED,
            Agreement.AGREES,
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda each: order.index(each.agreement)))


def _bank_pairs(on: date) -> Iterator[PairView]:
    pairs = Reconciliation.objects.filter(ended_at__isnull=True)
    for each in pairs.select_related("bank_account", "account").order_by("name", "id"):
        yield PairView(each.name, _bank_line(each, on), each.pk)


def _bank_line(pair: Reconciliation, on: date) -> AccountLine:
    account = pair.bank_account
    last = last_closing(account, on)
    day = (last.closing_on or last.ends_on or on) if last else on
    kept = balances_of(pair.organisation_id, [pair.account_id], day)
    balance = kept.get((pair.account_id, account.currency))
    exponent = max(account.exponent, balance.exponent if balance else 0)
    scale = 10 ** (exponent - account.exponent)
    closing = None if last is None else (last.closing_minor or 0) * scale
    bank = Balance(
        "bank statements",
        account.name or account.number,
        closing,
        day if last else None,
        last.reading.file.name if last else "",
    )
    books = _of_books("books", pair.account.code, balance, exponent, day)
    explained, count = _found(pair, day, exponent)
    return AccountLine(bank, books, account.currency, exponent, explained, count)


def _found(pair: Reconciliation, day: date, exponent: int) -> tuple[int | None, int]:
    """What the records of the newest run make the balances differ by, and how many are open.

    The bank begins with what its first statement opens with, which no line says; a posting of that
    amount is the books' own beginning and is not counted as open.
    """
    run = MatchRun.objects.filter(reconciliation=pair).order_by("-id").first()
    if run is None or run.exponent > exponent:
        return None, 0
    account = pair.bank_account
    statements = BankStatement.objects.filter(account=account, opening_minor__isnull=False)
    first = statements.order_by("begins_on", "id").first()
    opening = (first.opening_minor or 0) if first else 0
    figures = figures_of(run, day)
    found = figures.left_minor - figures.right_minor
    count = figures.open_left_count + figures.open_right_count
    in_run = opening * 10 ** max(0, run.exponent - account.exponent)
    begun = RunRecord.objects.filter(run=run, side="right", group__isnull=True, amount_minor=in_run)
    if opening and begun.exists():
        count -= 1
    scale = 10 ** (exponent - run.exponent)
    return opening * 10 ** (exponent - account.exponent) + found * scale, count


def _of_books(
    system: str, code: str, balance: AccountBalance | None, exponent: int, day: date
) -> Balance:
    if balance is None:
        return Balance(system, code, None, None, "")
    told = f"{balance.posting_count:,} postings"
    return Balance(system, code, balance.counted_in(exponent), day, told)


def _ledger_pairs(on: date) -> Iterator[PairView]:
    for books in Books.objects.filter(ended_at__isnull=True).order_by("name", "id"):
        run = newest_run(books.pk)
        if run is None:
            continue
        ended = Difference.objects.filter(run=run, period__lte=run.period, ends_on__lte=on)
        newest = ended.order_by("ledger", "-period").distinct("ledger").values("id")
        for each in periods_of(run, Difference.objects.filter(id__in=newest), on):
            told = f"snapshot {run.snapshot.content_hash[:12]}"
            left = _unexplained(run, each)
            line = AccountLine(
                Balance(f"{books.name}, sub-ledger", each.ledger.called, each.sub_ledger_minor,
                        each.ends_on, told),
                Balance(f"{books.name}, nominal ledger", "control accounts", each.control_minor,
                        each.ends_on, told),
                run.currency,
                run.exponent,
                None if left is None else each.difference_minor - left,
                each.item_count,
            )  # fmt: skip
            name = f"{books.name}: {each.ledger.called}, {each.called}"
            yield PairView(name, line, None, books.pk, each.ledger.value, each.period)


def _unexplained(run: Explained, each: PeriodStanding) -> int | None:
    """What no cause was found for, with its sign; None where such items cancel one another out."""
    if not each.unexplained_count:
        return 0
    rows = Contribution.objects.filter(
        run=run, ledger=each.ledger, period=each.period, cause=UNEXPLAINED
    )
    return sum(rows.values_list("amount_minor", flat=True)) or None


def sources(caller: Caller) -> tuple[str, ...]:
    """The systems whose entries the journal holds, by name."""
    with looking(caller, Action.VIEW):
        found = JournalEntry.objects.order_by("source").values_list("source", flat=True)
        return tuple(found.distinct())


def compared_systems(
    caller: Caller, *, left: str, right: str, on: date, mapping: str = ""
) -> tuple[AccountLine, ...]:
    """The accounts of two sources of the journal side by side, a line an account and currency.

    Args:
        caller: Who may view.
        left: A source of journal entries, as `sources` names them.
        right: Another one.
        on: The day up to which postings count.
        mapping: Which account of the left is which of the right, as `accounts_mapped` reads it.

    Raises:
        NotFound: There is no such source.
        InvalidInput: `command.invalid` where both are one; `match.mapping-invalid`.
    """
    if left == right:
        raise InvalidInput("command.invalid", f"{left!r} twice", "two systems")
    names = accounts_mapped(mapping)
    with looking(caller, Action.VIEW):
        for each in (left, right):
            if not JournalEntry.objects.filter(source=each).exists():
                raise NotFound("store.not-found", f"the books {each[:80]!r}", "books of yours")
        one = balances_of_source(caller.organisation_id, left, on)
        other = balances_of_source(caller.organisation_id, right, on)
    of_right = {right_code: left_code for left_code, right_code in names.items()}
    keys = {(names.get(code, code), currency) for code, currency in one} | set(other)
    lines = []
    for code, currency in sorted(keys):
        left_code = of_right.get(code, code)
        a, b = one.get((left_code, currency)), other.get((code, currency))
        exponent = max(each.exponent for each in (a, b) if each)
        lines.append(
            AccountLine(
                _of_books(left, left_code, a, exponent, on),
                _of_books(right, code, b, exponent, on),
                currency,
                exponent,
            )
        )
    return tuple(lines)
