"""General ledger entries of a SAF-T: journals, transactions and their lines.

The OECD layout has `Line` elements in the transaction, the Portuguese one `DebitLine` and
`CreditLine` below `Lines`; amounts stand in `DebitAmount` itself or below it in `Amount`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from lxml import etree

from tieout.core.errors import Place, Problem
from tieout.core.journal import JournalEntry, Posting
from tieout.core.money import Currency
from tieout.core.reading import HeldRecord
from tieout.core.statements import Direction
from tieout.formats.common import xml
from tieout.formats.common.balance import unbalanced
from tieout.formats.common.fields import amount_of, date_iso, date_yyyymmdd, tidy
from tieout.formats.common.nodes import Node, child, children, copied, leaves, place_of, text_at
from tieout.formats.common.xml import Document, local, raw_text
from tieout.formats.saft.master import Master

_LINES = {"Line", "DebitLine", "CreditLine", "TransactionLine"}
_LINE_REFERENCES = ("SourceDocumentID", "ReferenceNumber", "CID", "CrossReference", "VoucherNo")
_ENTRY_REFERENCES = ("DocArchivalNumber", "VoucherNo", "ReferenceNumber", "SourceDocumentID")
_ENTRY_CONSUMED = frozenset(
    {"TransactionID", "TransactionDate", "Description", *_ENTRY_REFERENCES, *_LINES, "Lines"}
)
_LINE_CONSUMED = frozenset(
    {"RecordID", "AccountID", "Description", *_LINE_REFERENCES, "CustomerID", "SupplierID"}
    | {f"{name}Amount" for name in ("Debit", "Credit")}
    | {"ValueDate"}
)


@dataclass
class Ledger:
    """What was read, and the sums by which it can be checked."""

    master: Master
    entries: list[JournalEntry] = field(default_factory=list)
    held: list[HeldRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    debit: int = 0
    credit: int = 0
    """As the file writes them: a negative debit lowers the total of debits."""
    known: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Journal:
    """What stands around a transaction; the same for all of one journal, so it is read once."""

    element: etree._Element | None = None
    ident: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


def read_entries(document: Document, section: etree._Element, ledger: Ledger) -> None:
    """All transactions below a `GeneralLedgerEntries`, with or without journals around them."""
    journal = _Journal()
    for element in section.iter("Transaction"):
        around = element.getparent()
        if around is not journal.element:
            journal = _journal(around)
        _read_transaction(element, document, ledger, journal)


def _read_transaction(
    source: etree._Element, document: Document, ledger: Ledger, journal: _Journal
) -> None:
    record = len(ledger.entries) + len(ledger.held) + 1
    place = xml.place_of(source, record)
    if document.is_cut(source):
        problem = Problem("file.truncated", "a transaction that breaks off", "its end", place)
        ledger.held.append(HeldRecord(raw_text(source), problem))
        return
    element = copied(source)
    postings: list[Posting] = []
    extra: list[tuple[str, str]] = []
    references: dict[str, None] = {}
    sums = Counter[str]()
    for name in _ENTRY_REFERENCES:
        references.setdefault(tidy(text_at(element, name)))
    parties = [each for role in _ROLES if (each := _party(element, role, ledger.master))]
    lines = list(_lines(element))
    for number, line in enumerate(lines, start=1):
        made = _postings(line, ledger.master, place)
        if isinstance(made, Problem):
            ledger.held.append(HeldRecord(raw_text(source), made))
            return
        for posting, name, minor in made:
            postings.append(posting)
            sums[name] += minor
        for name in _LINE_REFERENCES:
            references.setdefault(tidy(text_at(line, name)))
        parties += [each for role in _ROLES if (each := _party(line, role, ledger.master))]
        extra += [(f"line {number} {path}", text) for path, text in _extra(line, ledger.master)]
    entry = JournalEntry(
        entry_id=_entry_id(element, journal, place, ledger),
        booked_on=_day(element, place, ledger.problems),
        postings=_dated(postings, lines, element),
        counterparty=_only(parties),
        narrative=tidy(text_at(element, "Description")),
        references=tuple(each for each in references if each),
        attributes=(
            *journal.attributes,
            *((role, f"{ident} {name}".strip()) for role, ident, name in dict.fromkeys(parties)),
            *leaves(element, _ENTRY_CONSUMED | {"CustomerID", "SupplierID"}),
            *extra,
        ),
        place=place,
    )
    ledger.entries.append(entry)
    ledger.lines += len(lines)
    ledger.debit += sums["Debit"]
    ledger.credit += sums["Credit"]
    for posting in postings:
        weight = posting.weight_minor
        ledger.moved[posting.account] += posting.signed_minor if weight is None else weight
    ledger.problems.extend(unbalanced(entry.postings, place))
    if not lines:
        ledger.problems.append(
            Problem(
                "record.extra", f"the transaction {entry.entry_id!r} has no lines", "lines", place
            )
        )


def _lines(element: Node) -> Iterator[Node]:
    """Lines in file order, directly in the transaction or below `Lines`."""
    for each in element.children:
        if each.name in _LINES:
            yield each
        elif each.name in {"Lines", "TransactionLines"}:
            yield from (line for line in each.children if line.name in _LINES)


def _postings(line: Node, master: Master, place: Place) -> list[tuple[Posting, str, int]] | Problem:
    """The postings of a line (one, or two if it has debit and credit), with name and raw amount."""
    found: list[tuple[str, Node, int, Currency]] = []
    for name in ("Debit", "Credit"):
        for amount in children(line, f"{name}Amount"):
            text = text_at(amount, "Amount") or amount.text
            if not text:
                continue
            read = amount_of(text, master.currency)
            if isinstance(read, Problem):
                return replace(read, place=replace(place, field=f"{name}Amount"))
            found.append((name, amount, *read))
    if not found:
        return Problem(
            "record.amount-missing", f"a line of account {text_at(line, 'AccountID')!r}",
            "DebitAmount or CreditAmount", place,
        )  # fmt: skip
    moving = [each for each in found if each[2]] or found[:1]
    return [
        (_posting(line, amount, name, (minor, currency), master, place), name, minor)
        for name, amount, minor, currency in moving
    ]


def _posting(  # noqa: PLR0913, PLR0917  the parts of one amount, and where it stands
    line: Node,
    amount: Node,
    name: str,
    read: tuple[int, Currency],
    master: Master,
    place: Place,
) -> Posting:
    minor, currency = read
    direction = Direction.DEBIT if (name == "Debit") == (minor >= 0) else Direction.CREDIT
    account = tidy(text_at(line, "AccountID")) or "?"
    posting = Posting(
        account=account,
        amount_minor=abs(minor),
        direction=direction,
        currency=currency,
        narrative=tidy(text_at(line, "Description")),
        reference=next((t for n in _LINE_REFERENCES if (t := tidy(text_at(line, n)))), ""),
        place=place_of(line, place.record),
    )
    code = text_at(amount, "CurrencyCode").upper()
    if code and code != currency.code and master.currencies.get(account) == code:
        foreign = amount_of(text_at(amount, "CurrencyAmount"), Currency.of(code))
        if isinstance(foreign, tuple):
            return replace(
                posting,
                amount_minor=abs(foreign[0]),
                currency=foreign[1],
                weight_minor=posting.signed_minor,
                weight_currency=currency,
            )
    return posting


def _extra(line: Node, master: Master) -> list[tuple[str, str]]:
    """What a line says beyond account, amount, text and references."""
    found = leaves(line, _LINE_CONSUMED)
    for name in ("DebitAmount", "CreditAmount"):
        amount = child(line, name)
        code = text_at(amount, "CurrencyCode").upper()
        if code and code != master.currency.code:
            found.append((f"{name}/CurrencyAmount", f"{text_at(amount, 'CurrencyAmount')} {code}"))
            found.append((f"{name}/ExchangeRate", text_at(amount, "ExchangeRate")))
    return [(path, text) for path, text in found if text]


_ROLES = ("CustomerID", "SupplierID")


def _party(element: Node, role: str, master: Master) -> tuple[str, str, str] | None:
    ident = tidy(text_at(element, role))
    if not ident or ident == "0":  # Romania writes 0 for none
        return None
    return role, ident, master.parties.get((role, ident), "")


def _only(parties: list[tuple[str, str, str]]) -> str:
    """The counterparty, if there is just one."""
    names = {name for _, _, name in parties if name}
    return names.pop() if len(names) == 1 else ""


def _journal(around: etree._Element | None) -> _Journal:
    ident = tidy(xml.text_at(around, "JournalID"))
    if local(around) != "Journal":
        return _Journal(around, ident)
    names = ("JournalID", "Description", "Type")
    found = ((f"Journal/{name}", xml.text_at(around, name)) for name in names)
    return _Journal(around, ident, tuple((name, text) for name, text in found if text))


def _entry_id(element: Node, inside: _Journal, place: Place, ledger: Ledger) -> str:
    """The transaction's id; with its journal's where two journals use it; else with a number."""
    own = tidy(text_at(element, "TransactionID"))
    if not own:
        return f"record {place.record}"
    journal = inside.ident
    for ident in (own, f"{journal}/{own}" if journal else own):
        ledger.known[ident] += 1
        if ledger.known[ident] == 1:
            ledger.known[f"{journal}/{own}"] += ident == own
            return ident
    ledger.problems.append(Problem("record.id-repeated", repr(own), "once in its journal", place))
    return f"{journal}/{own}#{ledger.known[f'{journal}/{own}']}"


def _day(element: Node, place: Place, problems: list[Problem]) -> date | None:
    for name in ("TransactionDate", "GLPostingDate", "SystemEntryDate"):
        text = text_at(element, name)
        day = date_iso(text) or date_yyyymmdd(text)
        if day is not None:
            return day
        if text:
            where = replace(place, field=name)
            problems.append(Problem("record.date-invalid", repr(text[:40]), "YYYY-MM-DD", where))
            return None
    problems.append(Problem("record.date-missing", "no TransactionDate", "a day", place))
    return None


def _dated(postings: list[Posting], lines: list[Node], element: Node) -> tuple[Posting, ...]:
    """Postings with the value date of their line, where it differs from the entry's."""
    if len(postings) != len(lines):
        return tuple(postings)
    entry_day = date_iso(text_at(element, "TransactionDate"))
    dated = []
    for posting, line in zip(postings, lines, strict=True):
        day = date_iso(text_at(line, "ValueDate"))
        dated.append(replace(posting, posted_on=day) if day and day != entry_day else posting)
    return tuple(dated)
