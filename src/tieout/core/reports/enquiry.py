"""The Debtors or Creditors Reconciliation Enquiry of a period, with both of its stages (1.8).

Stage A leads from the sub-ledger by document date to the sub-ledger by nominal period (status,
timing, what never posts), stage B from there to the control accounts (account, amount, postings
without an entry). The source system's own enquiry shows stage B alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tieout.core.explain.balances import control_balance, subledger_balance
from tieout.core.explain.books import Books, EntryKind, SubLedger
from tieout.core.explain.causes import Stage
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.groups import Scene, Share
from tieout.core.explain.items import stages_of
from tieout.core.explain.sentences import money as amount
from tieout.core.explain.sentences import period_phrase
from tieout.core.periods import ONE_DAY
from tieout.core.reports.moves import Moved, moved_section, moves_of
from tieout.core.reports.report import (
    Cell,
    Origin,
    Report,
    Section,
    money,
    number,
    prove,
    text,
)

TITLES = {
    EntryKind.INVOICE: "Invoices",
    EntryKind.CREDIT_NOTE: "Credit notes",
    EntryKind.RECEIPT: "Receipts",
    EntryKind.PAYMENT: "Payments",
    EntryKind.REFUND: "Refunds",
    EntryKind.WRITE_OFF: "Write-offs",
    EntryKind.DISCOUNT: "Discounts",
    EntryKind.CONTRA: "Contras",
    EntryKind.OPENING_BALANCE: "Opening balances",
    EntryKind.CURRENCY_ADJUSTMENT: "Currency adjustments",
    EntryKind.REVALUE: "Revaluations",
    EntryKind.OTHER: "Others",
}
MIXED = "Daily totals of several kinds, posted at another amount"
NAMES = {SubLedger.AR: "Debtors", SubLedger.AP: "Creditors"}


def enquiry_report(books: Books, made: LedgerExplanation, period: int, origin: Origin) -> Report:
    """The enquiry of a period; `made` explains the same books.

    Raises:
        Corruption: `explain.identity-broken` where the two stages are not the difference.
    """
    ledger, counted = made.ledger, Scene(books, made.ledger).counted
    now, before = (_Balances(books, made, each) for each in (period, period - 1))
    stage_a, stage_b = (moves_of(made, period, stage) for stage in Stage)
    place = f"{ledger} period {period}"
    prove(sum(each[2] for each in stage_a), now.stage_a - before.stage_a, "a stage A", place)
    prove(sum(each[2] for each in stage_b), now.stage_b - before.stage_b, "a stage B", place)
    lines = _lines(books, ledger, period, stage_a, before.control)
    prove(lines.total("dated"), now.ledger - before.ledger, "a movement", place)
    calculated = lines.total("posted")
    prove(calculated - now.control, now.stage_b - before.stage_b, "a difference", place)
    where = period_phrase(books, period)
    title = f"{NAMES.get(ledger, ledger.called)} Reconciliation Enquiry, {where}"
    return Report(
        "enquiry",
        title,
        _sentence(books, made, where, (before, now)),
        (
            ("ledger", ledger.called),
            ("period", f"{period} ({where})"),
            ("accounts counted", ", ".join(str(key).rstrip("/") for key in sorted(counted))),
        ),
        (
            lines,
            _closing(calculated, now.control),
            _bridge(before, now),
            _accounts(books, made, period),
            moved_section(books, "stage_a", "Stage A: status, timing, what never posts", stage_a),
            moved_section(
                books, "stage_b", "Stage B: account, amount, postings without an entry", stage_b
            ),
        ),
        "difference at the end of the period",
        now.ledger - now.control,
        origin,
    )


class _Balances:
    """The balances at the end of a period, each added up apart from the explanation."""

    def __init__(self, books: Books, made: LedgerExplanation, period: int) -> None:
        """Add them up, and compare what the two stages say."""
        counted = Scene(books, made.ledger).counted
        ends_on = _end(books, period)
        self.ledger = subledger_balance(books, made.ledger, ends_on)
        self.control = control_balance(books, made.ledger, counted, period)
        stages = stages_of(made)
        self.stage_a, self.stage_b = (
            stages[name][period] if made.periods else 0  # a ledger in which there is nothing
            for name in "AB"
        )
        prove(
            self.stage_a + self.stage_b,
            self.ledger - self.control,
            "stages A and B",
            f"{made.ledger} period {period}",
        )


def _end(books: Books, period: int) -> date:
    if period >= 1:
        return books.calendar.end_of(period)
    return books.calendar.periods[0].begins_on - ONE_DAY


def _lines(
    books: Books, ledger: SubLedger, period: int, stage_a: Sequence[Moved], opening: int
) -> Section:
    """Opening balance and movements by kind, as dated and as the nominal ledger has them."""
    number_of = books.calendar.number_of
    dated: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for entry in books.entries:
        if entry.ledger is not ledger:
            continue
        if number_of(entry.dated_on) == period:
            dated[TITLES[entry.kind]] += entry.base_minor
            count[TITLES[entry.kind]] += 1
        if entry.voided_on is not None and number_of(entry.voided_on) == period:
            dated[TITLES[entry.kind]] -= entry.base_minor
    delayed: dict[str, int] = defaultdict(int)
    for share, _, moved in stage_a:
        for title, part in _by_kind(share, moved):
            delayed[title] += part
    rows: list[tuple[Cell, ...]] = [("Opening balance", None, None, None, opening)]
    for title in (*TITLES.values(), MIXED):
        if title in dated or title in delayed:
            by_date, late = dated[title], delayed[title]
            rows.append((title, count[title], by_date, -late, by_date - late))
    return Section(
        "enquiry",
        "Enquiry",
        (
            text("line", "Line"),
            number("entries", "Entries dated in it"),
            money("dated", "Dated in the period"),
            money("stage_a", "Status and timing (A)"),
            money("posted", "In the nominal period"),
        ),
        tuple(rows),
        "Calculated closing",
    )


def _by_kind(share: Share, moved: int) -> list[tuple[str, int]]:
    """What moved, by kind of entry: of a daily total of several kinds only where it is exact."""
    entries = share.group.entries
    kinds = {TITLES[entry.kind] for entry in entries}
    if len(kinds) == 1:
        return [(min(kinds), moved)]
    here = [
        entry for entry in entries if (entry.key, entry.currency) == (share.key, share.currency)
    ]
    whole = sum(entry.base_minor for entry in here)
    if abs(whole) != abs(moved) or not whole:
        return [(MIXED, moved)]
    sign = moved // whole
    return [(TITLES[entry.kind], sign * entry.base_minor) for entry in here]


def _closing(calculated: int, control: int) -> Section:
    """Calculated less nominal closing: stage B of the period."""
    return Section(
        "closing",
        "Closing",
        (text("line", "Line"), money("amount", "Amount")),
        (("Calculated closing", calculated), ("Nominal closing, taken away", -control)),
        "Difference of the period (B)",
    )


def _bridge(before: _Balances, now: _Balances) -> Section:
    """From the sub-ledger by document date to the control accounts, over both stages."""
    rows = (
        ("Sub-ledger by document date", before.ledger, now.ledger),
        ("A: status, timing, what never posts", -before.stage_a, -now.stage_a),
        ("B: account, amount, postings without an entry", -before.stage_b, -now.stage_b),
    )
    return Section(
        "stages",
        "The two stages",
        (
            text("line", "Line"),
            money("before", "End of the period before"),
            money("moved", "In the period"),
            money("now", "End of the period"),
        ),
        tuple((line, old, new - old, new) for line, old, new in rows),
        "Control accounts",
    )


def _accounts(books: Books, made: LedgerExplanation, period: int) -> Section:
    """Both balances and the difference of every account at the end of the period."""
    cells: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for place, rows in enumerate((made.subledger, made.control)):
        for cell, row in rows.items():
            cells[cell[0]][place] += row[period]
    accounts = sorted({cell[0] for cell in (*made.subledger, *made.control)})
    return Section(
        "accounts",
        "By account at the end of the period",
        (
            text("account", "Account"),
            text("name", "Name"),
            money("ledger", "Sub-ledger"),
            money("control", "Control account"),
            money("difference", "Difference"),
        ),
        tuple(
            (
                str(key).rstrip("/"),
                books.account_names.get(key, ""),
                *cells[key],
                cells[key][0] - cells[key][1],
            )
            for key in accounts
        ),
    )


def _sentence(
    books: Books,
    made: LedgerExplanation,
    where: str,
    before_and_now: tuple["_Balances", "_Balances"],
) -> str:
    before, now = before_and_now
    difference = now.ledger - now.control
    moved = difference - (before.ledger - before.control)
    part_a, part_b = now.stage_a - before.stage_a, now.stage_b - before.stage_b
    return (
        f"{made.ledger.called}: the difference is {amount(books, difference)} at {where}. In it, "
        f"it moved by {amount(books, moved)}: {amount(books, part_a)} of status and "
        f"timing (A) and {amount(books, part_b)} of accounts, amounts and postings without an "
        "entry (B)."
    )
