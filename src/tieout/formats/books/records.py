"""Rows of the ledger files as entries, postings and allocations of `core.explain`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import (
    EntryAllocation,
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.money import AMOUNT_MINOR_MAX, Currency, parse_decimal
from tieout.core.statements import Direction
from tieout.formats.books.tables import Row, Table

_BASE_COLUMNS = (
    "base_amount",
    "tax_amount",
    "debit",
    "credit",
    "base_from_debit",
    "base_from_credit",
)
_AMOUNT_COLUMNS = ("doc_amount", *_BASE_COLUMNS)
_KINDS = {each.value: each for each in EntryKind}
_STATUSES = {each.value: each for each in PostingStatus}
_LEDGERS = {each.value: each for each in SubLedger}


@dataclass(frozen=True)
class Amounts:
    """How many decimals each currency of the folder is counted in."""

    base_currency: str
    exponents: Mapping[str, int]
    entries: Mapping[str, str] = field(default_factory=dict)
    """By entry, its currency: an allocation is in that of its debit."""

    @classmethod
    def of(
        cls, tables: Iterable[Table], base_currency: str, entries: Mapping[str, str]
    ) -> "Amounts":
        """The decimals that ISO 4217 gives, or more where a file carries more; each is named."""
        usual = {base_currency: Currency.of(base_currency).exponent}
        exponents = dict(usual)
        finer: set[str] = set()
        for table in tables:
            for row in table:
                code = _code(row, entries) or base_currency
                if code not in usual:
                    exponents[code] = usual[code] = Currency.of(code).exponent
                cells = row.cells
                for column in _AMOUNT_COLUMNS:
                    cell = cells.get(column)
                    if not cell:
                        continue
                    named = code if column == "doc_amount" else base_currency
                    if not 0 <= cell.find(".") < len(cell) - usual[named] - 1:
                        continue
                    whole, _, fraction = cell.partition(".")
                    wanted = len(fraction.strip().rstrip("0"))
                    if wanted > usual[named] and f"{table.name}{named}" not in finer:
                        finer.add(f"{table.name}{named}")
                        table.note(
                            "record.amount-finer",
                            row,
                            column,
                            f"{whole}.{fraction} {named}",
                            f"{usual[named]} decimals",
                        )
                    exponents[named] = max(exponents[named], wanted)
        return cls(base_currency, exponents, entries)

    def base(self, row: Row, column: str) -> int | None:
        """A cell in minor units of the base currency."""
        return self._minor(row, column, self.base_currency)

    def own(self, row: Row, column: str) -> int | None:
        """A cell in minor units of the row's own currency."""
        return self._minor(row, column, _code(row, self.entries) or self.base_currency)

    def _minor(self, row: Row, column: str, currency: str) -> int | None:
        said = row.cells.get(column)
        if not said:
            return 0
        minor = _minor_of(said, self.exponents.get(currency, 2))
        if minor is None:
            row.amount(column)
        elif abs(minor) > AMOUNT_MINOR_MAX:
            row.table.note("record.amount-too-large", row, column, said)
            return None
        return minor


@lru_cache(maxsize=100_000)
def _minor_of(said: str, exponent: int) -> int | None:
    """A cell in minor units; None where it is no plain decimal, or finer."""
    found = parse_decimal(said)
    return found.to_minor(exponent) if found else None


def currencies_of(ledgers: Iterable[Table]) -> dict[str, str]:
    """By entry, the currency its file names."""
    return {row.text("txn_id"): row.text("currency") for table in ledgers for row in table}


def _code(row: Row, entries: Mapping[str, str]) -> str:
    """The currency of a row, or of the entry whose debit it allocates; blank where none is."""
    return row.text("currency") or entries.get(row.text("debit_id"), "")


def key_of(row: Row, code: str, centre: str, department: str) -> AccountKey:
    """The account key that three columns name."""
    get = row.cells.get
    return _key(get(code, ""), get(centre, ""), get(department, ""))


@lru_cache(maxsize=10_000)
def _key(code: str, centre: str, department: str) -> AccountKey:
    return AccountKey(code, centre, department)


