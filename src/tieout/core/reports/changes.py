"""Two clocks: the same balance as known at two moments, and what was recorded between them (1.11).

It answers "the figure I signed has changed": the day of the balance stays, only what the books
know of it moves.
"""

from tieout.core.explain.balances import control_balance, subledger_balance
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.groups import Scene
from tieout.core.explain.sentences import money as amount
from tieout.core.explain.sentences import period_phrase
from tieout.core.reports.recorded import (
    LINES,
    Clocks,
    is_between,
    recorded_entries,
    recorded_postings,
)
from tieout.core.reports.report import (
    Origin,
    Report,
    Section,
    day,
    money,
    prove,
    text,
)


def changes_report(
    books: Books, ledger: SubLedger, period: int, clocks: Clocks, origin: Origin
) -> Report:
    """What was recorded after the first moment, up to the second (None: now), for a period.

    Raises:
        Corruption: `explain.identity-broken` where the list does not lead from one to the other.
    """
    end, keys = books.calendar.end_of(period), Scene(books, ledger).counted
    known_from, known_at = clocks
    ledger_was, ledger_is = (
        subledger_balance(books, ledger, end, each) for each in (known_from, known_at)
    )
    nominal_was, nominal_is = (
        control_balance(books, ledger, keys, period, each) for each in (known_from, known_at)
    )
    entries = Section(
        "entries", "Recorded in the sub-ledger", LINES, recorded_entries(books, ledger, end, clocks)
    )
    postings = Section(
        "postings",
        "Recorded in the nominal ledger",
        LINES,
        recorded_postings(books, ledger, keys, period, clocks),
    )
    place = f"{ledger} period {period}"
    prove(entries.total("amount"), ledger_is - ledger_was, "changes of the sub-ledger", place)
    prove(postings.total("amount"), nominal_is - nominal_was, "changes of the accounts", place)
    where = period_phrase(books, period)
    said = f"at {known_at}" if known_at else "now"
    balances = Section(
        "balances",
        "The same balances at two moments",
        (
            text("side", "Side"),
            money("was", f"As known at {known_from}", is_summed=False),
            money("change", "Change", is_summed=False),
            money("now", f"As known {said}", is_summed=False),
        ),
        (
            ("Sub-ledger", ledger_was, ledger_is - ledger_was, ledger_is),
            ("Control accounts", nominal_was, nominal_is - nominal_was, nominal_is),
            (
                "Difference",
                ledger_was - nominal_was,
                (ledger_is - nominal_is) - (ledger_was - nominal_was),
                ledger_is - nominal_is,
            ),
        ),
    )
    removed = _log(books, ledger, clocks)
    return Report(
        "changes",
        f"Changes to {where} since {known_from}, {ledger.called.lower()}",
        (
            f"{ledger.called} at {where}: {amount(books, ledger_was)} as known at {known_from}, "
            f"{amount(books, ledger_is)} as known {said}; "
            f"{len(entries.rows)} records of {amount(books, ledger_is - ledger_was)} were made "
            f"between, and {len(postings.rows)} postings of "
            f"{amount(books, nominal_is - nominal_was)} on the control accounts."
        ),
        (
            ("ledger", ledger.called),
            ("period", f"{period} ({where})"),
            ("as known from", str(known_from)),
            ("as known to", str(known_at or "now")),
        ),
        (entries, postings, balances, *((removed,) if removed.rows else ())),
        "sub-ledger at the later moment",
        ledger_is,
        origin,
    )


def _log(books: Books, ledger: SubLedger, clocks: Clocks) -> Section:
    """What the source system's log says was done between; entries that are gone have no amount."""
    others = {entry.entry_id for entry in books.entries if entry.ledger is not ledger}
    rows = tuple(
        (line.entry_id, line.action, line.user, line.on, line.detail)
        for line in sorted(books.audit_lines, key=lambda each: (each.on, each.entry_id))
        if is_between(line.on, clocks) and line.entry_id not in others
    )
    columns = (
        text("id", "Entry"),
        text("action", "What was done"),
        text("user", "By"),
        day("on", "On"),
        text("detail", "Detail"),
    )
    return Section(
        "log",
        "The source system's log",
        columns,
        rows,
        note="What was deleted is no longer in the books: none of the figures above has it.",
    )
