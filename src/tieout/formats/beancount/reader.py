"""Beancount ledgers: transactions become entries, every other directive is counted and set aside.

The reader does not run plugins, compute `pad` or look for lots beyond what a file's own cost
methods make certain; where an entry needs that, the entry is kept and says so.
"""

import re
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

from tieout.core.accounts import Account, AccountKind
from tieout.core.errors import Place, Problem
from tieout.core.reading import HeldRecord, Reading
from tieout.formats.beancount import DATE
from tieout.formats.common.arithmetic import NotArithmetic, evaluate, shown_decimals
from tieout.formats.common.chart import account_named, sorted_accounts
from tieout.formats.common.drafts import Builder, Dialect, DraftEntry, DraftPosting, set_aside
from tieout.formats.common.fields import lines_of, make_date, tidy
from tieout.formats.common.includes import Includes
from tieout.formats.common.lots import Cost, Lots
from tieout.formats.common.source import Source, decode

_STRING = r'"(?:[^"\\]|\\.)*"'
_CURRENCY = r"/?[A-Z][A-Z0-9'._/-]*"
_DIRECTIVE = re.compile(rf"({DATE})[ \t]+([a-z]+\b|[*!&?%#A-Z](?=[ \t\"]|$)|(?=\"))(.*)", re.DOTALL)
_ACCOUNT = r"[^\W\d_a-z][\w-]*(?::[\w-]+)+"
_POSTING = re.compile(rf"(?:([*!&?%#A-Z])[ \t]+)?({_ACCOUNT})(?:[ \t]+(.*))?$", re.DOTALL)
_META = re.compile(r"([a-z][\w-]*):(?:[ \t]+(.*))?$", re.DOTALL)
_UNITS = re.compile(rf"([-+*/().,\d\s]*?)\s*({_CURRENCY})?$")
_UNDATED = re.compile(r"(option|include|plugin|pushtag|poptag|pushmeta|popmeta)\b(.*)", re.DOTALL)
_REFERENCE_KEY = re.compile(
    r"(?:^|[_-])(?:fitid|ref|reference|invoice|check|cheque|number|id)$", re.IGNORECASE
)
_ROOT_OPTIONS = {
    "name_assets": AccountKind.ASSET,
    "name_liabilities": AccountKind.LIABILITY,
    "name_equity": AccountKind.EQUITY,
    "name_income": AccountKind.INCOME,
    "name_expenses": AccountKind.EXPENSE,
}
_KEPT_ASIDE = {
    "balance", "note", "document", "price", "commodity", "event", "query", "custom",
}  # fmt: skip
_SAYS = {
    "balance": "balance assertion, not checked",
    "plugin": "plugin, not run: what it would add or change is missing here",
}
_ENDS_A_STRING = re.compile(
    rf"{DATE}[ \t]+(?:[a-z]+|[*!])[ \t]|[ \t]+(?:[*!][ \t]+)?{_ACCOUNT}(?:\s|$)"
)
"""A line that no narration goes on with: a string open above it was simply not closed."""
_INDENTED_POSTING = re.compile(rf"[ \t]+(?:[*!][ \t]+)?{_ACCOUNT}(?:\s|$)")
LINES_JOINED_MAX = 200


def read(source: Source) -> Reading:
    """All transactions in the order of the file, included files where they are met."""
    return _Parser(source).reading()


