"""The books as they are explained: entries of sub-ledgers, nominal postings, and what governs them.

Amounts are integers in minor units. An entry is signed in its ledger's own sense (the ledgers
specification, 1.1): positive is owed to us in sales, owed by us in purchases. A posting has a
direction and an amount that is not negative.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.money import Decimals, format_minor, parse_decimal
from tieout.core.periods import Calendar, PeriodLog
from tieout.core.statements import Direction


class SubLedger(StrEnum):
    """The detailed books behind control accounts."""

    AR = "AR"
    AP = "AP"
    INVENTORY = "INVENTORY"
    FIXED_ASSETS = "FIXED_ASSETS"
    DEPRECIATION = "DEPRECIATION"
    BANK = "BANK"

    @property
    def natural_direction(self) -> Direction:
        """The direction of a nominal posting that increases this ledger."""
        credit = {SubLedger.AP, SubLedger.DEPRECIATION}
        return Direction.CREDIT if self in credit else Direction.DEBIT

    @property
    def module(self) -> str:
        """The source that its own postings name."""
        return _MODULES[self]

    @property
    def called(self) -> str:
        """As people call it."""
        return _TITLES[self]


_MODULES = {
    SubLedger.AR: "SL",
    SubLedger.AP: "PL",
    SubLedger.INVENTORY: "ST",
    SubLedger.FIXED_ASSETS: "FA",
    SubLedger.DEPRECIATION: "FD",
    SubLedger.BANK: "CB",
}
_TITLES = {
    SubLedger.AR: "Sales ledger",
    SubLedger.AP: "Purchase ledger",
    SubLedger.INVENTORY: "Stock ledger",
    SubLedger.FIXED_ASSETS: "Fixed asset register",
    SubLedger.DEPRECIATION: "Depreciation register",
    SubLedger.BANK: "Cash book",
}


class EntryKind(StrEnum):
    """What an entry of a sub-ledger is (the ledgers specification, 1.4)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    PAYMENT = "payment"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    DISCOUNT = "discount"
    CONTRA = "contra"
    OPENING_BALANCE = "opening_balance"
    CURRENCY_ADJUSTMENT = "currency_adjustment"
    REVALUE = "revalue"
    EXPECTED_COST = "expected_cost"
    """Stock: goods received and not yet invoiced."""
    COST_ADJUSTMENT = "cost_adjustment"
    ADDITION = "addition"
    DISPOSAL = "disposal"
    DEPRECIATION = "depreciation"
    TRANSFER = "transfer"
    """Between two classes of assets, or two bank accounts."""
    OTHER = "other"

    @property
    def called(self) -> str:
        """The word that begins a sentence about one."""
        return self.value.replace("_", " ").capitalize()


class PostingStatus(StrEnum):
    """Whether a posting is in a balance; only `posted` is."""

    POSTED = "posted"
    WAITING = "waiting"
    DEFERRED = "deferred"
    DRAFT = "draft"
    REJECTED = "rejected"


class AccountUse(StrEnum):
    """What an account of the nominal ledger is for."""

    CONTROL_AR = "control_AR"
    CONTROL_AP = "control_AP"
    CONTROL_INVENTORY = "control_INVENTORY"
    CONTROL_FIXED_ASSETS = "control_FIXED_ASSETS"
    CONTROL_DEPRECIATION = "control_DEPRECIATION"
    CONTROL_BANK = "control_BANK"
    SUSPENSE = "suspense"
    RETENTION = "retention"
    PREPAYMENT = "prepayment"
    DEPOSIT = "deposit"
    FACTORING = "factoring"
    OTHER = "other"

    @property
    def is_feature(self) -> bool:
        """Whether it holds a part of what parties owe beside the control account proper."""
        return self in {
            AccountUse.RETENTION,
            AccountUse.PREPAYMENT,
            AccountUse.DEPOSIT,
            AccountUse.FACTORING,
        }


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of a sub-ledger."""

    entry_id: str
    """Unique in the company."""
    ledger: SubLedger
    kind: EntryKind
    party: str
    reference: str
    """Not unique: parties choose it."""
    dated_on: date
    """Drives the sub-ledger and its aged reports."""
    entered_on: date
    """When the system learned of it."""
    currency: str
    doc_minor: int
    """In the entry's own currency; zero where only a value in base currency changes."""
    base_minor: int
    key: AccountKey
    """The control account it belongs to."""
    due_on: date | None = None
    allocated_on: date | None = None
    rate: str = ""
    """Base units for one unit of the currency, as written."""
    tax_minor: int = 0
    related_id: str = ""
    batch_id: str = ""
    """Set when it was posted inside a daily total."""
    voided_on: date | None = None
    is_repeated: bool = False
    """Another entry before it carries the same id."""