def entries_of(table: Table, ledger: SubLedger, amounts: Amounts) -> Iterator[LedgerEntry]:
    """The entries of a ledger's file; a row without date or amount is held back and named."""
    seen: dict[str, int] = {}
    for row in table:
        dated_on = row.needed_day("transaction_date")
        base, own = amounts.base(row, "base_amount"), amounts.own(row, "doc_amount")
        if dated_on is None or base is None or own is None:
            continue
        entry_id = row.text("txn_id")
        is_repeated = _is_repeated(seen, row, "txn_id", entry_id)
        yield LedgerEntry(
            entry_id=entry_id,
            ledger=ledger,
            kind=_kind(row),
            party=row.text("party"),
            reference=row.text("reference"),
            dated_on=dated_on,
            entered_on=row.day("entry_date") or dated_on,
            currency=row.text("currency") or amounts.base_currency,
            doc_minor=own,
            base_minor=base,
            key=key_of(row, "control_account", "control_cost_centre", "control_department"),
            due_on=row.day("due_date"),
            allocated_on=row.day("allocation_date"),
            rate=row.text("rate"),
            tax_minor=amounts.base(row, "tax_amount") or 0,
            related_id=row.text("related_id"),
            batch_id=row.text("batch_id"),
            voided_on=row.day("void_date"),
            is_repeated=is_repeated,
        )


def _is_repeated(seen: dict[str, int], row: Row, column: str, name: str) -> bool:
    first = seen.setdefault(name, row.line)
    if first != row.line:
        row.table.note("record.id-repeated", row, column, name, f"once; line {first} has it")
        return True
    return False


def _kind(row: Row) -> EntryKind:
    said = row.text("type")
    if said in _KINDS:
        return _KINDS[said]
    row.table.note("books.value-unknown", row, "type", repr(said), ", ".join(EntryKind))
    return EntryKind.OTHER


def postings_of(table: Table, amounts: Amounts) -> Iterator[NominalPosting]:
    """The postings of the nominal file; a row without period or amount is held back and named."""
    seen: dict[str, int] = {}
    has_party = "party" in table.columns
    for row in table:
        debit, credit = amounts.base(row, "debit"), amounts.base(row, "credit")
        own, period = amounts.own(row, "doc_amount"), row.number("period")
        line_no, line_count = row.number("line_no"), row.number("line_count")
        if debit is None or credit is None or own is None or period is None:
            continue
        posted_on = row.day("posting_date") or row.day("transaction_date") or date.min
        posting_id = row.text("nominal_id")
        net = debit - credit
        is_debit = net > 0 or (net == 0 and own >= 0)
        yield NominalPosting(
            posting_id=posting_id,
            journal_id=row.text("journal_id"),
            status=_status(row),
            key=key_of(row, "account", "cost_centre", "department"),
            period=period,
            posted_on=posted_on,
            dated_on=row.day("transaction_date") or posted_on,
            entered_on=row.day("entry_date") or posted_on,
            module=row.text("source"),
            source_id=row.text("source_id"),
            line_no=line_no or 0,
            line_count=line_count or 0,
            reference=row.text("reference"),
            narrative=row.text("narrative"),
            currency=row.text("currency") or amounts.base_currency,
            direction=Direction.DEBIT if is_debit else Direction.CREDIT,
            base_minor=abs(net),
            doc_minor=own if is_debit else -own,
            has_party=not has_party or bool(row.text("party")),
            is_repeated=_is_repeated(seen, row, "nominal_id", posting_id),
        )


def _status(row: Row) -> PostingStatus:
    said = row.text("status") or "posted"
    if said in _STATUSES:
        return _STATUSES[said]
    row.table.note("books.value-unknown", row, "status", repr(said), ", ".join(PostingStatus))
    return PostingStatus.POSTED


def allocations_of(table: Table, amounts: Amounts) -> Iterator[EntryAllocation]:
    """The allocations."""
    for row in table:
        on = row.needed_day("allocation_date")
        own = amounts.own(row, "doc_amount")
        from_debit, from_credit = (
            amounts.base(row, column) for column in ("base_from_debit", "base_from_credit")
        )
        ledger = row.text("ledger")
        if on is None or own is None or from_debit is None or from_credit is None:
            continue
        if ledger not in _LEDGERS:
            table.note("books.value-unknown", row, "ledger", repr(ledger), ", ".join(SubLedger))
            continue
        yield EntryAllocation(
            allocation_id=row.text("allocation_id"),
            ledger=_LEDGERS[ledger],
            debit_id=row.text("debit_id"),
            credit_id=row.text("credit_id"),
            allocated_on=on,
            entered_on=row.day("entry_date") or on,
            doc_minor=own,
            base_from_debit=from_debit,
            base_from_credit=from_credit,
            adjustment_id=row.text("adjustment_id"),
        )