class _Parser:
    """One reading under way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.includes = Includes(source)
        self.entries: list[DraftEntry] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.aside: dict[str, list[int]] = defaultdict(list)
        self.not_computed: dict[str, list[int]] = defaultdict(list)
        self.opened: dict[str, str] = {}
        self.roots: dict[str, AccountKind] = {}
        self.dialect = Dialect()
        self.lots = Lots()
        self.tags: list[str] = []
        self.meta: list[tuple[str, str]] = []
        self.charset = ""

    def reading(self) -> Reading:
        self._file(self.source, "")
        for entry in self.entries:
            _complete_commodities(entry)
        self.lots.weigh(self.entries)
        builder = Builder(self.dialect, self.entries)
        entries = builder.entries()
        problems = [
            *self.problems,
            *set_aside(self.aside),
            *set_aside(self.not_computed, "entry.not-supported", "entries with plain amounts"),
            *builder.problems,
        ]
        if not entries and not self.held:
            problems.append(Problem("file.no-records", "no transactions"))
        return Reading(
            self.source.name,
            "beancount",
            "beancount",
            self.charset,
            self.source.sha256,
            entries=entries,
            accounts=self._accounts(),
            problems=tuple(problems),
            held=tuple(self.held),
        )

    def _accounts(self) -> tuple[Account, ...]:
        used = dict.fromkeys(p.account for entry in self.entries for p in entry.postings)
        named = {**dict.fromkeys(used, ""), **self.opened}
        return sorted_accounts(
            account_named(path, currency=currency, roots=self.roots)
            for path, currency in named.items()
        )

    def _file(self, source: Source, prefix: str) -> None:
        text = decode(source.data())
        self.charset = self.charset or text.charset
        self.problems.extend(text.problems)
        entry: DraftEntry | None = None
        inside = False
        for number, line in _logical_lines(text.text):
            body = line.strip()
            if not body or body.startswith(";"):
                continue
            if line[0] in " \t":
                if entry is not None:
                    self._indented(entry, body, number)
                elif not inside:
                    self._hold(line, number, "an indented line that belongs to no directive")
                elif not _META.match(body):
                    self._hold(line, number, "a line below a directive that takes none")
                continue
            entry, inside = None, True
            if found := _DIRECTIVE.match(line):
                entry = self._dated(found, number, prefix)
            elif found := _UNDATED.match(line):
                self._undated(found[1], found[2], number, source.path)
            elif body[0] in "*#:&!?%" or body.startswith("-*-"):
                inside = False  # an outline heading; beancount ignores the line too
            else:
                inside = False
                self._hold(line, number, "no directive that Beancount knows")

    def _hold(self, raw: str, number: int, why: str) -> None:
        place = Place(line=number)
        self.held.append(HeldRecord(raw, Problem("record.unreadable", why, "", place)))

    def _dated(self, found: re.Match[str], number: int, prefix: str) -> DraftEntry | None:
        keyword, rest = found[2], found[3]
        if keyword in _KEPT_ASIDE:
            self.aside[_SAYS.get(keyword, f"{keyword} directive")].append(number)
            return None
        if keyword == "pad":
            self.not_computed["pad directive"].append(number)
            return None
        if keyword in {"open", "close"}:
            words = _without_comment(rest).split()
            if words and keyword == "open":
                codes = words[1].split(",") if len(words) > 1 and words[1][0] != '"' else []
                self.opened[words[0]] = codes[0] if len(codes) == 1 else ""
                method = re.search(r'"([A-Z]+)"', rest)
                self.lots.methods[words[0]] = method[1] if method else ""
            self.aside[f"{keyword} directive"].append(number)
            return None
        if len(keyword) > 1 and keyword != "txn":
            self._hold(found[0], number, f"the directive {keyword!r}, which Beancount has not")
            return None
        return self._transaction(found[1], keyword, rest, number, prefix)

    def _transaction(self, day: str, flag: str, rest: str, number: int, prefix: str) -> DraftEntry:
        booked_on = self._day(day, number)
        body = _without_comment(rest)
        texts = [_unquoted(each) for each in re.findall(_STRING, body)]
        left = re.sub(_STRING, " ", body)
        if '"' in left:
            place = Place(line=number)
            found = "a string that is not closed"
            self.problems.append(Problem("record.field-invalid", found, 'a closing "', place))
            left, _, open_text = left.partition('"')
            texts.append(open_text)
        words = left.split()
        entry = DraftEntry(f"{prefix}{number}", number, booked_on)
        entry.status = "*" if flag == "txn" else flag
        entry.narrative = tidy(texts[-1]) if texts else ""
        entry.counterparty = tidy(texts[0]) if len(texts) > 1 else ""
        for text in texts[1:-1]:
            entry.attributes.append(("text", text))
        for tag in dict.fromkeys(self.tags):
            entry.attributes.append(("tag", tag))
        entry.attributes.extend(self.meta)
        self._words(entry, words)
        if prefix:
            entry.attributes.append(("file", prefix.rstrip(":")))
        self.entries.append(entry)
        return entry

    def _day(self, text: str, number: int) -> date | None:
        day = make_date(*(int(part) for part in re.split(r"[-/]", text)))
        if day is None:
            place = Place(line=number)
            self.problems.append(Problem("record.date-invalid", text, "a day that exists", place))
        return day

    def _words(self, entry: DraftEntry, words: list[str]) -> None:
        for word in words:
            if word.startswith("^") and len(word) > 1:
                entry.references.append(word[1:])
            elif word.startswith("#") and len(word) > 1:
                entry.attributes.append(("tag", word[1:]))
            elif word != "|":
                entry.attributes.append(("text", word))

    def _indented(self, entry: DraftEntry, body: str, number: int) -> None:
        if found := _META.match(body):
            key, value = found[1], _value(found[2] or "")
            self._metadata(entry, key, value)
            return
        if found := _POSTING.match(body):
            entry.postings.append(self._posting(entry, found, number))
            return
        if body[0] in "#^":
            self._words(entry, _without_comment(body).split())
            return
        self._hold(body, number, "a line that is no posting, metadata, tag or link")

    def _metadata(self, entry: DraftEntry, key: str, value: str) -> None:
        if _REFERENCE_KEY.search(key) and value:
            if entry.postings:
                posting = entry.postings[-1]
                posting.reference = posting.reference or value
            entry.references.append(value)
        owner = f"{entry.postings[-1].account} " if entry.postings else ""
        entry.attributes.append((f"{owner}{key}", value))

    def _posting(self, entry: DraftEntry, found: re.Match[str], number: int) -> DraftPosting:
        rest = found[3] or ""
        body = _without_comment(rest)
        comment = rest[len(body) :].lstrip("; \t")
        posting = DraftPosting(found[2], number, status=found[1] or "", narrative=tidy(comment))
        amount, _, price = _outside_braces(body)
        amount, cost = _split_cost(amount)
        units = _UNITS.match(amount.strip())
        if units is None:
            posting.unknown = f"the amount {body.strip()[:60]!r}"
            return posting
        posting.commodity = units[2] or ""
        if units[1].strip():
            try:
                posting.units = evaluate(units[1])
            except NotArithmetic:
                posting.unknown = f"the amount {body.strip()[:60]!r}"
                return posting
            posting.shown = min(shown_decimals(units[1]), 18)
        if cost is not None:
            self._weigh_by_cost(entry, posting, cost)
        elif price:
            self._weigh_by_price(entry, posting, price)
        if price and cost is not None:
            entry.attributes.append((f"{posting.account} price", price.strip("@ ")))
        return posting

    def _weigh_by_cost(self, entry: DraftEntry, posting: DraftPosting, text: str) -> None:
        entry.attributes.append((f"{posting.account} cost", tidy(text)))
        cost = Cost.parse(text)
        if cost is None or posting.units is None:
            posting.weight_unknown = f"the cost {text[:60]!r} of {posting.account}"
            return
        self.lots.add(posting, cost)

    def _weigh_by_price(self, entry: DraftEntry, posting: DraftPosting, text: str) -> None:
        total = text.startswith("@@")
        units = _UNITS.match(text.lstrip("@").strip())
        if posting.units is None or units is None or not units[2] or not units[1].strip():
            posting.weight_unknown = f"the price {text.strip()[:60]!r} of {posting.account}"
            return
        try:
            price = evaluate(units[1])
        except NotArithmetic:
            posting.weight_unknown = f"the price {text.strip()[:60]!r} of {posting.account}"
            return
        entry.attributes.append((f"{posting.account} price", text.strip("@ ")))
        sign = -1 if posting.units < 0 else 1
        posting.weight = (sign * abs(price) if total else posting.units * price, units[2])

    def _undated(self, word: str, rest: str, number: int, path: Path | None) -> None:
        texts = [_unquoted(each) for each in re.findall(_STRING, rest)]
        if word == "include" and texts:
            followed = self.includes.follow(texts[0], path)
            for source in followed:
                self._file(source, f"{source.name}:")
            if not followed and not self.includes.was_read(texts[0], path):
                found = f"include {texts[0]!r}, not followed"
                self.problems.append(
                    Problem(
                        "entry.not-supported",
                        found,
                        "a file below the ledger's own folder",
                        Place(line=number),
                    )
                )
        elif word == "option" and len(texts) == 2:
            self._option(texts[0], texts[1])
        else:
            self._push(word, rest)
        self.aside[_SAYS.get(word, f"{word} line")].append(number)

    def _push(self, word: str, rest: str) -> None:
        """Tags and metadata that hold for all transactions until they are taken back."""
        if word in {"pushtag", "poptag"}:
            for tag in (each.lstrip("#") for each in rest.split()):
                if word == "pushtag":
                    self.tags.append(tag)
                elif tag in self.tags:
                    self.tags.remove(tag)
        elif word in {"pushmeta", "popmeta"} and (found := _META.match(rest.strip())):
            self.meta = [each for each in self.meta if each[0] != found[1]]
            if word == "pushmeta":
                self.meta.append((found[1], _value(found[2] or "")))

    def _option(self, name: str, value: str) -> None:
        if name in _ROOT_OPTIONS:
            self.roots[value] = _ROOT_OPTIONS[name]
        elif name == "booking_method":
            self.lots.default_method = value
        elif name in {"inferred_tolerance_default", "inferred_tolerance_multiplier"}:
            code, _, number = value.rpartition(":")
            try:
                tolerance = evaluate(number)
            except NotArithmetic:
                return
            if name.endswith("multiplier"):
                self.dialect.multiplier = min(max(tolerance, Fraction(0)), Fraction(1))
            else:
                self.dialect.tolerances[code] = tolerance


def _complete_commodities(entry: DraftEntry) -> None:
    """An amount written without a commodity is in that of the others, if they have only one."""
    codes = {each.commodity for each in entry.postings if each.commodity}
    for each in entry.postings:
        if each.units is not None and not each.commodity and len(codes) == 1:
            each.commodity = next(iter(codes))


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers; a line whose string is not closed is joined with the next ones."""
    lines = lines_of(text)
    made: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        taken = 1
        if '"' in line and not _INDENTED_POSTING.match(line) and _string_is_open(line):
            joined = line
            for offset in range(1, LINES_JOINED_MAX):
                if at + offset >= len(lines) or _ENDS_A_STRING.match(lines[at + offset]):
                    break
                joined += "\n" + lines[at + offset]
                if '"' in lines[at + offset] and not _string_is_open(joined):
                    line, taken = joined, offset + 1
                    break
        made.append((at + 1, line))
        at += taken
    return made


def _string_is_open(line: str) -> bool:
    rest = _without_comment(line)
    return re.sub(_STRING, "", rest).count('"') % 2 == 1


_PIECE = re.compile(rf'{_STRING}|[^";]+|"')


def _without_comment(text: str) -> str:
    """The text before a `;` that stands outside strings."""
    if ";" not in text:
        return text
    at = 0
    while found := _PIECE.match(text, at):
        at = found.end()
    return text[:at]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _value(text: str) -> str:
    body = _without_comment(text).strip()
    return _unquoted(body) if re.fullmatch(_STRING, body) else body


def _outside_braces(body: str) -> tuple[str, str, str]:
    """What stands before an `@` outside braces and strings, and the price with its `@`."""
    depth = 0
    for at, character in enumerate(body):
        depth += (character == "{") - (character == "}")
        if character == "@" and depth == 0:
            return body[:at], "@", body[at:]
    return body, "", ""


def _split_cost(amount: str) -> tuple[str, str | None]:
    begins, ends = amount.find("{"), amount.rfind("}")
    if begins < 0:
        return amount, None
    if ends < begins:
        return amount[:begins], amount[begins:]
    return amount[:begins] + amount[ends + 1 :], amount[begins : ends + 1]
