"""Values of events as people read them: amounts with their currency, records by their names.

Everything is looked up within the organisation: what is of another one has no name here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tieout.core.history import Change, names_in
from tieout.core.money import format_minor
from tieout.store.banking.models import BankAccount, ReceivedFile
from tieout.store.closing.models import Books, Explained
from tieout.store.ledger.models import Account
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.store.tenancy.models import Member
from tieout.workflows.kept_records import name_of

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?Z")
_CALLED: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "member": (Member, ("name", "email")),
    "bank_account": (BankAccount, ("name", "number")),
    "ledger_account": (Account, ("code",)),
    "reconciliation": (Reconciliation, ("name",)),
    "books": (Books, ("name",)),
    "received_file": (ReceivedFile, ("name",)),
}
"""What a record is called by: the first of these columns that is not blank."""
_COUNTED: Mapping[str, Any] = {
    "bank_account": BankAccount,
    "match_run": MatchRun,
    "explained": Explained,
}
"""Records that have a currency and say in how many decimals it is counted."""
Unit = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and the record it names, if it names one."""

    text: str
    name: str = ""


_WORDS = {
    "content_hash": "content",
    "exponent": "decimals",
    "explained": "explanation",
    "is_bank": "is a bank account",
    "left_count": "bank records",
    "left_minor": "bank",
    "right_count": "records of the books",
    "right_minor": "books",
    "sign_off": "sign-off",
}
"""Names of ours that say too little."""


def words(name: str) -> str:
    """A name of ours in words: `bank_statement` is `bank statement`."""
    return _WORDS.get(name) or name.removesuffix("_minor").replace("_", " ").strip()


def field_words(field: str) -> str:
    """`schedule.set_at` is `schedule: set at`; amounts say so themselves."""
    return ": ".join(map(words, field.split(".")))


class Wording:
    """Changes in words; what they name is looked up once for all of them. Within a tenant."""

    def __init__(self, several: Iterable[Change], about: str, actors: Iterable[str]) -> None:
        """`about` is the record whose history it is, `actors` who acted."""
        named: dict[str, set[int]] = defaultdict(set)
        for name in self._names(several, about, actors):
            kind, _, number = name.partition(":")
            if number.isdecimal() and len(number) < 19:
                named[kind].add(int(number))
        self._called = dict(_called(named))
        self._units = dict(_units(named))
        self._about = about

    @staticmethod
    def _names(several: Iterable[Change], about: str, actors: Iterable[str]) -> Iterator[str]:
        yield about
        yield from actors
        for each in several:
            yield each.of
            fields = each.fields or {}
            for values in (fields, each.before, each.after):
                yield from names_in(values.values() if isinstance(values, Mapping) else [values])

    def called(self, name: str) -> str:
        """What a record is called: `member:17` by its name, others by their kind and number."""
        kind, _, number = name.partition(":")
        return self._called.get(name) or f"{words(kind)} {number}".strip()

    def told(self, change: Change, value: object) -> tuple[Piece, ...]:
        """A value of the change; nothing where there was none."""
        unit = self._unit(change)
        field = change.field.rpartition(".")[2]
        return tuple(self._told(field, value, unit))

    def _told(self, field: str, value: object, unit: Unit | None) -> Iterator[Piece]:
        if isinstance(value, Mapping):
            for place, (name, one) in enumerate(value.items()):
                label, own = _measured(name, unit)
                told = list(self._told(name, one, own))
                says_itself = bool(told) and told[0].text.startswith(f"{label} ")
                yield Piece(("; " if place else "") + ("" if says_itself else f"{label} "))
                yield from told
        elif isinstance(value, list):
            for place, one in enumerate(value):
                yield from ([Piece(", ")] if place else [])
                yield from self._told(field, one, unit)
        elif isinstance(value, str):
            is_name = next(names_in([value]), None) is not None
            yield Piece(self.called(value), value) if is_name else Piece(_instant(value))
        elif value is not None:
            yield Piece(_plain(field, value, unit))

    def _unit(self, change: Change) -> Unit | None:
        """What the amounts of a record are counted in: by itself, its run, account or books."""
        fields = change.fields or {}
        currency, exponent = fields.get("currency"), fields.get("exponent")
        if isinstance(currency, str) and isinstance(exponent, int):
            return currency, exponent
        for name in (*names_in([fields.get("run"), fields.get("account")]), self._about):
            if name in self._units:
                return self._units[name]
        books = next(names_in([fields.get("books")]), self._about)
        return self._units.get(books)


def _plain(field: str, value: object, unit: Unit | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and "_minor" in field and unit:
        return _money(value, unit)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _money(minor: int, unit: Unit) -> str:
    whole, dot, rest = format_minor(abs(minor), unit[1]).partition(".")
    return f"{'−' if minor < 0 else ''}{int(whole):,}{dot}{rest} {unit[0]}"


def _measured(name: str, unit: Unit | None) -> tuple[str, Unit | None]:
    """`debit_minor EUR 2` is debits in euro, counted in cents."""
    what, _, rest = name.partition(" ")
    currency, _, exponent = rest.rpartition(" ")
    if currency and exponent.isdecimal():
        return field_words(what), (currency, int(exponent))
    return field_words(name), unit


def _instant(text: str) -> str:
    found = _INSTANT.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _called(named: Mapping[str, set[int]]) -> Iterator[tuple[str, str]]:
    for kind, (model, columns) in _CALLED.items():
        rows = model.objects.filter(id__in=named[kind]) if named.get(kind) else ()
        for row in rows:
            yield name_of(row), next(filter(None, (getattr(row, each) for each in columns)), "")


def _units(named: Mapping[str, set[int]]) -> Iterator[tuple[str, Unit]]:
    for kind, model in _COUNTED.items():
        if named.get(kind):
            found = model.objects.filter(id__in=named[kind])
            for number, currency, exponent in found.values_list("id", "currency", "exponent"):
                yield f"{kind}:{number}", (currency, exponent)
    for number in named.get("books", ()):
        run = Explained.objects.filter(books_id=number).order_by("-id").first()
        if run is not None:
            yield f"books:{number}", (run.currency, run.exponent)
