"""The aged report of a ledger, retrospective or ordinary, by party and by item (1.10).

The retrospective one is the ledger as it stood on a day: its total is the sub-ledger's balance.
The ordinary one is what is open now, whatever the period; its title says so, because comparing it
with the control accounts of a past period is a basis error, not a difference.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from tieout.core.explain.ageing import UNALLOCATED, AgedItem, AgedReport, AgedSettings, aged_report
from tieout.core.explain.balances import stands, subledger_balance
from tieout.core.explain.books import Books, LedgerEntry, SubLedger
from tieout.core.explain.sentences import money as amount
from tieout.core.reports.report import (
    Cell,
    Column,
    Origin,
    Report,
    Section,
    clocks,
    day,
    money,
    number,
    own_money,
    party_name,
    prove,
    text,
)
from tieout.core.reports.valued import rates_phrase, valuation

NAMES = {SubLedger.AR: "Aged debtors", SubLedger.AP: "Aged creditors"}


@dataclass(frozen=True, slots=True)
class AgedQuestion:
    """What is asked of an aged report."""

    as_at: date | None
    """None is the ordinary report."""
    known_at: date | None = None
    settings: AgedSettings = field(default_factory=AgedSettings)
    currency: str = ""
    """Only entries in that currency."""
    rates_of: int | None = None
    """A period at whose rates what is open is valued as well."""

    def has(self, entry: LedgerEntry) -> bool:
        """Whether an entry is asked for."""
        is_there = stands(entry, self.as_at, self.known_at)
        return is_there and self.currency in {"", entry.currency}

    def words(self, ledger: SubLedger, aged_on: date) -> tuple[tuple[str, str], ...]:
        """As parameters of a report."""
        settings = self.settings
        unit = "calendar months" if settings.counts_months else "days"
        basis = "as the ledger stood on the day" if self.as_at else "what is open now, all periods"
        return (
            ("ledger", ledger.called),
            ("basis", basis),
            *clocks(self.as_at, self.known_at),
            ("aged to", str(aged_on)),
            ("aged by", "due date" if settings.by_due_date else "date of the entry"),
            ("buckets", f"{', '.join(name for name, _ in settings.buckets)} ({unit})"),
            ("credits", "in their age" if settings.ages_credits else "in a column of their own"),
            ("currency", self.currency or "all"),
            ("valued at", "the rates of the entries, with adjustments"),
        )


def aged_ledger_report(
    books: Books, ledger: SubLedger, question: AgedQuestion, origin: Origin
) -> Report:
    """The report by party and by item.

    Raises:
        Corruption: `explain.identity-broken` where it does not add up to the ledger's balance.
    """
    made = asked(books, ledger, question)
    names = tuple(made.buckets)
    parties = Section("parties", "By party", _party_columns(names), _parties(books, ledger, made))
    items = Section("items", "By item", _ITEM_COLUMNS, tuple(_item(item) for item in ordered(made)))
    balance = subledger_balance(
        books, ledger, question.as_at, question.known_at, currency=question.currency
    )
    for section, column in ((parties, "total"), (items, "left")):
        prove(section.total(column), balance, f"an aged total by {section.name}", f"{ledger}")
    by_party: dict[Cell, int] = defaultdict(int)
    for entry in books.entries:
        if entry.ledger is ledger and question.has(entry):
            by_party[entry.party] += entry.base_minor
    for party, total in zip(parties.values("party"), parties.values("total"), strict=True):
        prove(int(str(total)), by_party[party], "a balance", f"{ledger} {party}")
    for name in names:
        prove(parties.total(name), made.buckets[name], f"a bucket {name}", f"{ledger}")
    valuations = () if question.rates_of is None else (valuation(books, made, question.rates_of),)
    title = f"{NAMES.get(ledger, ledger.called)} as at {made.as_at}"
    if question.as_at is None:
        title = f"{NAMES.get(ledger, ledger.called)}, what is open now ({made.as_at})"
    oldest = list(names)[-1] if question.settings.ages_credits else list(names)[-2]
    apart = (
        ""
        if question.settings.ages_credits
        else (f", {amount(books, made.buckets[UNALLOCATED])} of it credits not allocated")
    )
    return Report(
        "aged",
        title,
        (
            f"{ledger.called}: {amount(books, made.total)} is open in {len(items.rows)} items of "
            f"{len(parties.rows)} parties{apart}; {amount(books, made.buckets[oldest])} is in the "
            f"oldest bucket, {oldest}."
        ),
        (*question.words(ledger, made.as_at), *_besides(books, question)),
        (parties, items, *valuations),
        "sub-ledger balance",
        balance,
        origin,
    )


def _besides(books: Books, question: AgedQuestion) -> tuple[tuple[str, str], ...]:
    """That it is valued at other rates too, as a parameter."""
    if question.rates_of is None:
        return ()
    return (("valued besides at", rates_phrase(books, question.rates_of)),)


def asked(books: Books, ledger: SubLedger, question: AgedQuestion) -> AgedReport:
    """The aged report that a question asks for."""
    return aged_report(
        books,
        ledger,
        question.as_at,
        question.known_at,
        question.settings,
        currency=question.currency,
    )


def ordered(made: AgedReport) -> list[AgedItem]:
    """Items by party, the oldest first."""
    return sorted(
        made.items, key=lambda item: (item.entry.party, item.entry.dated_on, item.entry.entry_id)
    )


def _party_columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    buckets = (money(name, name.capitalize()) for name in names)
    return (text("party", "Party"), text("name", "Name"), *buckets, money("total", "Total"))


def _parties(books: Books, ledger: SubLedger, made: AgedReport) -> tuple[tuple[Cell, ...], ...]:
    by_party: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(made.buckets, 0))
    for item in made.items:
        by_party[item.entry.party][item.bucket] += item.left_minor
    return tuple(
        (party, party_name(books, ledger, party), *cells.values(), sum(cells.values()))
        for party, cells in sorted(by_party.items())
    )


_ITEM_COLUMNS = (
    text("party", "Party"),
    text("id", "Entry"),
    text("kind", "Kind"),
    text("reference", "Reference"),
    day("dated_on", "Dated"),
    day("due_on", "Due"),
    number("days", "Days"),
    text("bucket", "Bucket"),
    text("currency", "Currency"),
    own_money("own_left", "Open, own currency"),
    money("amount", "Amount", is_summed=False),
    money("left", "Open"),
)


def _item(item: AgedItem) -> tuple[Cell, ...]:
    entry = item.entry
    return (
        entry.party,
        entry.entry_id,
        entry.kind.called,
        entry.reference,
        entry.dated_on,
        entry.due_on,
        item.days,
        item.bucket,
        entry.currency,
        item.left_doc,
        entry.base_minor,
        item.left_minor,
    )