@dataclass(frozen=True, slots=True)
class NominalPosting:
    """One line of a nominal journal."""

    posting_id: str
    journal_id: str
    status: PostingStatus
    key: AccountKey
    period: int
    """0 is brought forward."""
    posted_on: date
    dated_on: date
    entered_on: date
    module: str
    """SL sales, PL purchase, CT contra routine, NL keyed journal, BF brought forward, others."""
    source_id: str
    """The entry's id or its batch's; may be blank."""
    line_no: int
    """Counts the control lines of one entry; 0 is their other side."""
    line_count: int
    reference: str
    narrative: str
    currency: str
    direction: Direction
    base_minor: int
    """Not negative."""
    doc_minor: int
    """In the same direction; negative only where currency and base disagree."""
    has_party: bool = True
    """False where the books name a party for each posting and this one has none."""
    is_repeated: bool = False
    """Another posting before it carries the same id."""

    @property
    def debit_minor(self) -> int:
        """The base amount, debit positive."""
        return self.base_minor if self.direction is Direction.DEBIT else -self.base_minor

    @property
    def debit_doc_minor(self) -> int:
        """The amount in its currency, debit positive."""
        return self.doc_minor if self.direction is Direction.DEBIT else -self.doc_minor

    def natural(self, ledger: SubLedger) -> int:
        """The base amount in the ledger's own sense."""
        return self.base_minor if self.direction is ledger.natural_direction else -self.base_minor

    def natural_doc(self, ledger: SubLedger) -> int:
        """The amount in its currency, in the ledger's own sense."""
        return self.doc_minor if self.direction is ledger.natural_direction else -self.doc_minor


def more_debit(postings: Iterable[NominalPosting]) -> dict[str, int]:
    """By journal that does not balance, its posted debits less its posted credits."""
    sums: dict[str, int] = defaultdict(int)
    for line in postings:
        if line.status is PostingStatus.POSTED:
            sums[line.journal_id] += line.debit_minor
    return {journal_id: minor for journal_id, minor in sums.items() if minor}


@dataclass(frozen=True, slots=True)
class EntryAllocation:
    """Part of one entry applied to another; base amounts differ by the currency adjustment."""

    allocation_id: str
    ledger: SubLedger
    debit_id: str
    """The entry that is relieved of what is owed."""
    credit_id: str
    allocated_on: date
    entered_on: date
    doc_minor: int
    base_from_debit: int
    base_from_credit: int
    adjustment_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What the source system says was done to an entry after it was made."""

    on: date
    user: str
    action: str
    entry_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class ClosedBalance:
    """The row that was stored when a period was closed (the ledgers specification, 1.9)."""

    ledger: SubLedger
    period: int
    closed_on: date
    ledger_total: int
    nominal_total: int


@dataclass(frozen=True, slots=True)
class Party:
    """A customer or supplier with the control account it has now."""

    party: str
    ledger: SubLedger
    name: str
    key: AccountKey
    also_party: str = ""


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """What the settings of the source system say about one ledger."""

    counted: frozenset[AccountKey]
    """The accounts that the reconciliation enquiry counts."""
    default: DefaultAccount | None = None
    """The default control account, which closed balances total."""


@dataclass(frozen=True)
class Books:
    """Everything that one explanation works on; never changed, only copied with a change."""

    base_currency: str
    calendar: Calendar
    log: PeriodLog
    entries: tuple[LedgerEntry, ...]
    postings: tuple[NominalPosting, ...]
    accounts: Mapping[AccountKey, AccountUse]
    settings: Mapping[SubLedger, ControlSettings]
    account_names: Mapping[AccountKey, str] = field(default_factory=dict)
    suspense: frozenset[AccountKey] = frozenset()
    tolerance_minor: int = 2
    """A difference of rates up to this many minor units of the base currency is rounding."""
    extracted_on: date | None = None
    allocations: tuple[EntryAllocation, ...] = ()
    audit_lines: tuple[AuditLine, ...] = ()
    closed: tuple[ClosedBalance, ...] = ()
    parties: Mapping[tuple[SubLedger, str], Party] = field(default_factory=dict)
    exponents: Mapping[str, int] = field(default_factory=dict)
    """Decimals of each currency in which amounts are counted."""
    rates: Mapping[tuple[int, str], Decimals] = field(default_factory=dict)
    """Base units for one unit of a currency, by period."""
    unbalanced: frozenset[str] = frozenset()
    """Journals whose posted debits are not their credits."""
    last_period: int = 0
    """The last period that is closed or open, not future."""

    @cached_property
    def ledgers(self) -> tuple[SubLedger, ...]:
        """The ledgers that have settings or entries, in a fixed order."""
        found = {entry.ledger for entry in self.entries} | set(self.settings)
        return tuple(ledger for ledger in SubLedger if ledger in found)

    def minor(self, said: str) -> int:
        """A plain decimal of the base currency as minor units; ValueError where it is none."""
        found = parse_decimal(said)
        minor = found.to_minor(self.exponents.get(self.base_currency, 2)) if found else None
        if minor is None:
            raise ValueError(f"{said!r} is no amount in {self.base_currency}")
        return minor

    def decimal(self, amount_minor: int, currency: str = "") -> str:
        """Minor units as a plain decimal: of the base currency, or of the one that is named."""
        return format_minor(amount_minor, self.exponents.get(currency or self.base_currency, 2))
