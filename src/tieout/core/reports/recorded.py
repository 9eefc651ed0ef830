"""What was recorded between two moments and changes a balance, in either ledger."""

from collections.abc import Collection
from datetime import date

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, PostingStatus, SubLedger
from tieout.core.reports.report import Cell, day, in_order, money, own_entries, text

Clocks = tuple[date, date | None]
"""Two moments of knowing: after the first, up to and with the second; None is now."""
LINES = (
    text("id", "Entry or posting"),
    text("what", "What happened"),
    text("party", "Party or journal"),
    text("reference", "Reference"),
    day("dated_on", "Dated"),
    day("recorded_on", "Recorded"),
    money("amount", "Change"),
)


def is_between(on: date, clocks: Clocks) -> bool:
    """Whether something was recorded between the two moments."""
    return on > clocks[0] and (clocks[1] is None or on <= clocks[1])


def recorded_entries(
    books: Books, ledger: SubLedger, end: date, clocks: Clocks
) -> tuple[tuple[Cell, ...], ...]:
    """Entries dated by the end and made between, and voids that were."""
    made: list[tuple[Cell, ...]] = []
    for entry in own_entries(books, ledger):
        if entry.dated_on > end:
            continue
        words = entry.party, entry.reference, entry.dated_on
        if is_between(entry.entered_on, clocks):
            made.append(
                (entry.entry_id, entry.kind.called, *words, entry.entered_on, entry.base_minor)
            )
        voided = entry.voided_on
        if voided is None or voided > end:
            continue
        # A void is known from its day on, and never before the entry itself.
        learned = max(voided, entry.entered_on)
        if is_between(learned, clocks):
            what = f"{entry.kind.called} voided"
            made.append((entry.entry_id, what, *words, learned, -entry.base_minor))
    return tuple(made)


def recorded_postings(
    books: Books,
    ledger: SubLedger,
    keys: Collection[AccountKey],
    period: int,
    clocks: Clocks,
) -> tuple[tuple[Cell, ...], ...]:
    """Postings on those accounts up to the period, made between."""
    found = (
        each
        for each in books.postings
        if each.status is PostingStatus.POSTED
        and each.key in keys
        and each.period <= period
        and is_between(each.entered_on, clocks)
    )
    return tuple(
        (
            each.posting_id,
            each.narrative or "Posting",
            each.journal_id,
            each.reference,
            each.dated_on,
            each.entered_on,
            each.natural(ledger),
        )
        for each in in_order(found)
    )
