"""What of a difference began and ended in a period, by the stage that its cause belongs to."""

from collections.abc import Sequence

from tieout.core.explain.books import Books
from tieout.core.explain.causes import CAUSES, Stage, title_of
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.groups import Share
from tieout.core.explain.sentences import account_phrase
from tieout.core.reports.report import Cell, Section, day, money, text

Moved = tuple[Share, int, int]
"""A share, which way it moved in the period (1 it began, -1 it ended), and by how much."""


def stage_of(share: Share) -> Stage:
    """The stage that the cause of a share belongs to."""
    return CAUSES[share.cause].stage if share.cause in CAUSES else Stage.B


def moves_of(made: LedgerExplanation, period: int, stage: Stage) -> list[Moved]:
    """The shares of a stage that begin or end in a period."""
    begun = [(share, 1, share.amount_minor) for share in made.shares if share.begins == period]
    ended = [(share, -1, -share.amount_minor) for share in made.shares if share.ends == period]
    return [each for each in (*begun, *ended) if stage_of(each[0]) is stage]


def moved_section(books: Books, name: str, title: str, moved: Sequence[Moved]) -> Section:
    """What began and what ended in the period, the largest first."""
    ordered = sorted(moved, key=lambda each: (-abs(each[2]), each[0].group.ids, each[1]))
    return Section(
        name,
        title,
        (
            text("cause", "Cause"),
            text("change", "Change"),
            text("id", "Entry or posting"),
            text("party", "Party"),
            text("reference", "Reference"),
            day("date", "Dated"),
            text("account", "Account"),
            text("currency", "Currency"),
            money("amount", "Amount"),
        ),
        tuple(_item(books, *each) for each in ordered),
    )


def _item(books: Books, share: Share, sign: int, moved: int) -> tuple[Cell, ...]:
    group = share.group
    entry = group.entries[0] if group.entries else None
    first = entry or (group.postings[0] if group.postings else None)
    return (
        title_of(share.cause),
        "began" if sign > 0 else "ended",
        group.ids[0] if group.ids else "",
        entry.party if entry else "",
        first.reference if first else "",
        first.dated_on if first else None,
        account_phrase(books, share.key),
        share.currency,
        moved,
    )
