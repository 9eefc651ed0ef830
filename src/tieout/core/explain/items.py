"""Items: what a person sees of a share, with document, posting, sentence and action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tieout.core.explain.books import Books, LedgerEntry, NominalPosting, SubLedger
from tieout.core.explain.causes import CAUSES, UNEXPLAINED, Differs
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.further import called_in
from tieout.core.explain.groups import Share
from tieout.core.explain.sentences import sentence_of


@dataclass(frozen=True)
class Item:
    """One line of an explanation."""

    ledger: SubLedger
    share: Share
    differs: Differs
    """The field to mark where entry and posting stand side by side."""
    action: str
    books: Books = field(repr=False, compare=False)
    """Which it is of."""

    @cached_property
    def sentence(self) -> str:
        """What it is, in words, made when it is asked for: of thousands a few are shown."""
        return _sentence(self.books, self.ledger, self.share)

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the entries and postings it is about."""
        return self.share.group.ids

    @property
    def entry(self) -> LedgerEntry | None:
        """The sub-ledger's side; of a daily total the first."""
        return next(iter(self.share.group.entries), None)

    @property
    def posting(self) -> NominalPosting | None:
        """The nominal side."""
        return next(iter(self.share.group.postings), None)


LOOK = "Look at the two ledgers around its date; a proposal beside it may say what it belongs to."


def items_of(books: Books, made: LedgerExplanation) -> tuple[Item, ...]:
    """The items of a ledger, in the order of the causes, the largest first."""
    order = {code: place for place, code in enumerate((*CAUSES, UNEXPLAINED))}
    shares = sorted(
        made.shares,
        key=lambda share: (
            order[share.cause],
            -abs(share.amount_minor),
            share.begins,
            share.key,
            share.group.ids,
        ),
    )
    return tuple(_item(books, made.ledger, share) for share in shares)


def _item(books: Books, ledger: SubLedger, share: Share) -> Item:
    cause = CAUSES.get(share.cause)
    return Item(
        ledger,
        share,
        cause.differs if cause else Differs.PRESENCE,
        cause.action if cause else LOOK,
        books,
    )


def _sentence(books: Books, ledger: SubLedger, share: Share) -> str:
    """The sentence, and what that is called in a ledger with words of its own."""
    kind = share.group.entries[0].kind if share.group.entries else None
    words = called_in(ledger, share.cause, kind)
    said = sentence_of(books, share)
    return f"{said} In the {ledger.called.lower()}: {words}." if words else said


def stages_of(made: LedgerExplanation) -> Mapping[str, tuple[int, ...]]:
    """Stage A (status and period) and B (account, amount, orphan postings) by period (1.8)."""
    rows = {"A": [0] * made.periods, "B": [0] * made.periods}
    for code, row in made.by_cause().items():
        stage = CAUSES[code].stage.value if code in CAUSES else "B"
        rows[stage] = [here + there for here, there in zip(rows[stage], row, strict=True)]
    return {stage: tuple(row) for stage, row in rows.items()}
