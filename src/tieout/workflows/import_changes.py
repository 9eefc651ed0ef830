"""What an import changes, read back from the rows that it has added.

A trial and an import are the same work: what a trial lists is what the import had recorded when it
was undone. The proof is a SHA-256 over all of it, ids left out: two imports with the same proof
record the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from django.db.models import Sum

from tieout.core.errors import CODES, Severity
from tieout.core.money import format_minor
from tieout.store.banking.models import BankAccount, BankLine, BankStatement, ReadingProblem
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.store.reconciliation.models import Suspension
from tieout.store.tenancy.models import TenantModel
from tieout.workflows.import_words import tie_in_words

BLOCK = 5000
SHOWN = 100
"""So many changes of each kind are listed one by one; all are counted and in the proof."""


class Effect(StrEnum):
    """What an import does with something."""

    ADD = "add"
    """It is recorded."""
    KNOWN = "known"
    """It is there already, and counted once."""
    CONFLICT = "conflict"
    """It contradicts what is recorded, or itself: what is recorded stays, and somebody is told."""
    HELD = "held"
    """It could not be read and waits with its raw text."""
    NOTE = "note"
    """It was guessed or repaired."""
    SUSPEND = "suspend"
    """It was signed, and is to be signed anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an import does."""

    effect: Effect
    what: str
    """`statement`, `line`, `entry`, `bank account`, `account`, `sign-off`, or a problem's code."""
    where: str = ""
    """The account or the books."""
    on: date | None = None
    amount: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that an import does: everything counted, the first of each kind listed."""

    counts: Mapping[str, int]
    """By effect and kind: `add line`."""
    listed: tuple[Change, ...]
    proof: str

    def __str__(self) -> str:
        told = [f"{count:,} × {name}" for name, count in sorted(self.counts.items())]
        return ", ".join(told) or "nothing"


TABLES: tuple[type[TenantModel], ...] = (
    BankAccount,
    BankStatement,
    Account,
    JournalEntry,
    ReadingProblem,
    Suspension,
)
Newest = Mapping[type[TenantModel], int]


def newest_rows() -> Newest:
    """Within a verb that holds the import lock: the newest row of each table that it adds to."""
    newest: dict[type[TenantModel], int] = {}
    for table in TABLES:
        last = table._default_manager.order_by("-id").values_list("id", flat=True).first()  # noqa: SLF001  Django's public name
        newest[table] = last or 0
    return newest


def changes_since(newest: Newest, known_entries: int = 0) -> Changes:
    """What was added since then by an import, in an order that another one gives again.

    `known_entries`: entries that were there already leave no row of their own.
    """
    digest = hashlib.sha256()
    counts: dict[str, int] = {}
    listed: list[Change] = []
    for change, more in _changes(newest):
        said = json.dumps([*astuple(change), *more], default=str, ensure_ascii=False)
        digest.update(f"{said}\n".encode())
        name = f"{change.effect} {change.what}"
        counts[name] = counts.get(name, 0) + 1
        if counts[name] <= SHOWN:
            listed.append(change)
    if known_entries:
        counts[f"{Effect.KNOWN} entry"] = known_entries
        digest.update(f"{known_entries}\n".encode())
    return Changes(counts, tuple(listed), digest.hexdigest())


More = tuple[object, ...]
"""What else is in the proof of a change, beside what is shown of it."""


def _changes(newest: Newest) -> Iterator[tuple[Change, More]]:
    for account in BankAccount.objects.filter(id__gt=newest[BankAccount]).order_by("id"):
        yield Change(Effect.ADD, "bank account", str(account)), (account.exponent,)
    statements = BankStatement.objects.filter(id__gt=newest[BankStatement]).order_by("id")
    for statement in statements.select_related("account"):
        where = str(statement.account)
        said = Change(
            Effect.ADD, "statement", where, statement.ends_on, "", tie_in_words(statement)
        )
        yield said, (statement.number, statement.begins_on, statement.repeated_count)
        yield from _lines(statement, where)
    for each in Account.objects.filter(id__gt=newest[Account]).order_by("id"):
        yield Change(Effect.ADD, "account", each.code, text=each.name), (each.kind, each.currency)
    yield from _entries(newest[JournalEntry])
    for found in ReadingProblem.objects.filter(id__gt=newest[ReadingProblem]).order_by("id"):
        problem = found.to_core()
        effect = {
            Severity.HELD: Effect.HELD,
            Severity.DOUBT: Effect.CONFLICT,
            Severity.NOTE: Effect.NOTE,
        }[CODES[problem.code].severity]
        yield Change(effect, problem.code, text=str(problem)), (found.raw,)
    for one in Suspension.objects.filter(id__gt=newest[Suspension]).order_by("id"):
        said = Change(Effect.SUSPEND, "sign-off", f"sign_off:{one.sign_off_id}", text=one.detail)
        yield said, ()


def _lines(statement: BankStatement, where: str) -> Iterator[tuple[Change, More]]:
    currency = statement.account.counted_in()
    rows = BankLine.objects.filter(statement=statement).order_by("position").defer("details")
    for each in rows.iterator(chunk_size=BLOCK):
        line = each.to_core(currency)
        amount = f"{format_minor(line.signed_minor, currency.exponent)} {currency.code}"
        text = " ".join(part for part in (line.counterparty, line.narrative) if part)
        effect = Effect.ADD if each.repeats_id is None else Effect.KNOWN
        said = Change(effect, "line", where, line.booked_on, amount, text)
        yield said, (line.value_on, line.bank_id, line.references, line.status, line.kind)


def _entries(after: int) -> Iterator[tuple[Change, More]]:
    rows = JournalEntry.objects.filter(id__gt=after).order_by("id").iterator(chunk_size=BLOCK)
    for _, block in groupby(enumerate(rows), key=lambda each: each[0] // BLOCK):
        entries = [entry for _, entry in block]
        amounts = _amounts(entries)
        for each in entries:
            text = " ".join(part for part in (each.counterparty, each.narrative) if part)
            said = Change(
                Effect.ADD, "entry", each.source, each.booked_on, amounts.get(each.pk, ""), text
            )
            yield said, (each.entry_id, bytes(each.digest).hex())


def _amounts(entries: list[JournalEntry]) -> dict[int, str]:
    """By entry: what its debits come to, in each currency."""
    sums = (
        Posting.objects.filter(entry__in=[each.pk for each in entries], weight_minor__gt=0)
        .values_list("entry_id", "weight_currency", "weight_exponent")
        .annotate(minor=Sum("weight_minor"))
        .order_by("entry_id", "weight_currency", "weight_exponent")
    )
    told: dict[int, list[str]] = {}
    for entry, code, exponent, minor in sums:
        told.setdefault(entry, []).append(f"{format_minor(int(minor), exponent)} {code}")
    return {entry: ", ".join(amounts) for entry, amounts in told.items()}
