"""An explanation as reports, a ledger each: the bridge, its history, and a section for every cause.

What a workbook and a PDF show; the sections' totals are the bridge's amounts.
"""

from collections.abc import Sequence

import tieout
from tieout.core.explain.books import LedgerEntry, NominalPosting
from tieout.core.explain.causes import title_of
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import account_phrase, period_phrase
from tieout.core.reports.report import (
    Cell,
    Origin,
    Report,
    Section,
    day,
    money,
    number,
    own_money,
    prove,
    text,
)
from tieout.files.explained_words import at, headline, since_words
from tieout.files.explaining import Explanation, LedgerAnswer

SUMMARY = "summary"
BRIDGE_COLUMNS = (
    text("cause", "Cause"),
    text("code", "Code"),
    money("now", "Now"),
    money("before", "A period before"),
    number("items", "Items"),
    text("since", "Since"),
    text("action", "What to do"),
)
ITEM_COLUMNS = (
    money("amount", "Amount"),
    text("kind", "Kind"),
    text("party", "Party"),
    text("reference", "Reference"),
    day("dated_on", "Dated"),
    day("entered_on", "Entered").aside(),
    number("dated_in", "Period of its date").aside(),
    number("posted_in", "Nominal period").aside(),
    text("account", "Account"),
    text("posted_to", "Posted to").aside(),
    text("currency", "Currency").aside(),
    own_money("own_amount", "Amount, own currency").aside(),
    money("posted", "Posted", is_summed=False),
    text("ids", "Entries and postings"),
    text("sentence", "What happened"),
)
IDS_MAX = 12
"""Ids named of an item; of a daily total of thousands a cell could not hold them all."""


def explained_reports(made: Explanation) -> tuple[Report, ...]:
    """One report a ledger, at the period that is looked at.

    Raises:
        Corruption: `explain.identity-broken` where the sections do not add up to the difference.
    """
    origin = origin_of(made)
    return tuple(_report(made, each, origin) for each in made.ledgers)


def origin_of(made: Explanation) -> Origin:
    """What an explanation was made from: of large books the hash of the files alone says it."""
    files, version = made.reading.content_hash, tieout.__version__
    books = made.books
    if made.engine == "reference":
        return Origin.of(books, version=version, files=files)
    return Origin(files, books.base_currency, books.exponents, version, "", books.extracted_on)


def _report(made: Explanation, each: LedgerAnswer, origin: Origin) -> Report:
    books, now = made.books, made.period
    rows = each.explanation.by_cause()
    standing: dict[str, list[Item]] = {}
    for item in each.items_at(now):
        standing.setdefault(item.share.cause, []).append(item)
    causes = tuple(_cause(made, each, code, standing[code]) for code in rows if code in standing)
    summary = _summary(made, each, standing)
    difference = at(each.explanation.difference(), now)
    name = each.ledger.value
    prove(sum(section.total("amount") for section in causes), difference, "causes", name)
    prove(summary.total("now"), difference, "a bridge", name)
    where = period_phrase(books, now)
    return Report(
        "explanation",
        f"{each.ledger.called} against its control accounts, {where}",
        headline(made, each),
        (
            ("ledger", each.ledger.called),
            ("period", f"{now} ({where})"),
            ("engine", made.engine),
            ("items in all periods", str(len(each.items))),
        ),
        (summary, _history(made, each), *causes),
        f"difference at {where}",
        difference,
        origin,
        (
            *(f"Wrong with the files: {problem}" for problem in made.problems),
            *(f"Not tested: {one.cause}: {one.why}" for one in made.untested),
        ),
    )


def _summary(made: Explanation, each: LedgerAnswer, standing: dict[str, list[Item]]) -> Section:
    """A row a cause that stands now or stood a period before."""
    rows: list[tuple[Cell, ...]] = []
    for code, row in each.explanation.by_cause().items():
        items = standing.get(code, [])
        now, before = at(row, made.period), at(row, max(made.period - 1, 0))
        if items or before:
            since = since_words(items)
            action = items[0].action if items else ""
            rows.append((title_of(code), code, now, before, len(items), since, action))
    return Section(
        f"{each.ledger.value}-{SUMMARY}",
        f"{each.ledger.called}: why it differs",
        BRIDGE_COLUMNS,
        tuple(rows),
        "Difference",
        group=SUMMARY,
    )


def _history(made: Explanation, each: LedgerAnswer) -> Section:
    """Every cause in every period."""
    numbers = [0, *(period.number for period in made.books.calendar.periods)]
    rows: list[tuple[Cell, ...]] = []
    for code, row in each.explanation.by_cause().items():
        amounts: list[Cell] = [at(row, period) for period in numbers]
        rows.append((title_of(code), *amounts))
    columns = (money(f"period_{period}", f"Period {period}") for period in numbers)
    return Section(
        f"{each.ledger.value}-periods",
        f"{each.ledger.called}: every cause in every period",
        (text("cause", "Cause"), *columns),
        tuple(rows),
        "Difference",
        "Period 0 is what was brought forward to the first period.",
    )


def _cause(made: Explanation, each: LedgerAnswer, code: str, items: Sequence[Item]) -> Section:
    return Section(
        f"{each.ledger.value}-{code}",
        f"{each.ledger.value} {title_of(code)}",
        ITEM_COLUMNS,
        tuple(_item(made, item) for item in items),
        note=items[0].action,
    )


def _item(made: Explanation, item: Item) -> tuple[Cell, ...]:
    books, entry, posting = made.books, item.entry, item.posting
    first: LedgerEntry | NominalPosting | None = entry or posting
    ids = item.ids[:IDS_MAX]
    more = f" and {len(item.ids) - IDS_MAX} more" if len(item.ids) > IDS_MAX else ""
    return (
        item.share.amount_minor,
        entry.kind.called if entry else "Posting",
        entry.party if entry else "",
        first.reference if first else "",
        first.dated_on if first else None,
        first.entered_on if first else None,
        books.calendar.number_of(entry.dated_on) if entry else None,
        posting.period if posting else None,
        account_phrase(books, entry.key if entry else item.share.key),
        account_phrase(books, posting.key) if posting else "",
        item.share.currency,
        first.doc_minor if first else None,
        posting.natural(item.ledger) if posting else None,
        " ".join(ids) + more,
        item.sentence,
    )
