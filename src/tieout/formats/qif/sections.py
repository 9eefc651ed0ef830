"""QIF text to records: which lines belong together, to which account, and of what kind."""

import re
from dataclasses import dataclass, field

from tieout.formats.common.fields import lines_of

_DATE_ORDERS = {"mdy", "dmy", "ymd"}
HEADER = re.compile(r"!\s*(?:(type|option|clear)\s*[: ]\s*)?(.*)", re.IGNORECASE)
_MONEY = {
    "bank": "bank",
    "cash": "cash",
    "ccard": "card",
    "oth a": "asset",
    "oth l": "liability",
    "oth s": "asset",
    "invst": "investment",
    "invoice": "asset",
    "port": "investment",
}
_LISTS = {
    "cat": "categories",
    "class": "classes",
    "tag": "tags",
    "memorized": "memorised payments",
    "memorised": "memorised payments",
    "prices": "prices",
    "security": "securities",
    "template": "templates",
    "budget": "budgets",
    "bill": "bills",
    "tax": "tax items",
    "address": "addresses",
    "items": "items",
    "customer": "customers",
    "vendor": "vendors",
}


@dataclass(slots=True)
class Record:
    """The fields between two end marks: code, value, line number."""

    fields: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.fields[0][2]

    def first(self, *codes: str) -> str:
        """The value of the first of these codes, or nothing."""
        for code in codes:
            for key, value, _ in self.fields:
                if key == code:
                    return value
        return ""

    def has(self, code: str) -> bool:
        """Whether there is such a field."""
        for key, _, _ in self.fields:  # noqa: SIM110  asked of every record: a loop is quicker
            if key == code:
                return True
        return False

    @property
    def raw(self) -> str:
        """The record as it was written."""
        return "\n".join(code + value for code, value, _ in self.fields)


@dataclass(slots=True)
class Section:
    """Records under one header, of one account."""

    kind: str
    """`bank`, `card`, `investment`, … for money; empty for lists."""
    title: str
    """As the header says."""
    line: int
    account: str = ""
    description: str = ""
    records: list[Record] = field(default_factory=list)
    split_at: list[int] = field(default_factory=list)
    """Lines where a record begins without an end mark before it."""
    is_cut_off: bool = False


def read_sections(text: str) -> tuple[list[Section], str]:
    """All sections, and the order of dates that an option states (`mdy`, `dmy`) or "".

    Lines before the first header form a section if they look like money.
    """
    reader = _Reader()
    number = 0
    for number, line in enumerate(lines_of(text), 1):
        reader.line(line, number)
    reader.finish(number)
    return reader.sections, reader.date_order


class _Reader:
    """Goes from line to line; knows the account the next section is of."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.current: Section | None = None
        self.record = Record()
        self.account = Record()
        self.is_account_list = False
        self.date_order = ""

    def line(self, line: str, number: int) -> None:
        body = line.strip("\ufeff\x1a \t\x0c")
        if not body:
            return
        if body[0] == "!":
            self._end()
            self._header(body, number)
        elif body[0] == "^":
            self._end()
        else:
            self.record.fields.append((body[0], body[1:].strip(), number))

    def finish(self, number: int) -> None:
        """The last record may lack its end mark."""
        if self.record.fields and self.current is not None and number:
            self.current.is_cut_off = True
        self._end()
        for section in self.sections:
            is_known = section.title.lower() in _MONEY or not section.title
            if section.kind and not is_known and not any(map(_is_money, section.records)):
                section.kind = ""

    def _header(self, body: str, number: int) -> None:
        found = HEADER.fullmatch(body[:200])
        word = (found.group(1) or "").lower() if found else ""
        title = found.group(2).strip() if found else ""
        if word in {"option", "clear"}:
            if title.lower().startswith("autoswitch"):
                self.is_account_list = word == "option"
            if title.lower() in _DATE_ORDERS and word == "option":
                self.date_order = title.lower()
            self.current = None
            return
        name = title.lower()
        if name.startswith("account"):
            self.current = Section("", "account", number)
            return
        kind = "" if _list_name(name) else _MONEY.get(name, _near(name))
        account = self.account.first("N")
        before = self.sections[-1] if self.sections else None
        if kind and before and (before.title.lower(), before.account) == (name, account):
            self.current = before
            return
        description = self.account.first("D")
        self.current = Section(kind, title, number, account if kind else "", description)
        self.sections.append(self.current)

    def _end(self) -> None:
        record, self.record = self.record, Record()
        if not record.fields:
            return
        if self.current is None:
            if not _is_money(record):
                self.current = Section("", "lines before the first header", record.line)
            else:
                self.current = Section("bank", "", record.line)
            self.sections.append(self.current)
        if self.current.title == "account" and not self.current.kind:
            if not self.is_account_list:
                self.account = record
            return
        pieces = _pieces(record) if self.current.kind else [record]
        self.current.split_at += [piece.line for piece in pieces[1:]]
        self.current.records += pieces


def _is_money(record: Record) -> bool:
    return record.has("D") and (record.has("T") or record.has("U"))


def _list_name(title: str) -> str:
    return next((said for word, said in _LISTS.items() if title.startswith(word)), "")


def list_name(section: Section) -> str:
    """What the records of a section without money are, for people."""
    return _list_name(section.title.lower()) or section.title[:60]


def _near(title: str) -> str:
    """Headers in other languages and spellings: `Banque`, `Oth Asset`, `CreditCard`."""
    for word, kind in (("inv", "investment"), ("port", "investment"), ("cash", "cash")):
        if title.startswith(word):
            return kind
    if title.startswith("oth"):
        return "liability" if " l" in title else "asset"
    return "card" if "card" in title or title.startswith("cc") else "bank"


def _pieces(record: Record) -> list[Record]:
    """The records in one stretch of fields: more than one where end marks are missing.

    A stretch is taken apart where the code it begins with comes again, or else at every date,
    and only if each piece then has a date and an amount of its own.
    """
    for code in dict.fromkeys((record.fields[0][0], "D")):
        if code not in "DTUNP":
            continue
        starts = [index for index, each in enumerate(record.fields) if each[0] == code]
        if len(starts) < 2:
            continue
        starts[0] = 0
        ends = [*starts[1:], len(record.fields)]
        pieces = [Record(record.fields[a:b]) for a, b in zip(starts, ends, strict=True)]
        if all(map(_is_money, pieces)):
            return pieces
    return [record]
