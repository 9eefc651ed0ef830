"""Statements of account: what stands open with each party, or what has moved since a day.

One statement a party and currency, in that currency, with the value in base currency beside it,
so that all statements together are the sub-ledger's balance.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tieout.core.explain.ageing import AgedItem
from tieout.core.explain.balances import subledger_balance
from tieout.core.explain.books import Books, LedgerEntry, SubLedger
from tieout.core.explain.sentences import money as amount
from tieout.core.reports.aged import AgedQuestion, asked, ordered
from tieout.core.reports.report import (
    Cell,
    Origin,
    Report,
    Section,
    day,
    money,
    own_entries,
    party_name,
    prove,
    text,
)

Holder = tuple[str, str]
"""A party and a currency: who has a statement."""


@dataclass(frozen=True, slots=True)
class StatementQuestion:
    """What is asked of statements of account."""

    aged: AgedQuestion
    party: str = ""
    """Only this party."""
    begins_on: date | None = None
    """Balance brought forward to this day, then every movement; None: open items only."""


def statements_report(
    books: Books, ledger: SubLedger, question: StatementQuestion, origin: Origin
) -> Report:
    """A statement for each party and currency that has one.

    Raises:
        Corruption: `explain.identity-broken` where they do not add up to the ledger's balance.
    """
    aged = asked(books, ledger, question.aged)
    items: dict[Holder, list[AgedItem]] = defaultdict(list)
    for item in ordered(aged):
        items[item.entry.party, item.entry.currency].append(item)
    entries: dict[Holder, list[LedgerEntry]] = defaultdict(list)
    for entry in own_entries(books, ledger):
        if _is_asked(entry, question):
            entries[entry.party, entry.currency].append(entry)
    holders = sorted(holder for holder in {*items, *entries} if question.party in {"", holder[0]})
    if question.begins_on is None:
        holders = [holder for holder in holders if items[holder]]
        made = [_open_items(books, ledger, each, items[each]) for each in holders]
    else:
        begins_on = question.begins_on
        made = [_movements(books, ledger, each, entries[each], begins_on) for each in holders]
    summary = _summary(books, ledger, holders, items, tuple(aged.buckets))
    balance = _balance(books, ledger, question)
    prove(sum(each.total("base") for each in made), balance, "statements", ledger.value)
    prove(summary.total("total"), balance, "a summary of statements", ledger.value)
    begins = question.begins_on
    return Report(
        "statements",
        f"Statements of account as at {aged.as_at}, {ledger.called.lower()}",
        f"{ledger.called}: {len(made)} statements of {amount(books, balance)} together.",
        (
            *question.aged.words(ledger, aged.as_at),
            ("party", question.party or "all"),
            ("shows", f"movements since {begins}" if begins else "open items"),
        ),
        (summary, *made),
        "sub-ledger balance of these parties",
        balance,
        origin,
    )


def _is_asked(entry: LedgerEntry, question: StatementQuestion) -> bool:
    return question.aged.has(entry) and question.party in {"", entry.party}


def _balance(books: Books, ledger: SubLedger, question: StatementQuestion) -> int:
    """The balance of the parties asked for, from the entries themselves."""
    aged = question.aged
    if not question.party:
        return subledger_balance(books, ledger, aged.as_at, aged.known_at, currency=aged.currency)
    return sum(
        entry.base_minor
        for entry in books.entries
        if entry.ledger is ledger and _is_asked(entry, question)
    )


def _summary(
    books: Books,
    ledger: SubLedger,
    holders: list[Holder],
    items: dict[Holder, list[AgedItem]],
    names: tuple[str, ...],
) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for party, currency in holders:
        cells = dict.fromkeys(names, 0)
        for item in items[party, currency]:
            cells[item.bucket] += item.left_minor
        name, total = party_name(books, ledger, party), sum(cells.values())
        rows.append((party, name, currency, *cells.values(), total))
    return Section(
        "summary",
        "All statements",
        (
            text("party", "Party"),
            text("name", "Name"),
            text("currency", "Currency"),
            *(money(name, name.capitalize()) for name in names),
            money("total", "Total"),
        ),
        tuple(rows),
    )


def _open_items(books: Books, ledger: SubLedger, holder: Holder, items: list[AgedItem]) -> Section:
    party, currency = holder
    rows = tuple(
        (
            party,
            currency,
            item.entry.dated_on,
            item.entry.kind.called,
            item.entry.reference,
            item.entry.due_on,
            item.entry.doc_minor,
            item.left_doc,
            item.left_minor,
        )
        for item in items
    )
    return Section(
        f"statement-{party}-{currency}",
        _title(books, ledger, holder),
        (
            text("party", "Party").aside(),
            text("currency", "Currency").aside(),
            day("dated_on", "Date"),
            text("kind", "Kind"),
            text("reference", "Reference"),
            day("due_on", "Due"),
            money("amount", "Amount", is_summed=False, currency=currency),
            money("left", "Open", currency=currency),
            money("base", f"Open in {books.base_currency}"),
        ),
        rows,
        "Balance",
        _footer(books, items),
        group="statements",
    )


def _movements(
    books: Books, ledger: SubLedger, holder: Holder, entries: list[LedgerEntry], begins_on: date
) -> Section:
    party, currency = holder
    before = [entry for entry in entries if entry.dated_on < begins_on]
    own = sum(entry.doc_minor for entry in before)
    base = sum(entry.base_minor for entry in before)
    rows: list[tuple[Cell, ...]] = [
        (party, currency, begins_on, "Brought forward", "", own, own, base),
    ]
    running = own
    for entry in entries:
        if entry.dated_on >= begins_on:
            running += entry.doc_minor
            rows.append(
                (
                    party,
                    currency,
                    entry.dated_on,
                    entry.kind.called,
                    entry.reference,
                    entry.doc_minor,
                    running,
                    entry.base_minor,
                )
            )
    return Section(
        f"statement-{party}-{currency}",
        _title(books, ledger, holder),
        (
            text("party", "Party").aside(),
            text("currency", "Currency").aside(),
            day("dated_on", "Date"),
            text("kind", "Kind"),
            text("reference", "Reference"),
            money("amount", "Amount", currency=currency),
            money("running", "Balance", is_summed=False, currency=currency),
            money("base", f"Amount in {books.base_currency}"),
        ),
        tuple(rows),
        "Balance",
        group="statements",
    )


def _title(books: Books, ledger: SubLedger, holder: Holder) -> str:
    party, currency = holder
    name = party_name(books, ledger, party)
    return f"{party} {name}, {currency}" if name else f"{party}, {currency}"


def _footer(books: Books, items: list[AgedItem]) -> str:
    """The ages of a statement's items in its own currency, on one line."""
    cells: dict[str, int] = defaultdict(int)
    for item in items:
        cells[item.bucket] += item.left_doc
    currency = items[0].entry.currency
    return " · ".join(f"{name}: {amount(books, each, currency)}" for name, each in cells.items())
