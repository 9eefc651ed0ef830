"""Amounts as hledger and Ledger write them: commodity left or right, any decimal mark, costs.

What a lone comma means is decided for each commodity over the whole file, so amounts are first
taken apart (`Raw`) and only then read (`Marks.value`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from tieout.core.money import DecimalMark
from tieout.formats.common.arithmetic import NotArithmetic, evaluate, fraction_of

_NUMBER = r"\d(?:[\d.,'_]|[ \u00a0\u202f\u2009](?=\d{3}(?!\d)))*|[.,]\d+"
_COMMODITY = r'"[^"]*"|[^\s\d.,;:?!+*/^&|=<>()\[\]{}@"\'~-][^\s\d.,;:?!+*/^&|=<>()\[\]{}@"\'~-]*'
_LEFT = re.compile(rf"([-+]?)\s*({_COMMODITY})\s*([-+]?)\s*({_NUMBER})")
_RIGHT = re.compile(rf"([-+]?)\s*({_NUMBER})\s*({_COMMODITY})?")


@dataclass(frozen=True, slots=True)
class Raw:
    """An amount taken apart: sign, digits with their marks, commodity."""

    negative: bool
    digits: str
    commodity: str


@dataclass(slots=True)
class RawAmount:
    """All that stands after the account of a posting, taken apart."""

    units: Raw | None = None
    expression: str = ""
    """An amount in parentheses, or whatever could not be taken apart."""
    cost: Raw | None = None
    cost_expression: str = ""
    cost_is_total: bool = False
    lot: Raw | None = None
    lot_is_total: bool = False
    lot_text: str = ""
    asserted: str = ""
    """The balance assertion as written, with its `=`; empty if none."""
    asserted_amount: Raw | None = None
    trailing: str = ""


def take_amount(text: str) -> tuple[Raw, str] | None:
    """The amount at the start of the text, and what follows it."""
    body = text.lstrip()
    found = _LEFT.match(body)
    if found:
        sign, commodity, inner, digits = found.groups()
    else:
        found = _RIGHT.match(body)
        if not found:
            return None
        sign, digits, commodity = found.groups()
        inner, commodity = "", commodity or ""
    negative = (sign == "-") != (inner == "-")
    return Raw(negative, digits, commodity.strip('"').strip()), body[found.end() :]


def take_apart(text: str) -> RawAmount:
    """The amount, cost, lot and assertion of a posting; the rest in `trailing`."""
    made = RawAmount()
    rest = text.strip()
    if rest.startswith("("):
        made.expression, rest = _parenthesised(rest)
    elif rest and rest[0] not in "=@{[;":
        taken = take_amount(rest)
        if taken is None:
            made.expression = rest
            return made
        made.units, rest = taken
    while rest := rest.lstrip():
        rest = _take_annotation(made, rest)
    return made


def _take_annotation(made: RawAmount, rest: str) -> str:
    if rest.startswith(("@", "(@")):
        return _take_cost(made, rest)
    if rest.startswith("{"):
        return _take_lot(made, rest)
    if rest.startswith("["):
        closing = rest.find("]") + 1 or len(rest)
        made.lot_text += " " + rest[:closing]
        return rest[closing:]
    if rest.startswith("("):
        inside, rest = _parenthesised(rest)
        made.lot_text += f" ({inside})"
        return rest
    if found := re.match(r"==?\*?", rest):
        made.asserted = rest
        taken = take_amount(rest[found.end() :])
        if taken is not None:
            made.asserted_amount = taken[0]
        return ""
    made.trailing = rest
    return ""


def _take_cost(made: RawAmount, rest: str) -> str:
    found = re.match(r"\(?@(@?)\)?\s*", rest)
    assert found is not None
    made.cost_is_total = bool(found[1])
    rest = rest[found.end() :]
    if rest.startswith("("):
        made.cost_expression, rest = _parenthesised(rest)
        return rest
    taken = take_amount(rest)
    if taken is None:
        made.cost_expression = rest or "nothing"
        return ""
    made.cost, rest = taken
    return rest


def _take_lot(made: RawAmount, rest: str) -> str:
    closing = rest.find("}")
    closing = (
        len(rest) if closing < 0 else closing + (2 if rest[closing : closing + 2] == "}}" else 1)
    )
    inside = rest[:closing]
    made.lot_text += " " + inside
    made.lot_is_total = inside.startswith("{{")
    taken = take_amount(inside.strip("{}").strip().lstrip("="))
    if taken is not None:
        made.lot = taken[0]
    return rest[closing:]


def _parenthesised(text: str) -> tuple[str, str]:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[1:at], text[at + 1 :]
    return text[1:], ""


def evaluated(expression: str) -> tuple[Fraction, str, int] | None:
    """`(9G * 6)` as (54, "G", decimals shown); None if it is more than arithmetic."""
    commodities = set(re.findall(_COMMODITY, expression))
    if len(commodities) > 1:
        return None
    commodity = commodities.pop() if commodities else ""
    plain = expression.replace(commodity, " ") if commodity else expression
    try:
        value = evaluate(plain)
    except NotArithmetic:
        return None
    shown = max((len(each) for each in re.findall(r"\.(\d+)", plain)), default=0)
    return value, commodity.strip('"').strip(), shown


@dataclass
class Marks:
    """What `.` and `,` mean for each commodity: declared, or shown by its amounts."""

    declared: dict[str, DecimalMark] = field(default_factory=dict)
    everywhere: DecimalMark | None = None
    doubtful: dict[str, str] = field(default_factory=dict)
    """Commodity to an amount of it that can be read two ways."""
    _evidence: defaultdict[str, set[DecimalMark]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, raws: Iterable[Raw]) -> None:
        """Take the evidence of all amounts of the file."""
        for raw in raws:
            mark = _shows(raw.digits)
            if mark is not None:
                self._evidence[raw.commodity].add(mark)

    def value(self, raw: Raw) -> tuple[Fraction, int] | None:
        """The amount and the decimals it shows; None if its digits are no number."""
        digits = re.sub(r"[\s'_\u00a0\u202f\u2009]", "", raw.digits)
        mark = self._mark(raw.commodity, digits)
        group = "," if mark == "." else "."
        whole, _, decimals = digits.replace(group, "").partition(mark)
        if not (whole + decimals).isdigit() or len(whole + decimals) > 60:
            return None
        if not (whole + decimals).isascii():
            return None
        value = fraction_of(f"{whole}.{decimals}" if decimals else whole)
        return (-value if raw.negative else value), len(decimals)

    def _mark(self, commodity: str, digits: str) -> DecimalMark:
        said = self.declared.get(commodity) or self.everywhere or _shows(digits)
        if said is not None:
            return said
        if "," not in digits and "." not in digits:
            return "."
        own = self._evidence.get(commodity, set())
        known = own or set().union(*self._evidence.values())
        if len(known) == 1:
            return next(iter(known))
        if "," in digits:
            self.doubtful.setdefault(commodity, digits)
        return "."


def _shows(digits: str) -> DecimalMark | None:
    """The decimal mark that a number proves by its own form, or None: `1,000` proves nothing."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if points > 1:
        return ","
    if commas > 1:
        return "."
    if not points and not commas:
        return None
    mark: DecimalMark = "." if points else ","
    whole, _, decimals = digits.partition(mark)
    looks_grouped = len(decimals) == 3 and 0 < len(whole) <= 3 and whole.strip("0") != ""
    return None if looks_grouped else mark
