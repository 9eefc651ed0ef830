"""A GnuCash book as rows, whichever way it was stored, and the entries and accounts of it.

The XML and the SQLite reader both fill a `Book`; what the values mean is decided here, once.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from tieout.core.accounts import Account, AccountKind
from tieout.core.errors import NOWHERE, Place, Problem
from tieout.core.journal import JournalEntry, Posting
from tieout.core.money import AMOUNT_MINOR_MAX, ISO_4217_EXPONENTS, Currency
from tieout.core.reading import HeldRecord
from tieout.core.statements import Direction
from tieout.formats.common.balance import unbalanced
from tieout.formats.common.fields import date_iso, date_yyyymmdd, tidy

_KINDS = {
    "BANK": AccountKind.ASSET,
    "CASH": AccountKind.ASSET,
    "ASSET": AccountKind.ASSET,
    "STOCK": AccountKind.ASSET,
    "MUTUAL": AccountKind.ASSET,
    "RECEIVABLE": AccountKind.ASSET,
    "CHECKING": AccountKind.ASSET,
    "SAVINGS": AccountKind.ASSET,
    "MONEYMRKT": AccountKind.ASSET,
    "CURRENCY": AccountKind.ASSET,
    "CREDIT": AccountKind.LIABILITY,
    "CREDITLINE": AccountKind.LIABILITY,
    "LIABILITY": AccountKind.LIABILITY,
    "PAYABLE": AccountKind.LIABILITY,
    "EQUITY": AccountKind.EQUITY,
    "TRADING": AccountKind.EQUITY,
    "INCOME": AccountKind.INCOME,
    "EXPENSE": AccountKind.EXPENSE,
}
_BANK = {"BANK", "CASH", "CREDIT", "CHECKING", "SAVINGS", "MONEYMRKT", "CREDITLINE"}
"""Types that a bank, card company or till gives statements of; `ASSET` may be a house."""

_STATES = {
    "n": "",
    "c": "cleared in the file",
    "y": "reconciled",
    "f": "frozen",
    "v": "voided",
}
_DECIMALS_MAX = 18
_DECIMALS_ROUNDED = 9
_DEPTH_MAX = 64


@dataclass(frozen=True)
class AccountRow:
    """An account as stored."""

    guid: str
    name: str
    kind: str
    commodity: str
    parent: str
    code: str = ""


@dataclass(frozen=True)
class SplitRow:
    """A split as stored; values are fractions as text, `2500/100`."""

    account: str
    value: str
    quantity: str
    state: str = ""
    memo: str = ""
    action: str = ""
    reconciled: str = ""
    guid: str = ""


@dataclass(frozen=True)
class TransactionRow:
    """A transaction as stored."""

    guid: str
    currency: str
    posted: str
    splits: tuple[SplitRow, ...]
    number: str = ""
    description: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    raw: str = ""
    """For a record that must be held back: how the file writes it, if that is at hand."""
    place: Place = NOWHERE
    is_cut: bool = False


@dataclass
class Book:
    """The rows of one file, filled while it is read."""

    accounts: list[AccountRow] = field(default_factory=list)
    transactions: list[TransactionRow] = field(default_factory=list)
    fractions: dict[str, int] = field(default_factory=dict)
    """Commodity to the smallest part it is counted in."""
    set_aside: Counter[str] = field(default_factory=Counter)
    """What is in the book besides: templates, prices, invoices, budgets."""
    stated: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Books:
    """What a book says, as core values."""

    entries: tuple[JournalEntry, ...]
    accounts: tuple[Account, ...]
    problems: tuple[Problem, ...]
    held: tuple[HeldRecord, ...]


def commodity(space: str, name: str) -> str:
    """The code of a commodity; one that only looks like a currency keeps its exchange."""
    name = tidy(name)
    is_currency = tidy(space).upper() in {"CURRENCY", "ISO4217", ""}
    if is_currency or name not in ISO_4217_EXPONENTS:
        return name or "XXX"
    return f"{tidy(space)}:{name}"


def build(book: Book) -> Books:
    """Entries, accounts and everything doubtful about them."""
    accounts = _accounts(book.accounts)
    problems: list[Problem] = []
    held: list[HeldRecord] = []
    entries: list[JournalEntry] = []
    codes = {guid: account.code for guid, account in accounts.items()}
    currencies = {row.guid: row.commodity for row in book.accounts}
    known: Counter[str] = Counter()
    shifted = 0
    for number, row in enumerate(book.transactions, start=1):
        place = row.place if row.place != NOWHERE else Place(record=number)
        made = _entry(row, place, codes, currencies, book.fractions)
        if isinstance(made, HeldRecord):
            held.append(made)
            continue
        entry, found, is_shifted = made
        shifted += is_shifted
        known[entry.entry_id] += 1
        if known[entry.entry_id] > 1:
            found = (*found, Problem("record.id-repeated", repr(entry.entry_id), "once", place))
            entry = _renamed(entry, f"{entry.entry_id}#{known[entry.entry_id]}")
        entries.append(entry)
        problems.extend(found)
    if shifted:
        problems.append(
            Problem(
                "record.date-doubtful",
                f"{shifted} entries stamped late in the evening on the full hour",
                "midnight: written in another time zone; the next day is taken",
            )
        )
    problems.extend(_stated(book, len(entries) + len(held)))
    shown = tuple(account for guid, account in accounts.items() if guid in codes)
    return Books(tuple(entries), shown, tuple(problems), tuple(held))


def _accounts(rows: list[AccountRow]) -> dict[str, Account]:
    """Accounts by guid, named by their path; roots are no accounts."""
    by_guid = {row.guid: row for row in rows}
    used: Counter[str] = Counter()
    accounts: dict[str, Account] = {}
    for row in rows:
        kind = row.kind.upper()
        if kind == "ROOT":
            continue
        names, walk, steps = [], row, 0
        while walk.kind.upper() != "ROOT" and steps < _DEPTH_MAX:
            names.append(tidy(walk.name) or "?")
            steps += 1
            if walk.parent not in by_guid or walk.parent == walk.guid:
                break
            walk = by_guid[walk.parent]
        path = ":".join(reversed(names))
        used[path] += 1
        if used[path] > 1:
            path = f"{path} #{used[path]}"
        accounts[row.guid] = Account(
            code=path,
            name=tidy(row.name) or row.code,
            kind=_KINDS.get(kind, AccountKind.UNKNOWN),
            currency=row.commodity,
            is_bank=kind in _BANK,
        )
    return accounts


def _entry(
    row: TransactionRow,
    place: Place,
    codes: dict[str, str],
    currencies: dict[str, str],
    fractions: dict[str, int],
) -> tuple[JournalEntry, tuple[Problem, ...], bool] | HeldRecord:
    if row.is_cut:
        problem = Problem("file.truncated", "a transaction that breaks off", "its end", place)
        return HeldRecord(_raw(row), problem)
    problems: list[Problem] = []
    postings: list[Posting] = []
    extra: list[tuple[str, str]] = []
    for index, split in enumerate(row.splits, start=1):
        made = _posting(split, row, place, codes, currencies, fractions)
        if isinstance(made, Problem):
            return HeldRecord(_raw(row), made)
        posting, found = made
        postings.append(posting)
        problems.extend(found)
        if split.reconciled:
            extra.append((f"split {index} reconciled", split.reconciled))
        if split.guid:
            extra.append((f"split {index} id", split.guid))
    day, is_shifted = posted_day(row.posted)
    if day is None:
        code = "record.date-invalid" if row.posted else "record.date-missing"
        problems.append(Problem(code, repr(row.posted[:40]), "a day", place))
    problems.extend(unbalanced(postings, place))
    entry = JournalEntry(
        entry_id=row.guid or f"record {place.record or place.line}",
        booked_on=day,
        postings=tuple(postings),
        narrative=tidy(row.description),
        references=(tidy(row.number),) if row.number.strip() else (),
        status="voided" if any(split.state == "v" for split in row.splits) else "",
        attributes=(*row.attributes, *extra),
        place=place,
    )
    return entry, tuple(problems), is_shifted


def _posting(  # noqa: PLR0913, PLR0917  the tables a split refers to
    split: SplitRow,
    row: TransactionRow,
    place: Place,
    codes: dict[str, str],
    currencies: dict[str, str],
    fractions: dict[str, int],
) -> tuple[Posting, list[Problem]] | Problem:
    own = currencies.get(split.account) or row.currency or "XXX"
    transaction = row.currency or own
    quantity = _minor(split.quantity or split.value, own, fractions)
    value = quantity
    if (split.value or split.quantity, transaction) != (split.quantity or split.value, own):
        value = _minor(split.value or split.quantity, transaction, fractions)
    if quantity is None or value is None:
        bad = split.value if value is None else split.quantity
        code = "record.amount-invalid" if bad else "record.amount-missing"
        return Problem(code, repr(bad[:40]), "a fraction such as 2500/100", place)
    problems = []
    for amount in (quantity, value):
        if abs(amount[0]) > AMOUNT_MINOR_MAX:
            return Problem("record.amount-too-large", split.value[:40],
                           f"at most {AMOUNT_MINOR_MAX:,} minor units", place)  # fmt: skip
    for amount, text in ((quantity, split.quantity), (value, split.value)):
        if not amount[2]:
            problems.append(
                Problem("entry.not-supported", f"the amount {text[:40]}, no finite decimal",
                        f"an exact decimal; {_DECIMALS_ROUNDED} decimals are kept", place)
            )  # fmt: skip
    if split.account not in codes:
        problems.append(
            Problem("record.field-invalid", f"the account {split.account[:40]!r}",
                    "an account of the book", place)
        )  # fmt: skip
    minor, currency, _ = quantity
    weight, weight_currency, _ = value
    is_own = (minor, currency) == (weight, weight_currency)
    direction = Direction.DEBIT if (minor or weight) >= 0 else Direction.CREDIT
    return Posting(
        account=codes.get(split.account, split.account or "?"),
        amount_minor=abs(minor),
        direction=direction,
        currency=currency,
        weight_minor=None if is_own else weight,
        weight_currency=None if is_own else weight_currency,
        narrative=tidy(split.memo),
        reference=tidy(split.action),
        status=_STATES.get(split.state, split.state),
        place=place,
    ), problems


_FRACTION = re.compile(r"\s*(-?\d{1,40})(?:/(-?\d{1,40}))?\s*")


def _minor(text: str, code: str, fractions: dict[str, int]) -> tuple[int, Currency, bool] | None:
    """Minor units of a fraction, the currency wide enough for it, and whether that is exact."""
    found = _FRACTION.fullmatch(text)
    if not found or (found[2] is not None and int(found[2]) == 0):
        return None
    over, under = int(found[1]), int(found[2] or 1)
    currency = (
        Currency.of(code)
        if code in ISO_4217_EXPONENTS
        else Currency(code, _exponent_of(fractions.get(code, 1)) or 0)
    )
    minor, finer = divmod(over * 10**currency.exponent, under)
    if not finer:  # nearly all amounts
        return minor, currency, True
    exact = Fraction(over, under)
    needed = _exponent_of(exact.denominator)
    if needed is None:
        wide = currency.widened(_DECIMALS_ROUNDED)
        return round(exact * 10**wide.exponent), wide, False
    wide = currency.widened(needed)
    return int(exact * 10**wide.exponent), wide, True


def _exponent_of(denominator: int) -> int | None:
    """The decimals it takes to write a fraction of that denominator; None if none suffice."""
    for exponent in range(_DECIMALS_MAX + 1):
        if 10**exponent % denominator == 0:
            return exponent
    return None


_STAMP = re.compile(r"\d{4}-?\d\d-?\d\d[ T]?(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,9})? ?([+-]\d{4})?")


def posted_day(text: str) -> tuple[date | None, bool]:
    """The day of a stamp, and whether it is the one after the day written.

    GnuCash stamps 10:59 UTC, a time that is the same day nearly everywhere. Before 2.6.20 it
    stamped local midnight, which a save in a zone further west turns into the evening before.
    """
    text = text.strip()
    day = date_iso(text) or date_yyyymmdd(text)
    stamp = _STAMP.match(text)
    if day is None or stamp is None:
        return day, False
    hour, minute, second = int(stamp[1]), int(stamp[2]), int(stamp[3])
    if (minute, second) == (59, 0):
        zone = stamp[4] or "+0000"
        utc = hour - int(zone[:3])
        return day + timedelta(days=(utc >= 24) - (utc < 0)), False
    if hour >= 20 and minute == second == 0:
        return day + timedelta(days=1), True
    return day, False


def _renamed(entry: JournalEntry, entry_id: str) -> JournalEntry:
    return JournalEntry(
        entry_id, entry.booked_on, entry.postings, entry.counterparty, entry.narrative,
        entry.references, entry.status, entry.attributes, entry.place,
    )  # fmt: skip


def _raw(row: TransactionRow) -> str:
    return row.raw or str((row.guid, row.posted, row.description, row.splits))[:2000]


def _stated(book: Book, read: int) -> list[Problem]:
    """The counts a book gives of itself, and what stands in it besides entries and accounts."""
    found = []
    for name, got in (("transaction", read), ("account", len(book.accounts))):
        stated = book.stated.get(name)
        if stated is not None and stated != got:
            found.append(
                Problem("statement.count-differs", f"{got} {name}s", f"{stated} as the book states")
            )
    if book.set_aside:
        said = ", ".join(f"{count} {name}" for name, count in book.set_aside.items())
        found.append(Problem("record.extra", said, "entries and accounts"))
    if not read:
        found.append(Problem("file.no-records", "no transactions", "a book with transactions"))
    return found
