"""Drafts of journal entries: postings as a text ledger writes them, made into balanced entries.

A text ledger leaves amounts out, prices one commodity in another and lets an entry balance only
within the rounding of what it shows. Here a draft becomes a `JournalEntry`: an amount left out is
worked out exactly, a posting with a price or cost weighs what it cost, and what an entry's own
program would forgive stands in the entry's attributes. Nothing is rounded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from tieout.core.errors import Place, Problem
from tieout.core.journal import JournalEntry, Posting
from tieout.core.money import AMOUNT_MINOR_MAX, ISO_4217_EXPONENTS, Currency
from tieout.core.statements import Direction
from tieout.formats.common.arithmetic import decimals_needed

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": amounts that stand without any."""

SYMBOLS: dict[str, str] = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "₹": "INR",
    "₽": "RUB", "₩": "KRW", "₪": "ILS", "฿": "THB", "₺": "TRY", "₴": "UAH", "₫": "VND",
    "₱": "PHP", "₦": "NGN", "R$": "BRL", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "元": "CNY",
}  # fmt: skip
"""Symbols as books write them, to the ISO 4217 code meant; noted once a file where used."""


@dataclass(slots=True)
class DraftPosting:
    """A posting as written."""

    account: str
    line: int
    units: Fraction | None = None
    """None: left out, to be worked out."""
    commodity: str = ""
    """Empty with `units` None: in whatever commodity is left over."""
    shown: int = 0
    """Decimals as written; they say how coarse the entry is."""
    weight: tuple[Fraction, str] | None = None
    """From a cost or price, as (amount, commodity)."""
    is_virtual: bool = False
    """Outside the entry's balance, as `(account)` is in ledger."""
    group: str = ""
    """Postings of one group balance among themselves, as `[account]` do in ledger."""
    unknown: str = ""
    """Why `units` is None although something was written: an expression, a lot to be found."""
    weight_unknown: str = ""
    """Why what the posting weighs is not known although its units are."""
    assigned: tuple[Fraction, str] | None = None
    """What the account shall hold after the posting, where that stands instead of an amount."""
    posted_on: date | None = None
    narrative: str = ""
    reference: str = ""
    status: str = ""

    @property
    def known_weight(self) -> tuple[Fraction, str] | None:
        """What it adds to the balance, as (amount, commodity)."""
        if self.units is None:
            return None
        return self.weight if self.weight is not None else (self.units, self.commodity)


@dataclass(slots=True)
class DraftEntry:
    """An entry as written."""

    entry_id: str
    line: int
    booked_on: date | None
    postings: list[DraftPosting] = field(default_factory=list)
    counterparty: str = ""
    narrative: str = ""
    references: list[str] = field(default_factory=list)
    status: str = ""
    attributes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """The line of its first word."""
        return Place(line=self.line)


@dataclass
class Dialect:
    """How one program balances: everything else is alike."""

    integers_are_coarse: bool = False
    """Whether an amount without decimals tolerates half a unit (ledger) or none (beancount)."""
    infers_costs: bool = False
    """Whether two commodities that are left over are taken as the price of one another."""
    multiplier: Fraction = Fraction(1, 2)
    """Of the last digit shown: the tolerance."""
    tolerances: dict[str, Fraction] = field(default_factory=dict)
    """Tolerances said for a commodity, `*` for all, where an entry shows no decimals."""
    conversions: dict[str, tuple[Fraction, str]] = field(default_factory=dict)
    """A commodity's worth in a smaller one: `1.00G = 100s`."""


