"""What every connector to a ledger can do: hand over books, look up, check and post documents.

A connector translates; it holds no rule of matching or explaining. It hands books over in the
columns of the books folder, and takes documents whose lines are amounts with a direction. What a
system cannot do is declared, so that nobody finds it out by a failure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from tieout.core.errors import Problem
from tieout.core.statements import Direction

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of the whole is done."""
Row = Mapping[str, object]


def silent(_stage: str, _share: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a system can do beside being read and posted to."""

    checks: bool
    """Whether it tries a document without posting it."""
    refuses_repeats: bool
    """Whether it refuses a second document with the same reference by itself."""


@dataclass(frozen=True)
class BookTables:
    """The books of one company, in the files and columns of the books folder."""

    tables: Mapping[str, Sequence[Row]]
    """By file name."""
    settings: Mapping[str, object]
    """What `settings.json` holds; `connected_system` says where the books are from."""
    notes: tuple[str, ...] = ()
    """What was met and should be known, in sentences."""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of a document to post."""

    account: str
    direction: Direction
    base_minor: int
    """In the company's currency; not negative."""
    own_minor: int
    """In the document's currency and the same direction; not negative."""
    text: str
    control: str = ""
    """`AR` or `AP` where the books know the account as a reconciliation account."""
    party: str = ""
    """Named where the line goes through a sub-ledger."""
    place: str = ""
    """Which line of which file it comes from, for messages."""


@dataclass(frozen=True)
class Document:
    """A journal as a ledger takes it: one company, one currency, lines that balance."""

    journal_id: str
    company: str
    currency: str
    base_currency: str
    posted_on: date
    period: int
    lines: tuple[DocumentLine, ...]
    title: str = ""

    @property
    def reference(self) -> str:
        """By which it is found again: the same content gives the same, 16 characters long."""
        said = [self.company, self.journal_id, self.currency, self.posted_on.isoformat()]
        for line in self.lines:
            amounts = f"{line.direction.value} {line.base_minor} {line.own_minor}"
            said.append(f"{line.account} {line.party} {amounts} {line.text}")
        return "TC" + sha256("\n".join(said).encode()).hexdigest()[:14].upper()


class Standing(StrEnum):
    """How a document stands."""

    POSTED = "posted"
    ALREADY_POSTED = "already_posted"
    """An earlier sending had posted it; nothing was posted now."""
    CHECKED = "checked"
    """It would be taken; nothing was posted."""
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    """Held back, because another one was refused."""
    UNKNOWN = "unknown"
    """The answer was lost, and the ledger does not show it; sending again is safe."""
    POSTED_TWICE = "posted_twice"
    """The ledger has more than one document with this reference: somebody must reverse one."""


@dataclass(frozen=True, slots=True)
class LedgerMessage:
    """What the ledger's system said, as it said it."""

    code: str
    """Message class and number, such as `F5 354`."""
    text: str
    is_error: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a document."""

    document: Document
    standing: Standing
    number: str = ""
    """The ledger's own number of it, with company and year."""
    messages: tuple[LedgerMessage, ...] = field(default=())


class LedgerConnector(Protocol):
    """A system that keeps ledgers."""

    @property
    def name(self) -> str:
        """As people call it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def fetch(self, progress: Progress = silent) -> BookTables:
        """The books that it was asked for when it was made."""

    def refusals(self, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """What the ledger's own rules would refuse, found before anything is sent."""

    def found(self, document: Document) -> tuple[str, ...]:
        """The numbers of the documents that the ledger has under its reference."""

    def check(self, document: Document) -> Outcome:
        """Try it without posting."""

    def post(self, document: Document) -> Outcome:
        """Post it once; `UNKNOWN` where the answer was lost."""
