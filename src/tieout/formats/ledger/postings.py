"""A posting line of a journal: status, account, amount with its cost and assertion, comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Protocol

from tieout.core.errors import Place, Problem
from tieout.formats.common.drafts import DraftEntry, DraftPosting
from tieout.formats.common.fields import tidy
from tieout.formats.ledger.amounts import Marks, Raw, RawAmount, evaluated, take_apart

_STATUS = re.compile(r"([*!])[ \t]*(?=\S)")
_SPLIT = re.compile(r"[ ]{2,}|[ ]?\t[ \t]*")
_TAG = re.compile(r"(?:^|(?<=[\s,]))([^\s:,;\[\]]+):(?=\s|$|[^\s:])[ \t]*([^,]*)")
_TAG_LIST = re.compile(r"(?:^|(?<=\s)):((?:[^\s:]+:)+)(?=\s|$)")
_BRACKET_DATE = re.compile(r"\[([\d/.-]+)?(?:=([\d/.-]+))?\]")
_DATE_FORM = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?")


class Book(Protocol):
    """What a posting line needs to know of the file around it."""

    default_commodity: str

    def account(self, path: str) -> str:
        """The account meant by a name."""

    def day(self, text: str, number: int, year: int | None = None) -> date | None:
        """The day a text means."""


def comment_of(text: str) -> tuple[str, str]:
    """A transaction's description and its comment, which a blank and a semicolon begin."""
    found = re.search(r"(?:^|\s);", text)
    return (text[: found.start()], text[found.end() :].strip()) if found else (text, "")


def tags_of(comment: str) -> list[tuple[str, str]]:
    """`name: value` and `:one:two:` as attributes; a comment without any is one of its own."""
    made: list[tuple[str, str]] = []
    text = comment.strip()
    for found in _TAG_LIST.finditer(text):
        made.extend(("tag", tag) for tag in found[1].split(":") if tag)
    if not made:
        made.extend((found[1], found[2].strip()) for found in _TAG.finditer(text))
    return made or ([("comment", text)] if text else [])


@dataclass(slots=True)
class PostingLine:
    """One posting as written, waiting for what the whole file says of its marks."""

    account: str
    line: int
    raw: RawAmount
    status: str = ""
    bracket: str = ""
    comments: list[str] = field(default_factory=list)
    default_commodity: str = ""
    book: Book | None = None

    @classmethod
    def parse(cls, body: str, line: int, book: Book) -> "PostingLine":
        """Take a posting line apart; nothing in it is refused here."""
        text, comment = _without_comment(body)
        status = ""
        if found := _STATUS.match(text):
            status, text = found[1], text[found.end() :]
        account, *rest = _SPLIT.split(text.strip(), maxsplit=1)
        bracket = ""
        if account[:1] + account[-1:] in {"()", "[]"} and len(account) > 2:
            bracket, account = account[0], account[1:-1].strip()
        made = cls(
            book.account(account), line, take_apart(rest[0] if rest else ""), status, bracket,
            default_commodity=book.default_commodity, book=book,
        )  # fmt: skip
        if comment:
            made.comments.append(comment)
        return made

    def raws(self) -> Iterator[Raw]:
        """The amounts that show what the marks of their commodities mean."""
        for raw in (self.raw.units, self.raw.cost, self.raw.lot, self.raw.asserted_amount):
            if raw is not None:
                yield raw

    def draft(self, marks: Marks, entry: DraftEntry, problems: list[Problem]) -> DraftPosting:
        """The posting with its amounts read."""
        made = DraftPosting(
            self.account,
            self.line,
            is_virtual=self.bracket == "(",
            group=self.bracket,
            narrative=tidy(" ".join(self.comments)),
            status=self.status,
        )
        if self.bracket:
            entry.attributes.append(("virtual posting", self.account))
        self._dates(made, entry)
        self._units(made, marks)
        if made.units is not None:
            self._weight(made, made.units, entry, marks)
        if self.raw.asserted:
            entry.attributes.append((f"{self.account} balance", tidy(self.raw.asserted)))
            if self.raw.asserted_amount and not re.match(r"==?\*", self.raw.asserted):
                value = self._value(self.raw.asserted_amount, marks)
                made.assigned = (value[0], value[1]) if value else None
        if self.raw.trailing:
            place = Place(line=self.line)
            found = f"{self.raw.trailing[:60]!r} after the amount"
            problems.append(Problem("record.field-invalid", found, "", place))
        return made

    def _value(self, raw: Raw, marks: Marks) -> tuple[Fraction, str, int] | None:
        value = marks.value(raw)
        commodity = raw.commodity or self.default_commodity
        return None if value is None else (value[0], commodity, value[1])

    def _units(self, made: DraftPosting, marks: Marks) -> None:
        value = None
        if self.raw.units is not None:
            value = self._value(self.raw.units, marks)
            if value is None:
                made.unknown = f"the amount {self.raw.units.digits[:40]!r}"
        elif self.raw.expression:
            value = evaluated(self.raw.expression)
            if value is None:
                made.unknown = f"the expression {self.raw.expression[:60]!r}"
        if value is not None:
            made.units, made.commodity, made.shown = value[0], value[1], min(value[2], 18)

    def _weight(self, made: DraftPosting, units: Fraction, entry: DraftEntry, marks: Marks) -> None:
        """A lot's cost comes before a price, as both programs balance a sale."""
        raw = self.raw
        if raw.lot_text:
            entry.attributes.append((f"{self.account} cost", tidy(raw.lot_text)))
        price = None
        for written, is_total in ((raw.lot, raw.lot_is_total), (raw.cost, raw.cost_is_total)):
            if written is None:
                continue
            value = self._value(written, marks)
            if value is None:
                made.weight_unknown = f"the cost {written.digits[:40]!r}"
            elif made.weight is None:
                price, commodity, _ = value
                whole = abs(price) * (-1 if units < 0 else 1) if is_total else units * price
                made.weight = (whole, commodity)
        if raw.cost_expression:
            value = evaluated(raw.cost_expression)
            if value is None:
                made.weight_unknown = f"the cost {raw.cost_expression[:60]!r}"
            elif made.weight is None:
                whole = abs(value[0]) * (-1 if units < 0 else 1)
                made.weight = (whole if raw.cost_is_total else units * value[0], value[1])
        if raw.cost is not None:
            mark = "@@" if raw.cost_is_total else "@"
            said = f"{mark} {raw.cost.digits} {raw.cost.commodity}"
            entry.attributes.append((f"{self.account} price", said.strip()))

    def _dates(self, made: DraftPosting, entry: DraftEntry) -> None:
        year = entry.booked_on.year if entry.booked_on else None
        for comment in self.comments:
            if found := _BRACKET_DATE.search(comment):
                made.posted_on = self._day(found[1] or "", year) or made.posted_on
            for name, value in tags_of(comment) if ":" in comment else ():
                if name == "date":
                    made.posted_on = self._day(value, year) or made.posted_on
                elif name != "comment":
                    entry.attributes.append((f"{self.account} {name}", value))

    def _day(self, text: str, year: int | None) -> date | None:
        if self.book is None or not _DATE_FORM.fullmatch(text):
            return None
        return self.book.day(text, self.line, year)


def _without_comment(body: str) -> tuple[str, str]:
    in_quotes = False
    for at, character in enumerate(body):
        if character == '"':
            in_quotes = not in_quotes
        elif character == ";" and not in_quotes:
            return body[:at].rstrip(), body[at + 1 :].strip()
    return body, ""
