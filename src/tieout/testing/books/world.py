"""A set of books being made: its calendar, accounts and parties, entries and their postings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.explain.books import (
    AccountUse,
    AuditLine,
    Books,
    ControlSettings,
    EntryKind,
    LedgerEntry,
    NominalPosting,
    Party,
    PostingStatus,
    SubLedger,
)
from tieout.core.money import Currency
from tieout.core.periods import (
    Calendar,
    LogState,
    PeriodEvent,
    PeriodLog,
    calendar_months,
    retail_year,
    weeks,
)

BASE = "GBP"
RATES = {"EUR": 854_321, "JPY": 5_240, "KWD": 2_571_300}
"""Base units for one unit of the currency, in millionths."""
RATE_SCALE = 1_000_000
FIRST_DAY = date(2025, 1, 1)
CODES = {
    SubLedger.AR: "441",
    SubLedger.AP: "551",
    SubLedger.INVENTORY: "121",
    SubLedger.FIXED_ASSETS: "021",
    SubLedger.DEPRECIATION: "022",
    SubLedger.BANK: "611",
}
"""How the control accounts of each ledger begin."""
PARTIES = {SubLedger.AR: "C", SubLedger.AP: "S"}
"""How the names of parties begin; in the other ledgers, of items, assets and accounts."""
SUSPENSE = AccountKey("99999")
OTHERS = {
    name: AccountKey(code)
    for name, code in (
        ("sales", "10100"),
        ("purchases", "20100"),
        ("bank", "61900"),
        ("prepayments", "45000"),
        ("reserves", "30000"),
        ("exchange", "79000"),
    )
}


@dataclass(frozen=True)
class Shape:
    """How large and how varied the books are."""

    documents: int = 60
    """Clean entries in each ledger."""
    plants: int = 1
    """How often each cause is planted."""
    ledgers: tuple[SubLedger, ...] = (SubLedger.AR, SubLedger.AP)
    """Which ledgers the books have; two or more, for causes that lie between two."""


@dataclass(frozen=True)
class Expected:
    """What a planted cause contributes: sub-ledger less nominal, in base minor units."""

    ledger: SubLedger
    cause: str
    key: AccountKey
    currency: str
    amount_minor: int
    begins: int
    ends: int | None


def to_base(doc_minor: int, currency: str, rate: int) -> int:
    """An amount in pence at a rate in millionths, half away from zero."""
    if currency == BASE:
        return doc_minor
    up = 10 ** Currency.of(BASE).exponent
    down = 10 ** Currency.of(currency).exponent * RATE_SCALE
    size: int = (2 * abs(doc_minor) * rate * up + down) // (2 * down)
    return size if doc_minor >= 0 else -size


@dataclass
class BookWorld:
    """Books in the making; `books()` hands them over."""

    seed: int
    shape: Shape = field(default_factory=Shape)
    entries: list[LedgerEntry] = field(default_factory=list)
    postings: list[NominalPosting] = field(default_factory=list)
    audit_lines: list[AuditLine] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    events: list[PeriodEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the setting: which calendar, when its periods closed, who the parties are."""
        self.random = Random(self.seed)  # noqa: S311  invented books
        self.calendar = self._calendar()
        self.count = len(self.calendar.periods)
        self.last_open = self.count - 2
        self.numbers = {period.number: period for period in self.calendar.periods}
        self.journals = 0
        self.names = 0
        self.uses = self._accounts()
        self.parties = self._parties()
        self._close_periods()
        self.extracted_on = self.numbers[self.last_open].ends_on + timedelta(days=25)

    def _calendar(self) -> Calendar:
        kind = self.random.choice(("months", "4-4-5", "thirteen"))
        if kind == "months":
            return calendar_months(FIRST_DAY.year, 1, 12)
        return retail_year(FIRST_DAY) if kind == "4-4-5" else weeks(FIRST_DAY, [4] * 13)

    def _accounts(self) -> dict[AccountKey, AccountUse]:
        uses = {SUSPENSE: AccountUse.SUSPENSE}
        uses.update(dict.fromkeys(OTHERS.values(), AccountUse.OTHER))
        for ledger in self.shape.ledgers:
            code = CODES[ledger]
            control = AccountUse(f"control_{ledger.value}")
            for key in (*self.controls(ledger), AccountKey(f"{code}90")):
                uses[key] = control
            uses[AccountKey(f"{code}95")] = AccountUse.RETENTION
        return uses

    @staticmethod
    def controls(ledger: SubLedger, currency: str = "") -> list[AccountKey]:
        """The counted control accounts of a ledger; of one currency, if named."""
        code = CODES[ledger]
        base = [AccountKey(f"{code}00"), AccountKey(f"{code}00", "ADM", "ADM")]
        base.append(AccountKey(f"{code}00", "NTH", "SAL"))
        foreign = {"EUR": f"{code}50", "JPY": f"{code}70", "KWD": f"{code}80"}
        if currency == BASE:
            return base
        if currency:
            return [AccountKey(foreign[currency])]
        return [*base, *(AccountKey(each) for each in foreign.values())]

    def outside(self, ledger: SubLedger, *, is_feature: bool = False) -> AccountKey:
        """The control account that the settings leave out, or the retention account."""
        return AccountKey(f"{CODES[ledger]}{'95' if is_feature else '90'}")

    def _parties(self) -> dict[tuple[SubLedger, str], Party]:
        made: dict[tuple[SubLedger, str], Party] = {}
        self.currency_of: dict[str, str] = {}
        for ledger in self.shape.ledgers:
            for number in range(12):
                currency = (BASE, BASE, BASE, "EUR", "JPY", "KWD")[number % 6]
                name = f"{PARTIES.get(ledger, ledger.module)}{number:05}"
                key = self.random.choice(self.controls(ledger, currency))
                made[ledger, name] = Party(name, ledger, f"Party {number}", key)
                self.currency_of[name] = currency
        return made

    def _close_periods(self) -> None:
        """Close every past period some days after its end; reopen and close one in four again."""
        self.closed_on: dict[int, date] = {}
        self.first_closed_on: dict[int, date] = {}
        for period in self.calendar.periods:
            if period.number >= self.last_open:
                break
            on = period.ends_on + timedelta(days=self.random.randint(8, 14))
            self.events.append(PeriodEvent(on, period.number, LogState.CLOSED))
            self.first_closed_on[period.number] = self.closed_on[period.number] = on
            if self.random.random() < 0.25:
                again = on + timedelta(days=4)
                self.events.append(PeriodEvent(again, period.number, LogState.OPEN))
                self.closed_on[period.number] = again + timedelta(days=3)
                self.events.append(
                    PeriodEvent(self.closed_on[period.number], period.number, LogState.CLOSED)
                )

    def log(self) -> PeriodLog:
        """When periods opened and closed."""
        future = frozenset(range(self.last_open + 1, self.count + 1))
        return PeriodLog(tuple(self.events), future)

    def books(self) -> Books:
        """The books, in an order that says nothing."""
        entries, postings = list(self.entries), list(self.postings)
        self.random.shuffle(entries)
        self.random.shuffle(postings)
        settings = {
            ledger: ControlSettings(
                frozenset(self.controls(ledger)),
                DefaultAccount(AccountKey(f"{CODES[ledger]}00"), ledger is SubLedger.AR),
            )
            for ledger in self.shape.ledgers
        }
        return Books(
            base_currency=BASE,
            calendar=self.calendar,
            log=self.log(),
            entries=tuple(entries),
            postings=tuple(postings),
            accounts=self.uses,
            settings=settings,
            suspense=frozenset({SUSPENSE}),
            extracted_on=self.extracted_on,
            audit_lines=tuple(self.audit_lines),
            parties=self.parties,
            exponents={code: Currency.of(code).exponent for code in (BASE, *RATES)},
            last_period=self.last_open,
        )

    # Drawing.

    def ledger(self) -> SubLedger:
        """One of those that the books have."""
        return self.random.choice(list(self.shape.ledgers))

    def party(self, ledger: SubLedger, *, is_base: bool | None = None) -> Party:
        """A party; in base currency or in a foreign one, if that is said."""
        fitting = [
            party
            for (of, name), party in self.parties.items()
            if of is ledger and is_base in {None, self.currency_of[name] == BASE}
        ]
        return self.random.choice(fitting)

    def name(self, prefix: str) -> str:
        """An id that nothing else has."""
        self.names += 1
        return f"{prefix}{self.names:08}"

    def day(self, period: int) -> date:
        """A day of a period."""
        found = self.numbers[period]
        return found.begins_on + timedelta(days=self.random.randrange(found.days))

    def period(self, *, before_end: int = 2) -> int:
        """A past period with that many past or open periods after it."""
        return self.random.randint(1, self.last_open - before_end)

    def entered(self, day: date) -> date:
        """A moment of entry while the day's period is open."""
        number = self.calendar.number_of(day)
        closed = self.first_closed_on.get(number, day + timedelta(days=9))
        return min(day + timedelta(days=self.random.randint(0, 8)), closed)

    def amount(self, *, digits: int = 5) -> int:
        """A positive amount in minor units whose neighbouring digits differ somewhere."""
        while True:
            amount = self.random.randint(10 ** (digits - 1), 10**digits - 1)
            said = str(amount)
            if amount % 10 and said[1] != said[2] and "0" not in said:
                return amount

    # Making.

    def entry(
        self,
        ledger: SubLedger,
        kind: EntryKind = EntryKind.INVOICE,
        *,
        party: Party | None = None,
        day: date | None = None,
        **changes: object,
    ) -> LedgerEntry:
        """An entry of a ledger, kept; nothing is posted yet."""
        party = party or self.party(ledger)
        day = day or self.day(self.period())
        currency = self.currency_of[party.party]
        reduces = {
            EntryKind.CREDIT_NOTE,
            EntryKind.RECEIPT,
            EntryKind.PAYMENT,
            EntryKind.DISCOUNT,
            EntryKind.CONTRA,
        }
        doc = -self.amount() if kind in reduces else self.amount()
        rate = RATES.get(currency, RATE_SCALE) + self.random.randint(-999, 999) * (currency != BASE)
        base = to_base(doc, currency, rate)
        made = LedgerEntry(
            entry_id=self.name(ledger.module),
            ledger=ledger,
            kind=kind,
            party=party.party,
            reference=self.name("REF"),
            dated_on=day,
            entered_on=self.entered(day),
            currency=currency,
            doc_minor=doc,
            base_minor=base,
            key=party.key,
            due_on=day + timedelta(days=30),
            rate=f"{rate // RATE_SCALE}.{rate % RATE_SCALE:06}",
        )
        made = replace(made, **changes)  # type: ignore[arg-type]
        self.entries.append(made)
        return made

    def journal(self) -> str:
        """A journal id."""
        self.journals += 1
        return f"J{self.journals:08}"

    def line(
        self, ledger: SubLedger, natural: int, natural_doc: int, **fields: object
    ) -> NominalPosting:
        """A posting of an amount in a ledger's own sense, kept with its other side."""
        direction = ledger.natural_direction if natural >= 0 else ledger.natural_direction.opposite
        journal = self.journal()
        day = fields.pop("day", None) or FIRST_DAY
        plain: dict[str, object] = {
            "status": PostingStatus.POSTED,
            "posted_on": day,
            "dated_on": day,
            "entered_on": day,
            "module": "NL",
            "source_id": "",
            "line_no": 0,
            "line_count": 0,
            "reference": self.name("JNL"),
            "narrative": "",
            "currency": BASE,
        }
        plain.update(fields)
        made = NominalPosting(
            posting_id=f"{journal}-1",
            journal_id=journal,
            direction=direction,
            base_minor=abs(natural),
            doc_minor=natural_doc if natural >= 0 else -natural_doc,
            **plain,  # type: ignore[arg-type]
        )
        self.postings += [made, self.other_side(made)]
        return made

    def other_side(self, made: NominalPosting) -> NominalPosting:
        """The same amount on an ordinary account in the other direction."""
        return replace(
            made,
            posting_id=f"{made.journal_id}-2",
            key=OTHERS["sales"],
            direction=made.direction.opposite,
            line_no=0,
            line_count=0,
        )

    def post(self, entry: LedgerEntry, **changes: object) -> NominalPosting:
        """Post an entry as it should be, but for the changes."""
        natural = changes.pop("natural", entry.base_minor)
        natural_doc = changes.pop("natural_doc", entry.doc_minor)
        fields: dict[str, object] = {
            "key": entry.key,
            "period": self.calendar.number_of(entry.dated_on),
            "dated_on": entry.dated_on,
            "posted_on": entry.dated_on,
            "entered_on": entry.entered_on,
            "module": entry.ledger.module,
            "source_id": entry.entry_id,
            "line_no": 1,
            "line_count": 1,
            "reference": entry.reference,
            "currency": entry.currency,
        }
        fields.update(changes)
        assert isinstance(natural, int)
        assert isinstance(natural_doc, int)
        return self.line(entry.ledger, natural, natural_doc, **fields)

    def post_batch(self, entries: Sequence[LedgerEntry]) -> None:
        """Post entries of a day as totals, one line for each account and currency."""
        batch_id = self.name("B")
        totals: dict[tuple[AccountKey, str], list[int]] = defaultdict(lambda: [0, 0])
        for entry in entries:
            self.entries[self.entries.index(entry)] = replace(entry, batch_id=batch_id)
            totals[entry.key, entry.currency][0] += entry.base_minor
            totals[entry.key, entry.currency][1] += entry.doc_minor
        for number, ((key, currency), (base, doc)) in enumerate(totals.items(), 1):
            self.post(
                entries[0],
                natural=base,
                natural_doc=doc,
                key=key,
                currency=currency,
                source_id=batch_id,
                line_no=number,
                line_count=len(totals),
                reference=batch_id,
            )

    def expect(
        self,
        entry: LedgerEntry,
        cause: str,
        amount_minor: int,
        begins: int,
        ends: int | None = None,
    ) -> None:
        """Write down what an entry's cause contributes to its account, if it does at all."""
        if amount_minor and begins != ends:
            place = entry.key, entry.currency
            self.expected.append(Expected(entry.ledger, cause, *place, amount_minor, begins, ends))
