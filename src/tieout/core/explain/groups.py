"""Groups: entries and postings that belong together, and the difference each makes over time.

All groups of a ledger are a partition of its entries and of the postings on counted accounts, so
their differences add up to the whole difference, whatever the causes say (the ledgers
specification, 1.13).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import (
    Books,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)

Cell = tuple[AccountKey, str]
"""An account and a currency code: the finest place in which a difference is counted."""


@dataclass(frozen=True)
class Scene:
    """One ledger of the books with what every judgement asks for again and again."""

    books: Books
    ledger: SubLedger

    @cached_property
    def counted(self) -> frozenset[AccountKey]:
        """The accounts of the reconciliation settings."""
        settings = self.books.settings.get(self.ledger)
        return settings.counted if settings else frozenset()

    @cached_property
    def control_keys(self) -> frozenset[AccountKey]:
        """Accounts that are controls of this ledger by their use."""
        return controls_of(self.books, self.ledger)

    @cached_property
    def other_controls(self) -> frozenset[AccountKey]:
        """Control accounts of all other ledgers."""
        others = {
            key
            for ledger in self.books.ledgers
            if ledger is not self.ledger
            for key in (*controls_of(self.books, ledger), *self._counted_by(ledger))
        }
        return frozenset(others - self.counted - self.control_keys)

    def period_of(self, entry: LedgerEntry) -> int:
        """The period of an entry's own date; 0 before the first, one more than the last after."""
        return self.books.calendar.number_of(entry.dated_on)

    def counts(self, posting: NominalPosting) -> bool:
        """Whether it stands in the balance that is reconciled."""
        return posting.status is PostingStatus.POSTED and posting.key in self.counted

    def _counted_by(self, ledger: SubLedger) -> frozenset[AccountKey]:
        settings = self.books.settings.get(ledger)
        return settings.counted if settings else frozenset()


def controls_of(books: Books, ledger: SubLedger) -> frozenset[AccountKey]:
    """Accounts that are controls of the ledger by their use."""
    use = f"control_{ledger.value}"
    return frozenset(key for key, each in books.accounts.items() if each.value == use)


@dataclass(frozen=True, slots=True)
class Group:
    """Entries and postings that belong together, and which cause they have until when."""

    entries: tuple[LedgerEntry, ...]
    postings: tuple[NominalPosting, ...]
    cause: str
    """What it is where nothing below says otherwise."""
    ids: tuple[str, ...]
    early_cause: str = ""
    early_until: int = 0
    """Before this period the cause is `early_cause`."""
    elsewhere: str = ""
    """The cause on accounts other than those of its entries; blank: the same."""
    corrections: tuple[NominalPosting, ...] = ()
    """Lines of keyed journals that put it right; they change amounts, never the cause."""
    added: tuple[LedgerEntry, ...] = ()
    """Entries made in the sub-ledger to put it right."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a group adds to the difference of one account and currency for a run of periods."""

    cause: str
    key: AccountKey
    currency: str
    amount_minor: int
    """Base currency; sub-ledger less nominal, in the ledger's own sense."""
    begins: int
    ends: int | None
    """The first period in which it is over; None: it lasts."""
    group: Group


Steps = dict[Cell, dict[int, int]]
"""Per account and currency, the change in each period that has one, in base minor units."""


def add(steps: Steps, cell: Cell, period: int, amount_minor: int) -> None:
    """Add a change to a period."""
    if amount_minor:
        changes = steps.setdefault(cell, {})
        changes[period] = changes.get(period, 0) + amount_minor


def entry_steps(scene: Scene, entries: Iterable[LedgerEntry], into: Steps) -> None:
    """Add what entries do to the sub-ledger's balance, each in the period of its date."""
    number_of = scene.books.calendar.number_of
    for entry in entries:
        cell = entry.key, entry.currency
        add(into, cell, number_of(entry.dated_on), entry.base_minor)
        if entry.voided_on is not None:
            add(into, cell, number_of(entry.voided_on), -entry.base_minor)


def posting_steps(
    scene: Scene, postings: Iterable[NominalPosting], into: Steps, *, sign: int = 1
) -> None:
    """Add (with sign -1: take away) what postings do to the control balance in their periods."""
    for posting in postings:
        if scene.counts(posting):
            amount = sign * posting.natural(scene.ledger)
            add(into, (posting.key, posting.currency), posting.period, amount)


def shares_of(scene: Scene, group: Group) -> list[Share]:
    """The group's difference as runs of periods with one amount and one cause each."""
    steps: Steps = {}
    entry_steps(scene, (*group.entries, *group.added), steps)
    posting_steps(scene, (*group.postings, *group.corrections), steps, sign=-1)
    home = {entry.key for entry in group.entries}
    made: list[Share] = []
    for (key, currency), changes in steps.items():
        at_home = not home or key in home or not group.elsewhere
        cause = group.cause if at_home else group.elsewhere
        early = group.early_cause if at_home or group.early_cause else ""
        bounds = sorted({*changes, *([group.early_until] if early else [])})
        running, begun, named, amount = 0, 0, "", 0
        for period in bounds:
            running += changes.get(period, 0)
            now = early if early and period < group.early_until else cause
            if (running, now) == (amount, named):
                continue
            if amount:
                made.append(Share(named, key, currency, amount, begun, period, group))
            begun, named, amount = period, now, running
        if amount:
            made.append(Share(named, key, currency, amount, begun, None, group))
    return made
