"""What a posting file holds, whatever its form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import Books, NominalPosting, PostingStatus
from tieout.core.explain.cases import case_named
from tieout.core.explain.changes import now
from tieout.core.explain.corrections import Accepted
from tieout.core.money import parse_decimal
from tieout.core.statements import Direction

FAULT = "explain.posting-file-invalid"


@dataclass(frozen=True)
class Filed:
    """Journals to post, and which books they were drafted on."""

    snapshot: str
    """The hash of the books as read; blank where the form has no place for it."""
    lines: tuple[NominalPosting, ...]
    expected: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By ledger and period, the difference that the simulation ended with; JSON only."""
    actions: tuple[Mapping[str, Any], ...] = ()
    """What was accepted and is no journal; JSON only."""
    what_ifs: tuple[str, ...] = ()
    """What was tried before, in order; JSON only."""
    accepted: tuple[str, ...] = ()
    """`CASE (CAUSE)=WAY` of all that was accepted, journal or not; JSON only."""
    into: str = ""
    """Where corrections of closed periods went; JSON only."""


@dataclass(frozen=True)
class Cells:
    """One line of a posting file, as text."""

    posting_id: str
    journal_id: str
    day: date | None
    account: str
    direction: str
    amount: str
    narrative: str
    reference: str = ""
    period: str = ""
    currency: str = ""
    doc_amount: str = ""
    """Debit positive, in the line's own currency."""
    place: str = ""
    """Where in the file."""


def filed_lines(cells: Iterable[Cells], books: Books, file: str) -> tuple[NominalPosting, ...]:
    """The lines of a file as postings of those books.

    Raises:
        InvalidInput: `explain.posting-file-invalid` at the first line that is none.
    """
    currencies = currencies_of(books)
    return tuple(_line(each, books, file, currencies) for each in cells)


def _line(said: Cells, books: Books, file: str, currencies: Mapping[str, str]) -> NominalPosting:
    where = f"{file}, {said.place}" if said.place else file
    if said.day is None:
        raise InvalidInput(FAULT, "a line without a date", "a date as 2026-01-31", where)
    if not case_named(said.narrative):
        expected = "`Correction of CASE (CAUSE)`"
        raise InvalidInput(FAULT, f"the narrative {said.narrative!r}", expected, where)
    if said.direction not in list(Direction):
        raise InvalidInput(FAULT, f"{said.direction!r}", "debit or credit", where)
    base = _minor(said.amount, books, books.base_currency)
    if base is None or base < 0:
        raise InvalidInput(FAULT, f"the amount {said.amount!r}", "a plain decimal", where)
    direction = Direction(said.direction)
    case = case_named(said.narrative)
    currency = said.currency or currencies.get(case, books.base_currency)
    own = base if currency == books.base_currency else 0
    if said.doc_amount:
        read = _minor(said.doc_amount, books, currency)
        if read is None:
            raise InvalidInput(FAULT, f"the amount {said.doc_amount!r}", "a plain decimal", where)
        own = read if direction is Direction.DEBIT else -read
    return NominalPosting(
        posting_id=said.posting_id,
        journal_id=said.journal_id,
        status=PostingStatus.POSTED,
        key=AccountKey(*[*said.account.split("/"), "", ""][:3]),
        period=int(said.period) if said.period else books.calendar.number_of(said.day),
        posted_on=said.day,
        dated_on=said.day,
        entered_on=now(books),
        module="NL",
        source_id="",
        line_no=0,
        line_count=0,
        reference=said.reference,
        narrative=said.narrative,
        currency=currency,
        direction=direction,
        base_minor=base,
        doc_minor=own,
    )


def _minor(said: str, books: Books, currency: str) -> int | None:
    found = parse_decimal(said)
    return found.to_minor(books.exponents.get(currency, 2)) if found else None


def currencies_of(books: Books) -> dict[str, str]:
    """By every case that there can be, the currency of its entry, else of its posting."""
    made = {line.posting_id: line.currency for line in books.postings}
    return made | {entry.entry_id: entry.currency for entry in books.entries}


def account_of(line: NominalPosting) -> str:
    """The account as a file names it: code, cost centre, department, without empty ends."""
    return str(line.key).rstrip("/")


def by_journal(lines: Iterable[NominalPosting]) -> dict[str, list[NominalPosting]]:
    """The lines of each journal, in order."""
    made: dict[str, list[NominalPosting]] = {}
    for line in lines:
        made.setdefault(line.journal_id, []).append(line)
    return made


def actions_of(books: Books, accepted: Sequence[Accepted]) -> tuple[dict[str, Any], ...]:
    """What was accepted and no posting file can carry: somebody has to do it."""
    return tuple(
        {
            "case": each.correction.case,
            "ledger": each.correction.ledger.value,
            "cause": each.correction.cause,
            "kind": each.way.kind.value,
            "way": each.way.name,
            "amount": books.decimal(each.correction.amount_minor),
            "sentence": each.way.sentence,
            "notes": list(each.way.warnings),
        }
        for each in accepted
        if not each.way.kind.is_journal
    )
