"""Timing causes: posted in another period than the entry's own (2.2 step 6)."""

from datetime import date

from tieout.core.explain.books import EntryKind, LedgerEntry
from tieout.core.explain.groups import Scene
from tieout.core.periods import LogState


def timing_cause(
    scene: Scene, entry: LedgerEntry, dated_in: int, posted_in: int, moment: date
) -> str:
    """The cause of two unequal periods; `moment` is when the posting was entered.

    The kind of an entry comes first: currency adjustments are always entered after closing. A
    late posting is one after closing only where it went to the first period open at that moment.
    """
    if entry.kind is EntryKind.CURRENCY_ADJUSTMENT:
        return "currency_adjustment"
    if entry.kind is EntryKind.REVALUE:
        return "revalue_other_period"
    if posted_in > dated_in:
        modules = ("NL", scene.ledger.module)
        state = scene.books.log.state
        if all(
            state(period, moment, modules) is LogState.CLOSED
            for period in range(dated_in, posted_in)
        ):
            return "closed_period"
    return "date_period_mismatch"