class Builder:
    """Turns drafts into entries; counts what was worked out and says so at the end."""

    def __init__(self, dialect: Dialect, entries: Iterable[DraftEntry]) -> None:
        self.drafts = list(entries)
        self.dialect = dialect
        self.problems: list[Problem] = []
        self._done: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._symbols: set[str] = set()
        self._exponents: dict[str, int] = {}
        self._held: dict[tuple[str, str], Fraction] = {}
        days = [entry.booked_on for entry in self.drafts]
        self._in_order = all(one and two and one <= two for one, two in pairwise(days))
        for entry in self.drafts:
            for posting in entry.postings:
                if posting.units is not None:
                    known = self._exponents.get(posting.commodity, 0)
                    self._exponents[posting.commodity] = max(known, min(posting.shown, 18))

    def entries(self) -> tuple[JournalEntry, ...]:
        """All entries, in the order of the drafts; `problems` is complete afterwards."""
        made = tuple(self._entry(draft) for draft in self.drafts)
        for code, found in (
            ("entry.inferred", "{} amounts left out, each worked out from the rest of its entry"),
            ("entry.rounding", "{} entries that leave a fraction below half of their last digit"),
            ("record.currency", "{} amounts without a currency, counted as " + NO_CURRENCY),
        ):
            if self._done[code]:
                name = "match.no-currency" if code == "record.currency" else code
                self.problems.append(
                    Problem(name, found.format(self._done[code]), "", Place(line=self._first[code]))
                )
        if self._symbols:
            said = ", ".join(f"{each} as {SYMBOLS[each]}" for each in sorted(self._symbols))
            self.problems.append(Problem("entry.currency-guessed", said))
        return made

    def _entry(self, draft: DraftEntry) -> JournalEntry:
        self._assign(draft)
        groups: dict[str, list[DraftPosting]] = {}
        for each in draft.postings:
            if not each.is_virtual:
                groups.setdefault(each.group, []).append(each)
        for balanced in groups.values():
            self._work_out(draft, balanced)
        postings: list[Posting] = []
        for each in draft.postings:
            self._hold(each)
            made = self._posting(draft, each)
            if made is not None:
                postings.append(made)
        return JournalEntry(
            draft.entry_id,
            draft.booked_on,
            tuple(postings),
            draft.counterparty,
            draft.narrative,
            tuple(dict.fromkeys(each for each in draft.references if each)),
            draft.status,
            tuple(draft.attributes),
            draft.place,
        )

    def _assign(self, draft: DraftEntry) -> None:
        """Work out amounts given as the balance to reach, unless the entry's balance gives them.

        Programs differ in the order in which they run through a file whose dates go back and
        forth; there nothing is worked out.
        """
        missing = [each for each in draft.postings if each.units is None]
        real = sum(not each.is_virtual for each in missing)
        for each in missing if self._in_order else ():
            if each.assigned is None or (real == 1 and not each.is_virtual):
                continue
            reached, commodity = each.assigned
            earlier = draft.postings[: draft.postings.index(each)]
            now = self._held.get((each.account, commodity), Fraction(0)) + sum(
                other.units
                for other in earlier
                if other.units is not None
                and (other.account, other.commodity) == (each.account, commodity)
            )
            each.units, each.commodity, each.unknown = reached - now, commodity, ""
            self._count("entry.inferred", each.line)

    def _hold(self, posting: DraftPosting) -> None:
        if posting.units is not None:
            key = posting.account, posting.commodity
            self._held[key] = self._held.get(key, Fraction(0)) + posting.units

    def _count(self, code: str, line: int) -> None:
        self._done[code] += 1
        self._first.setdefault(code, line)

    def _left_over(self, postings: list[DraftPosting]) -> dict[str, Fraction]:
        left: dict[str, Fraction] = {}
        for posting in postings:
            weight = posting.known_weight
            if weight is not None:
                amount, commodity = self._converted(*weight)
                left[commodity] = left.get(commodity, Fraction(0)) + amount
        return {commodity: amount for commodity, amount in left.items() if amount}

    def _converted(self, amount: Fraction, commodity: str) -> tuple[Fraction, str]:
        for _ in range(10):
            if commodity not in self.dialect.conversions:
                break
            worth, commodity = self.dialect.conversions[commodity]
            amount *= worth
        return amount, commodity

    def _work_out(self, draft: DraftEntry, balanced: list[DraftPosting]) -> None:
        for posting in balanced if self.dialect.conversions else ():
            weight = posting.known_weight
            if weight is not None and weight[1] in self.dialect.conversions:
                posting.weight = self._converted(*weight)
        missing = [each for each in balanced if each.units is None]
        unweighed = next((each for each in balanced if each.weight_unknown), None)
        if unweighed is not None:
            self._refuse(unweighed.weight_unknown, unweighed.line)
            return
        left = self._left_over(balanced)
        if missing:
            self._fill(draft, missing, left)
            return
        tolerable = {
            commodity: amount
            for commodity, amount in left.items()
            if abs(amount) <= self._tolerance(balanced, commodity)
        }
        for commodity, amount in tolerable.items():
            self._forgive(draft, balanced, amount, commodity)
            del left[commodity]
        if len(left) == 2 and self.dialect.infers_costs and self._infer_cost(balanced, left):
            self._count("entry.inferred", draft.line)
        elif left:
            said = ", ".join(_written(amount, code) for code, amount in sorted(left.items()))
            self.problems.append(Problem("entry.unbalanced", f"{said} left over", "0", draft.place))

    def _fill(
        self, draft: DraftEntry, missing: list[DraftPosting], left: dict[str, Fraction]
    ) -> None:
        """Give the postings without amount what the others leave over."""
        named = [each for each in missing if each.commodity]
        for posting in named:
            if sum(each.commodity == posting.commodity for each in named) == 1:
                posting.units = -left.pop(posting.commodity, Fraction(0))
                self._count("entry.inferred", posting.line)
        open_ones = [each for each in missing if each.units is None]
        if len(open_ones) > 1 or (open_ones and open_ones[0].commodity):
            said = "; ".join(each.unknown or f"no amount for {each.account}" for each in open_ones)
            self._refuse(said, open_ones[0].line)
            return
        for posting in open_ones:
            if posting.unknown:
                self.problems.append(
                    Problem(
                        "entry.not-supported",
                        f"{posting.unknown}; the amount was worked out from the other postings",
                        "a plain amount",
                        Place(line=posting.line),
                    )
                )
            codes = sorted(left) or [self._only_commodity(draft)]
            posting.units, posting.commodity = -left.get(codes[0], Fraction(0)), codes[0]
            at = draft.postings.index(posting)
            draft.postings[at + 1 : at + 1] = [
                DraftPosting(
                    posting.account,
                    posting.line,
                    -left[code],
                    code,
                    group=posting.group,
                    posted_on=posting.posted_on,
                    narrative=posting.narrative,
                    reference=posting.reference,
                    status=posting.status,
                )
                for code in codes[1:]
            ]
            self._count("entry.inferred", posting.line)

    def _only_commodity(self, draft: DraftEntry) -> str:
        weights = (each.known_weight for each in draft.postings if not each.is_virtual)
        return next((self._converted(*each)[1] for each in weights if each is not None), "")

    def _tolerance(self, postings: list[DraftPosting], commodity: str) -> Fraction:
        shown = [
            each.shown
            for each in postings
            if each.units is not None
            and each.commodity == commodity
            and (each.shown or self.dialect.integers_are_coarse)
        ]
        if shown and self.dialect.integers_are_coarse:
            # ledger: as fine as the commodity is shown anywhere in the file
            return self.dialect.multiplier * Fraction(1, 10 ** self._exponents.get(commodity, 0))
        if shown:
            return self.dialect.multiplier * Fraction(1, 10 ** min(shown))
        said = self.dialect.tolerances
        return said.get(commodity, said.get("*", Fraction(0)))

    def _forgive(
        self, draft: DraftEntry, postings: list[DraftPosting], amount: Fraction, commodity: str
    ) -> None:
        """Let the priced posting weigh what the entry books it at; keep the fraction in words."""
        in_it = [
            each
            for each in postings
            if (weight := each.known_weight) is not None
            and self._converted(*weight)[1] == commodity
        ]
        taker = next((each for each in in_it if each.weight is not None), in_it[-1])
        weight = taker.known_weight
        assert weight is not None
        taker.weight = (self._converted(*weight)[0] - amount, commodity)
        draft.attributes.append(("rounding", _written(amount, commodity)))
        self._count("entry.rounding", draft.line)

    def _infer_cost(self, postings: list[DraftPosting], left: dict[str, Fraction]) -> bool:
        """Price the one posting of a commodity by the other commodity that is left over."""
        (one, first), (two, second) = left.items()
        if (first < 0) == (second < 0):
            return False
        for commodity, price, other in ((one, second, two), (two, first, one)):
            alone = [
                each
                for each in postings
                if (weight := each.known_weight) and self._converted(*weight)[1] == commodity
            ]
            if len(alone) == 1 and alone[0].weight is None:
                alone[0].weight = (-price, other)
                return True
        return False

    def _refuse(self, why: str, line: int) -> None:
        self.problems.append(
            Problem("entry.not-supported", why, "amounts that can be worked out", Place(line=line))
        )

    def _posting(self, draft: DraftEntry, each: DraftPosting) -> Posting | None:
        if each.units is None:
            draft.attributes.append(("posting without amount", each.account))
            if each.is_virtual:
                self._refuse(each.unknown or f"no amount for {each.account}", each.line)
            return None
        needed = decimals_needed(each.units)
        currency = self._currency(each.commodity, needed or 0, each.line)
        minor = each.units * 10**currency.exponent
        if needed is None or abs(minor) > AMOUNT_MINOR_MAX:
            said = f"{each.account} {_written(each.units, each.commodity)}"
            draft.attributes.append(("posting without amount", said))
            code = "entry.not-supported" if needed is None else "record.amount-too-large"
            self.problems.append(
                Problem(
                    code,
                    f"{_written(each.units, each.commodity)} on {each.account}",
                    f"at most 18 decimals and {AMOUNT_MINOR_MAX:,} minor units",
                    Place(line=each.line),
                )
            )
            return None
        weight_minor, weight_currency = self._weight(each)
        return Posting(
            each.account,
            abs(int(minor)),
            Direction.CREDIT if minor < 0 else Direction.DEBIT,
            currency,
            weight_minor,
            weight_currency,
            each.posted_on,
            each.narrative,
            each.reference,
            each.status,
            Place(line=each.line),
        )

    def _weight(self, each: DraftPosting) -> tuple[int | None, Currency | None]:
        if each.is_virtual:
            return 0, self._currency(each.commodity, 0, each.line)
        if each.weight is None:
            return None, None
        amount, commodity = each.weight
        needed = decimals_needed(amount)
        if needed is None:
            self.problems.append(
                Problem(
                    "entry.not-supported",
                    f"a cost of {_written(amount, commodity)}",
                    "one with at most 18 decimals",
                    Place(line=each.line),
                )
            )
            return None, None
        currency = self._currency(commodity, needed, each.line)
        return int(amount * 10**currency.exponent), currency

    def _currency(self, commodity: str, needed: int, line: int) -> Currency:
        if not commodity:
            self._count("record.currency", line)
            shown = self._exponents.get("", 2)
            return Currency(NO_CURRENCY, max(shown, needed, 2))
        if commodity in SYMBOLS:
            self._symbols.add(commodity)
            commodity = SYMBOLS[commodity]
        if commodity in ISO_4217_EXPONENTS:
            return Currency.of(commodity).widened(needed)
        return Currency(commodity, max(self._exponents.get(commodity, 0), needed))


def _written(amount: Fraction, commodity: str) -> str:
    needed = decimals_needed(amount)
    if needed is None:
        number = str(amount)
    else:
        digits = str(abs(int(amount * 10**needed))).rjust(needed + 1, "0")
        number = f"{digits[:-needed]}.{digits[-needed:]}" if needed else digits
        number = f"-{number}" if amount < 0 else number
    return f"{number} {commodity}".strip()


def set_aside(
    kinds: Mapping[str, list[int]], code: str = "record.extra", expected: str = ""
) -> list[Problem]:
    """One problem for each kind of directive that gives no entry: how many, and where."""
    made: list[Problem] = []
    for kind, lines in sorted(kinds.items()):
        where = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
        found = f"{kind}: {len(lines)}" + (f" (lines {where})" if len(lines) > 1 else "")
        made.append(Problem(code, found, expected, Place(line=lines[0])))
    return made
