"""The journal: balanced entries of postings, as books keep them.

Direction is the books' word: a debit increases an asset such as the cash book's bank account.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tieout.core.errors import NOWHERE, Place
from tieout.core.money import Currency
from tieout.core.statements import Direction

_Said = tuple[str, tuple[int, int, str], tuple[int, int, str], str, str, str]
"""Account, amount, weight, day, narrative and reference of a posting, as they are hashed."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount, one direction, one account."""

    account: str
    amount_minor: int
    direction: Direction
    currency: Currency
    weight_minor: int | None = None
    """What the posting weighs in the entry's balance, signed, when that is not its own amount
    (a price, a cost, a foreign currency); in `weight_currency`."""
    weight_currency: Currency | None = None
    posted_on: date | None = None
    """When it differs from the entry's date."""
    narrative: str = ""
    reference: str = ""
    status: str = ""
    place: Place = NOWHERE

    def __post_init__(self) -> None:
        """An amount has no sign of its own."""
        if self.amount_minor < 0:
            raise ValueError(f"the direction says which way, not a sign: {self.amount_minor}")

    @property
    def signed_minor(self) -> int:
        """Minor units, positive for a debit."""
        return self.amount_minor if self.direction is Direction.DEBIT else -self.amount_minor

    def reversed(self) -> "Posting":
        """The posting that takes this one back."""
        return Posting(
            self.account,
            self.amount_minor,
            self.direction.opposite,
            self.currency,
            None if self.weight_minor is None else -self.weight_minor,
            self.weight_currency,
            self.posted_on,
            self.narrative,
            self.reference,
            self.status,
            self.place,
        )


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Postings that belong together on a day; balanced unless the file says otherwise."""

    entry_id: str
    """Unique in the file: the source's own id, or made from the place."""
    booked_on: date | None
    postings: tuple[Posting, ...]
    counterparty: str = ""
    narrative: str = ""
    references: tuple[str, ...] = ()
    status: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    place: Place = NOWHERE

    @property
    def is_balanced(self) -> bool:
        """Whether the weights add up to zero in every currency."""
        return not imbalance(self.postings)


def imbalance(postings: Sequence[Posting]) -> dict[str, int]:
    """What is left over per currency code, in that currency's finest minor units used here.

    An empty answer is a balanced entry.
    """
    finest: dict[str, int] = {}
    weights: list[tuple[Currency, int]] = []
    for posting in postings:
        if posting.weight_minor is not None and posting.weight_currency is not None:
            weights.append((posting.weight_currency, posting.weight_minor))
        else:
            weights.append((posting.currency, posting.signed_minor))
    for currency, _ in weights:
        finest[currency.code] = max(finest.get(currency.code, 0), currency.exponent)
    left: dict[str, int] = defaultdict(int)
    for currency, minor in weights:
        left[currency.code] += minor * 10 ** (finest[currency.code] - currency.exponent)
    return {code: minor for code, minor in left.items() if minor}


def digest(entry: JournalEntry) -> bytes:
    """SHA-256 of what the entry says: day, texts and postings; its id and its place left out.

    One amount counted in more decimals is the same amount, and postings and references say the
    same in whatever order.
    """
    return _hashed(entry, sorted(entry.references), sorted(_said(each) for each in entry.postings))


def digests(entry: JournalEntry) -> tuple[bytes, bytes]:
    """By which it may be known: its digest, and that of version 0.1, which minded the order."""
    in_order = _hashed(entry, list(entry.references), [_said(each) for each in entry.postings])
    return digest(entry), in_order


def _hashed(entry: JournalEntry, references: list[str], postings: list[_Said]) -> bytes:
    said = repr(
        (str(entry.booked_on), entry.counterparty, entry.narrative, tuple(references), postings)
    )
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def _said(posting: Posting) -> _Said:
    weight, weighed_in = posting.weight_minor, posting.weight_currency
    if weight is None or weighed_in is None:
        weight, weighed_in = posting.signed_minor, posting.currency
    return (
        posting.account,
        _shortest(posting.signed_minor, posting.currency),
        _shortest(weight, weighed_in),
        str(posting.posted_on),
        posting.narrative,
        posting.reference,
    )


def _shortest(minor: int, currency: Currency) -> tuple[int, int, str]:
    exponent = currency.exponent
    while exponent and minor % 10 == 0:
        minor, exponent = minor // 10, exponent - 1
    return minor, exponent, currency.code


def named_by_content(entries: Sequence[JournalEntry]) -> Iterator[JournalEntry]:
    """The entries named by what they say, for books whose ids are only places in a file.

    An entry so keeps its name in a later export whatever stands before it; twins are numbered.
    """
    seen: Counter[bytes] = Counter()
    for entry in entries:
        said = digest(entry)
        seen[said] += 1
        number = f"/{seen[said]}" if seen[said] > 1 else ""
        yield replace(entry, entry_id=f"{said.hex()[:32]}{number}")


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is kept of an entry that was recorded earlier from the same books."""

    entry_id: str
    digest: bytes
    """Empty where none was kept."""
    booked_on: date | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Entries of a later export beside what is known: all = fresh + changed + known ones."""

    fresh: tuple[JournalEntry, ...]
    changed: tuple[JournalEntry, ...]
    """Known by their id, but saying something else now: never recorded, always told."""
    known_count: int
    renamed: tuple[str, ...]
    """Ids that the books had used before for an entry of other days: the new entry is fresh."""


def later_id(entry: JournalEntry) -> str:
    """The id of an entry whose own id the books had used before for an entry of other days."""
    return f"{entry.entry_id} of {entry.booked_on}"


def _known_by(entry: JournalEntry, kept: Collection[bytes]) -> bytes:
    """That of its digests by which it is kept; where it is not, the one it will be kept by."""
    return next((each for each in digests(entry) if each in kept), digest(entry))


def compared(entries: Sequence[JournalEntry], known: Sequence[KnownEntry]) -> Compared:
    """Which entries of the export are new, and which contradict what was recorded.

    An entry that says what a known one says is known, whatever its id; each known one stands for
    one entry. An id that is known for an entry of days that this export does not cover has been
    given out anew, as books do that count from 1 every year. An id that comes twice in the export
    is met as if it had come again later.
    """
    by_id = {each.entry_id: each for each in known}
    kept = {each.digest for each in known}
    known_by = [_known_by(each, kept) for each in entries]
    days = [each.booked_on for each in entries if each.booked_on]
    span = (min(days, default=date.min), max(days, default=date.max))
    same, rest = 0, []
    left = Counter(each.digest for each in known)
    for entry, said in zip(entries, known_by, strict=True):
        found = by_id.get(entry.entry_id)
        if found and found.digest in {b"", said}:
            left[found.digest] -= 1
            same += 1
        else:
            rest.append((entry, said))
    taken = {each.entry_id: each.digest for each in known}
    fresh: list[JournalEntry] = []
    changed, renamed = [], []
    for entry, said in rest:
        found = by_id.get(entry.entry_id)
        if left[said] > 0:
            left[said] -= 1
            same += 1
            continue
        day = found.booked_on if found else None
        is_given_anew = day is not None and not span[0] <= day <= span[1]
        name = later_id(entry) if is_given_anew else entry.entry_id
        if name not in taken:
            taken[name] = said
            fresh.append(replace(entry, entry_id=name))
            renamed += [entry.entry_id] if is_given_anew else []
        elif taken[name] == said:
            same += 1
        else:
            changed.append(entry)
    return Compared(tuple(fresh), tuple(changed), same, tuple(renamed))
