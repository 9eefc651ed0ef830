"""What drafting asks of the books again and again: other sides, periods, new lines."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import (
    Books,
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.cases import case_of, naming
from tieout.core.explain.changes import now, state_now
from tieout.core.explain.corrections import Into
from tieout.core.explain.groups import Group, Scene, Share
from tieout.core.explain.sentences import period_phrase
from tieout.core.periods import LogState

FORWARD = "BF"


@dataclass(frozen=True)
class Amount:
    """An amount in a ledger's own sense: in base currency and in its own."""

    base_minor: int
    doc_minor: int


@dataclass(frozen=True)
class Part:
    """A line to be: what is debited or credited, and the case that it names."""

    key: AccountKey
    currency: str
    amount: Amount
    """Positive in the sense of the ledger that is put right."""
    case: str = ""


@dataclass(frozen=True)
class Desk:
    """One ledger of the books, and where corrections go."""

    scene: Scene
    into: Into = Into.ORIGINAL
    certified: frozenset[int] = field(default=frozenset())
    """Periods that somebody has signed; a correction into one says so."""

    @property
    def books(self) -> Books:
        """The books."""
        return self.scene.books

    @property
    def ledger(self) -> SubLedger:
        """The ledger that is put right."""
        return self.scene.ledger

    @cached_property
    def by_journal(self) -> dict[str, list[NominalPosting]]:
        """The lines of each journal."""
        made: dict[str, list[NominalPosting]] = defaultdict(list)
        for line in self.books.postings:
            made[line.journal_id].append(line)
        return made

    @cached_property
    def by_source(self) -> dict[str, list[NominalPosting]]:
        """The lines that name an entry or a batch."""
        made: dict[str, list[NominalPosting]] = defaultdict(list)
        for line in self.books.postings:
            if line.source_id:
                made[line.source_id].append(line)
        return made

    @cached_property
    def counted_by_any(self) -> frozenset[AccountKey]:
        """Accounts that some ledger counts, or that are a control of one."""
        return self.scene.counted | self.scene.other_controls | self.scene.control_keys

    @cached_property
    def entries(self) -> dict[str, LedgerEntry]:
        """Every entry of all ledgers by id; of a repeated id the first."""
        made: dict[str, LedgerEntry] = {}
        for entry in self.books.entries:
            if not entry.is_repeated:
                made.setdefault(entry.entry_id, entry)
        return made

    @cached_property
    def _usual(self) -> dict[tuple[SubLedger, EntryKind], Counter[AccountKey]]:
        """Which accounts stand opposite to entries of a kind."""
        made: dict[tuple[SubLedger, EntryKind], Counter[AccountKey]] = defaultdict(Counter)
        for line in self.books.postings:
            entry = self.entries.get(line.source_id)
            if entry is not None and not line.line_no and self._is_ordinary(line.key):
                made[entry.ledger, entry.kind][line.key] += 1
        return made

    @cached_property
    def _opposite_forward(self) -> AccountKey | None:
        """The account that opening and forward journals of this ledger stand against."""
        found: Counter[AccountKey] = Counter()
        for line in self.books.postings:
            is_opening = line.narrative.casefold().startswith("opening balance")
            if (line.module == FORWARD or is_opening) and self._is_ordinary(line.key):
                found[line.key] += 1
        return _commonest(found)

    def _is_ordinary(self, key: AccountKey) -> bool:
        return key not in self.counted_by_any and key not in self.books.suspense

    def opposite(self, group: Group) -> AccountKey:
        """The account that the other side of a correction goes to.

        That of the group's own journal; else the usual one for entries of its kind; else the
        one that opening journals use; else suspense, from which somebody moves it on.
        """
        for line in (*group.postings, *group.corrections):
            others = [
                each.key
                for each in self.by_journal[line.journal_id]
                if each.direction is not line.direction and self._is_ordinary(each.key)
            ]
            if others:
                return others[0]
        sources = [self.entries.get(line.source_id) for line in group.postings]
        known = [*group.entries, *(entry for entry in sources if entry is not None)]
        is_old = any(line.module == FORWARD for line in group.postings)
        is_old = is_old or any(
            entry.kind is EntryKind.OPENING_BALANCE or self.scene.period_of(entry) < 1
            for entry in group.entries
        )
        usual = None
        if known:
            usual = _commonest(self._usual.get((known[0].ledger, known[0].kind), Counter()))
        found = (self._opposite_forward if is_old else usual) or usual or self._opposite_forward
        return found or self.last_resort

    @property
    def last_resort(self) -> AccountKey:
        """Where an amount goes whose account nothing tells."""
        return min(self.books.suspense, default=AccountKey("suspense"))

    def place(self, period: int) -> int:
        """The period that takes a correction which belongs to that one."""
        first = self.books.calendar.periods[0].number
        if period >= first and self.into is Into.ORIGINAL:
            return min(period, self.books.calendar.periods[-1].number)
        return self.next_open(max(period, first))

    def next_open(self, period: int) -> int:
        """The first open period from that one on; the last of the calendar if there is none."""
        for each in self.books.calendar.periods:
            if each.number >= period and self.state(each.number) is LogState.OPEN:
                return each.number
        return self.books.calendar.periods[-1].number

    def state(self, period: int) -> LogState:
        """Whether it takes work of this ledger now."""
        return state_now(self.books, period, self.ledger.module)

    def reopens(self, periods: Sequence[int]) -> frozenset[int]:
        """Those of the periods that are not open."""
        return frozenset(each for each in periods if self.state(each) is not LogState.OPEN)

    def warnings(self, periods: Sequence[int], belongs_to: int) -> tuple[str, ...]:
        """What a person should know before a correction goes into those periods."""
        made: list[str] = []
        for period in sorted(set(periods)):
            name = period_phrase(self.books, period)
            if period in self.certified:
                made.append(f"{name} is certified: its sign-off would be suspended.")
            if self.state(period) is not LogState.OPEN:
                later = period_phrase(self.books, self.next_open(period))
                made.append(
                    f"{name} is not open: reopen it, or correct in {later} and leave a "
                    "difference of time until then."
                )
            elif period > belongs_to:
                begins = period_phrase(self.books, belongs_to)
                made.append(f"It belongs to {begins}: the difference stays until {name}.")
        return tuple(made)

    def day_in(self, period: int, day: date | None) -> date:
        """The day of a correction: the document's own where it falls in the period."""
        found = next(each for each in self.books.calendar.periods if each.number == period)
        if day is not None and self.books.calendar.number_of(day) == period:
            return min(max(day, found.begins_on), found.ends_on)
        return min(max(now(self.books), found.begins_on), found.ends_on)

    def amount_of(self, group: Group, share: Share) -> Amount:
        """What the share lacks in the nominal ledger, also in its own currency."""
        doc = 0
        number_of = self.books.calendar.number_of
        for entry in (*group.entries, *group.added):
            if (entry.key, entry.currency) == (share.key, share.currency):
                doc += entry.doc_minor * (number_of(entry.dated_on) <= share.begins)
                is_over = entry.voided_on is not None
                if is_over and number_of(entry.voided_on or entry.dated_on) <= share.begins:
                    doc -= entry.doc_minor
        for line in (*group.postings, *group.corrections):
            is_here = (line.key, line.currency) == (share.key, share.currency)
            if is_here and self.scene.counts(line) and line.period <= share.begins:
                doc -= line.natural_doc(self.ledger)
        return Amount(share.amount_minor, doc)

    def journal(
        self, journal_id: str, parts: Sequence[Part], period: int, said: "Said"
    ) -> tuple[NominalPosting, ...]:
        """The lines of a journal, none for an amount of nothing."""
        day = self.day_in(period, said.day)
        return tuple(
            self._line(part, (f"{journal_id}-{number}", journal_id), period, day, said)
            for number, part in enumerate((part for part in parts if part.amount.base_minor), 1)
        )

    def _line(
        self, part: Part, ids: tuple[str, str], period: int, day: date, said: "Said"
    ) -> NominalPosting:
        """A keyed line that names its case."""
        is_more = part.amount.base_minor > 0
        natural = self.ledger.natural_direction
        direction = natural if is_more else natural.opposite
        return NominalPosting(
            posting_id=ids[0],
            journal_id=ids[1],
            status=PostingStatus.POSTED,
            key=part.key,
            period=period,
            posted_on=day,
            dated_on=day,
            entered_on=now(self.books),
            module="NL",
            source_id="",
            line_no=0,
            line_count=0,
            reference=said.reference,
            narrative=naming(part.case or said.case, said.cause, said.reference),
            currency=part.currency,
            direction=direction,
            base_minor=abs(part.amount.base_minor),
            doc_minor=part.amount.doc_minor if is_more else -part.amount.doc_minor,
        )


@dataclass(frozen=True)
class Said:
    """What a journal says of itself."""

    case: str
    cause: str
    reference: str
    day: date | None

    @classmethod
    def of(cls, group: Group, cause: str) -> "Said":
        """Of a group: its case, and the reference and day of its document or first line."""
        case = case_of(group)
        first: LedgerEntry | NominalPosting
        first = group.entries[0] if group.entries else group.postings[0]
        return cls(case, cause, first.reference or case, first.dated_on)


def negative(amount: Amount) -> Amount:
    """The other way round."""
    return Amount(-amount.base_minor, -amount.doc_minor)


def in_place(line: NominalPosting, period: int, day: date, entered_on: date) -> NominalPosting:
    """The line as posted in that period."""
    return replace(
        line, status=PostingStatus.POSTED, period=period, posted_on=day, entered_on=entered_on
    )


def _commonest(found: Counter[AccountKey]) -> AccountKey | None:
    """The key met most often; of two alike the first in order."""
    return min(found, key=lambda key: (-found[key], key), default=None)
