"""Lots held at cost: what a sale weighs when the ledger leaves it to the program to find the lot.

A lot is found when it is certain: the cost is written, only one lot fits, the whole holding is
sold, or the account says which comes first (FIFO, LIFO, HIFO). Otherwise the entry says that it
was not computed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tieout.formats.common.arithmetic import NotArithmetic, evaluate
from tieout.formats.common.drafts import DraftEntry, DraftPosting
from tieout.formats.common.fields import date_iso

_AMOUNT = re.compile(r"(?P<each>[-+*/().,\d\s]*?)\s*(?:#\s*(?P<total>[-+*/().,\d\s]*?)\s*)?"
                     r"(?P<code>/?[A-Z][A-Z0-9'._/-]*)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost as written between braces; None where it leaves something open."""

    each: Fraction | None
    total: Fraction | None
    code: str
    acquired_on: date | None
    label: str

    @classmethod
    def parse(cls, text: str) -> "Cost | None":
        """`{502.12 USD, 2024-01-31, "label"}`, `{{5000 USD}}`, `{}`; None if it is neither."""
        is_total = text.startswith("{{")
        if not text.endswith("}}" if is_total else "}"):
            return None
        body = text.strip("{} \t")
        each = total = acquired_on = None
        code = label = ""
        for part in (piece.strip() for piece in body.split(",") if piece.strip()):
            if part.startswith('"'):
                label = part.strip('"')
            elif re.fullmatch(r"\d{4}[-/]\d{2}[-/]\d{2}", part):
                acquired_on = date_iso(part.replace("/", "-"))
            elif part == "*":
                return None
            elif found := _AMOUNT.fullmatch(part):
                code = found["code"]
                try:
                    each = evaluate(found["each"]) if found["each"].strip() else None
                    total = evaluate(found["total"]) if found["total"] else None
                except NotArithmetic:
                    return None
            else:
                return None
        if is_total:
            each, total = None, each
        return cls(each, total, code, acquired_on, label)

    def weight(self, units: Fraction) -> tuple[Fraction, str] | None:
        """What those units weigh at this cost, if it says."""
        if not self.code or (self.each is None and self.total is None):
            return None
        whole = abs(units) * (self.each or 0) + (self.total or 0)
        return (-whole if units < 0 else whole), self.code


@dataclass(slots=True)
class _Lot:
    units: Fraction
    each: Fraction
    code: str
    acquired_on: date | None
    label: str


class Lots:
    """All lots of a ledger, by account and commodity."""

    def __init__(self) -> None:
        self.methods: dict[str, str] = {}
        self.default_method = "STRICT"
        self._costs: dict[int, Cost] = {}
        self._held: defaultdict[tuple[str, str], list[_Lot]] = defaultdict(list)

    def add(self, posting: DraftPosting, cost: Cost) -> None:
        """Note the cost of a posting; `weigh` finds what it comes to."""
        self._costs[id(posting)] = cost

    def weigh(self, entries: Iterable[DraftEntry]) -> None:
        """Go through the entries by date and give each posting at cost its weight."""
        ordered = sorted(entries, key=lambda each: each.booked_on or date.max)
        for entry in ordered:
            for posting in entry.postings:
                cost = self._costs.get(id(posting))
                if cost is not None and posting.units is not None:
                    self._weigh_one(entry, posting, posting.units, cost)

    def _weigh_one(
        self, entry: DraftEntry, posting: DraftPosting, units: Fraction, cost: Cost
    ) -> None:
        held = self._held[posting.account, posting.commodity]
        posting.weight = cost.weight(units)
        fitting = [
            lot
            for lot in held
            if lot.units * units < 0
            and (cost.each is None or (lot.each, lot.code) == (cost.each, cost.code))
            and (cost.acquired_on is None or lot.acquired_on == cost.acquired_on)
            and (not cost.label or lot.label == cost.label)
        ]
        if fitting:
            self._reduce(posting, units, fitting)
        elif posting.weight is not None and units:
            each = abs(posting.weight[0] / units)
            day = cost.acquired_on or entry.booked_on
            held.append(_Lot(units, each, posting.weight[1], day, cost.label))
        if posting.weight is None and not posting.weight_unknown:
            posting.weight_unknown = (
                f"{posting.account}: a lot of {posting.commodity} that is not certain"
            )
        self._held[posting.account, posting.commodity] = [lot for lot in held if lot.units]

    def _reduce(self, posting: DraftPosting, units: Fraction, fitting: list[_Lot]) -> None:
        """Take the units from the lots that fit; weigh them if the cost was left open."""
        method = self.methods.get(posting.account) or self.default_method
        if method == "LIFO":
            fitting.reverse()
        elif method == "HIFO":
            fitting.sort(key=lambda lot: -lot.each)
        whole = sum((lot.units for lot in fitting), Fraction(0))
        alike = {(lot.each, lot.code) for lot in fitting}
        certain = (
            len(alike) == 1 or whole == -units or method in {"FIFO", "LIFO", "HIFO"}
        ) and abs(whole) >= abs(units)
        if not certain:
            return
        left, weighed, code = abs(units), Fraction(0), fitting[0].code
        for lot in fitting:
            taken = min(left, abs(lot.units))
            weighed += taken * lot.each
            lot.units += taken if lot.units < 0 else -taken
            left -= taken
        if posting.weight is None and len({lot.code for lot in fitting}) == 1:
            posting.weight = (-weighed if units < 0 else weighed, code)
