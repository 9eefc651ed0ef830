"""The bridge of a ledger: from its total, less every cause, to that of its control accounts."""

from collections import Counter
from dataclasses import dataclass

from tieout.core.explain.causes import title_of
from tieout.core.matching.bridge import Bar, Bridge, Step, waterfall
from tieout.files.explained_words import at
from tieout.files.explaining import Explanation, LedgerAnswer


@dataclass(frozen=True)
class LedgerBridge:
    """The bars of a bridge, and which cause each stands for."""

    bars: tuple[Bar, ...]
    codes: tuple[str, ...]
    """One a bar: blank for the two totals."""


def bridge_of_ledger(made: Explanation, each: LedgerAnswer) -> LedgerBridge:
    """The bridge of one ledger at the period that is looked at."""
    explanation, now = each.explanation, made.period
    counts = Counter(item.share.cause for item in each.items_at(now))
    steps = {
        code: Step(title_of(code), -at(row, now), counts[code])
        for code, row in explanation.by_cause().items()
        if at(row, now) or code in counts
    }
    begins = sum(at(row, now) for row in explanation.subledger.values())
    ends = sum(at(row, now) for row in explanation.control.values())
    bridge = Bridge(made.books.base_currency, begins, ends, 0, 0, tuple(steps.values()))
    bars = waterfall(bridge, "Sub-ledger", "Control accounts")
    assert bars[-2].ends == ends  # the explanation has proved it
    return LedgerBridge(bars, ("", *steps, ""))
