"""What is said of an explanation wherever it is shown: the sentence, since when, a balance."""

from collections.abc import Sequence

from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.headlines import Standing, headline_of
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import money, period_phrase
from tieout.files.explaining import Explanation, LedgerAnswer


def headline(made: Explanation, each: LedgerAnswer) -> str:
    """The sentence that says it all: how far apart, since when, and how much of it is explained."""
    books, items = made.books, each.items_at(made.period)
    left = [item for item in items if item.share.cause == UNEXPLAINED]
    standing = Standing(
        called=each.ledger.called,
        where=period_phrase(books, made.period),
        difference_minor=at(each.explanation.difference(), made.period),
        cause_count=len({item.share.cause for item in items} - {UNEXPLAINED}),
        item_count=len(items),
        size_minor=sum(abs(item.share.amount_minor) for item in items),
        unexplained_count=len(left),
        unexplained_minor=sum(item.share.amount_minor for item in left),
    )
    return headline_of(standing, lambda amount_minor: money(books, amount_minor))


def since_words(items: Sequence[Item]) -> str:
    """The period of the oldest item, in the words of a list; blank where there is none."""
    begins = min((item.share.begins for item in items), default=None)
    if begins is None:
        return ""
    return f"period {begins}" if begins else "brought forward"


def at(row: tuple[int, ...], period: int) -> int:
    """The balance of a period; nothing where the row ends before it."""
    return row[period] if period < len(row) else 0
