"""The ways to put one case right: journals, reversals, postings from the sub-ledger, entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tieout.core.explain.books import NominalPosting, PostingStatus
from tieout.core.explain.cases import case_of
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.changes import Change
from tieout.core.explain.corrections import ActionKind, Way
from tieout.core.explain.desk import Amount, Desk, Part, Said
from tieout.core.explain.groups import Group, Share
from tieout.core.explain.sentences import account_phrase, money, period_phrase


@dataclass(frozen=True)
class Trouble:
    """What is to be put right: a group, one cause of it, and the shares that it has."""

    desk: Desk
    group: Group
    cause: str
    shares: tuple[Share, ...]

    @property
    def case(self) -> str:
        """Its id."""
        return case_of(self.group)

    @property
    def begins(self) -> int:
        """The first period in which it stands."""
        return min(share.begins for share in self.shares)

    @property
    def said(self) -> Said:
        """What its journals say of themselves."""
        return Said.of(self.group, self.cause)

    @property
    def posted(self) -> Sequence[NominalPosting]:
        """Its lines that are in a balance, on whatever account."""
        return [line for line in self.group.postings if line.status is PostingStatus.POSTED]

    def journal_id(self, period: int) -> str:
        """The id of its journal in a period; the same whenever it is drafted."""
        return f"TC{CAUSES[self.cause].number}-{self.case}-{period}"

    def way(
        self,
        name: str,
        kind: ActionKind,
        verb: str,
        change: Change,
        periods: tuple[int, ...] = (),
    ) -> Way:
        """A way with its sentence, and what to know before it is taken."""
        desk = self.desk
        where = " and ".join(period_phrase(desk.books, period) for period in periods)
        into = f" in {where}" if where else ""
        amount = money(desk.books, abs(self.shares[0].amount_minor))
        lines = f" ({_accounts(desk, change.lines)})" if kind.is_journal and change.lines else ""
        said = f"{verb} {self.said.reference}: {amount}{into}{lines}."
        warnings = desk.warnings(periods, self.begins)
        return Way(name, kind, said, change, warnings, desk.reopens(periods))


def _accounts(desk: Desk, lines: Iterable[NominalPosting]) -> str:
    """What is debited and credited, in words."""
    return ", ".join(
        f"{line.direction.value} {account_phrase(desk.books, line.key)} "
        f"{desk.books.decimal(line.base_minor)}"
        for line in lines
    )


def own_parts(trouble: Trouble) -> list[Part]:
    desk, group = trouble.desk, trouble.group
    return [
        Part(share.key, share.currency, desk.amount_of(group, share)) for share in trouble.shares
    ]


def total(parts: Iterable[Part]) -> Amount:
    """What parts add up to; in their own currency only where they have one."""
    every = tuple(parts)
    docs = sum(part.amount.doc_minor for part in every)
    is_one = len({part.currency for part in every}) == 1
    return Amount(sum(part.amount.base_minor for part in every), docs if is_one else 0)


def nothing(trouble: Trouble) -> Way:
    """It clears by itself."""
    ends = max((share.ends or 0 for share in trouble.shares), default=0)
    when = period_phrase(trouble.desk.books, ends)
    said = f"Nothing is to be done: {trouble.said.reference} clears by itself in {when}."
    return Way("nothing", ActionKind.NONE, said)
