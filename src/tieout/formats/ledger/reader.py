"""The reader of journals: transactions become entries, all else is counted, named or followed."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tieout.core.accounts import Account, AccountKind
from tieout.core.errors import Place, Problem
from tieout.core.reading import HeldRecord, Reading
from tieout.formats.common.chart import account_named, kind_of, sorted_accounts
from tieout.formats.common.drafts import Builder, Dialect, DraftEntry, set_aside
from tieout.formats.common.fields import century, lines_of, make_date, tidy
from tieout.formats.common.includes import Includes
from tieout.formats.common.source import Source, decode
from tieout.formats.ledger import DATE
from tieout.formats.ledger.amounts import Marks, RawAmount, take_amount
from tieout.formats.ledger.postings import PostingLine, comment_of, tags_of

_HEADER = re.compile(rf"({DATE})(?:=({DATE}))?(?:[ \t]+(.*))?$")
_DESCRIPTION = re.compile(r"(?:([*!])[ \t]*)?(?:\(([^)]*)\)[ \t]*)?(.*)$")
_WORD = re.compile(r"[!@]?([A-Za-z][A-Za-z-]*)(?:[ \t]+(.*))?$")
_TYPES = {
    "a": AccountKind.ASSET, "c": AccountKind.ASSET, "l": AccountKind.LIABILITY,
    "e": AccountKind.EQUITY, "v": AccountKind.EQUITY, "r": AccountKind.INCOME,
    "i": AccountKind.INCOME, "x": AccountKind.EXPENSE,
}  # fmt: skip
_NO_POSTINGS = {
    "P": "market price", "N": "commodity without price", "payee": "payee directive",
    "tag": "tag directive", "assert": "assertion", "check": "assertion", "define": "definition",
    "def": "definition", "expr": "expression", "eval": "expression", "value": "valuation",
    "commodity": "commodity directive", "account": "account directive",
    "D": "default commodity", "C": "commodity conversion", "Y": "year", "year": "year",
    "decimal-mark": "decimal mark", "apply": "apply line", "end": "end line",
    "bucket": "default account", "A": "default account", "fixed": "fixed price",
    "alias": "alias", "import": "import line",
}  # fmt: skip
_NOT_COMPUTED = {
    "capture": "rule that renames accounts", "python": "Python block", "i": "timeclock line",
    "o": "timeclock line", "I": "timeclock line", "O": "timeclock line", "b": "timeclock line",
    "h": "timeclock line",
}  # fmt: skip


def read(source: Source, options: Mapping[str, str]) -> Reading:
    """All transactions in the order of the file; the option `year` dates `12/31`."""
    return _Parser(source, options).reading()


class _Parser:
    """One reading under way."""

    def __init__(self, source: Source, options: Mapping[str, str]) -> None:
        self.source = source
        self.includes = Includes(source)
        self.year = int(options["year"][:5]) if options.get("year", "").isdecimal() else None
        self.entries: list[DraftEntry] = []
        self.lines: list[list[PostingLine]] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.aside: dict[str, list[int]] = defaultdict(list)
        self.not_computed: dict[str, list[int]] = defaultdict(list)
        self.declared: dict[str, str] = {}
        self.aliases: list[tuple[str, str]] = []
        self.applied: list[tuple[str, str]] = []
        self.marks = Marks()
        self.dialect = Dialect(integers_are_coarse=True, infers_costs=True)
        self.conversions: list[str] = []
        self.default_commodity = ""
        self.bucket = ""
        self.buckets: list[str] = []
        self.last_account = ""
        self.charset = ""

    def reading(self) -> Reading:
        self._file(self.source, "")
        raws = [raw for lines in self.lines for line in lines for raw in line.raws()]
        self.marks.learn(raws)
        self._convert()
        self._fill_buckets()
        for entry, lines in zip(self.entries, self.lines, strict=True):
            entry.postings = [line.draft(self.marks, entry, self.problems) for line in lines]
        builder = Builder(self.dialect, self.entries)
        entries = builder.entries()
        problems = [
            *self.problems,
            *set_aside(self.aside),
            *set_aside(self.not_computed, "entry.not-supported", "entries with plain amounts"),
            *builder.problems,
        ]
        for commodity, digits in self.marks.doubtful.items():
            problems.append(
                Problem(
                    "table.guess-ambiguous",
                    f"{digits} {commodity}: the comma was taken to group thousands",
                    "a commodity directive or an amount that shows its decimal mark",
                )
            )
        if not entries and not self.held:
            problems.append(Problem("file.no-records", "no transactions"))
        return Reading(
            self.source.name,
            "ledger",
            "journal",
            self.charset,
            self.source.sha256,
            entries=entries,
            accounts=self._accounts(),
            problems=tuple(problems),
            held=tuple(self.held),
        )

    def _fill_buckets(self) -> None:
        """A lone posting is balanced by the default account, where one was named before it."""
        for lines, bucket in zip(self.lines, self.buckets, strict=True):
            if bucket and len(lines) == 1 and lines[0].bracket != "(":
                lines.append(PostingLine(bucket, lines[0].line, RawAmount(), book=self))

    def _accounts(self) -> tuple[Account, ...]:
        used = {p.account for entry in self.entries for p in entry.postings}
        made = []
        for path in used | set(self.declared):
            said = ""
            parts = path.split(":")
            for depth in range(len(parts), 0, -1):
                said = said or self.declared.get(":".join(parts[:depth]), "")
            kind = _TYPES.get(said[:1].lower()) if said.lower() != "expense" else None
            kind = AccountKind.EXPENSE if said.lower() == "expense" else kind
            bank = True if said.lower() in {"c", "cash"} else None
            made.append(account_named(path, kind=kind or kind_of(path), is_bank=bank))
        return sorted_accounts(made)

    def _convert(self) -> None:
        for text in self.conversions:
            sides = [take_amount(side) for side in text.split("=")]
            if len(sides) == 2 and sides[0] and sides[1]:
                large, small = (self.marks.value(side[0]) for side in sides if side)
                if large and small and large[0] and sides[0][0].commodity:
                    worth = small[0] / large[0]
                    self.dialect.conversions[sides[0][0].commodity] = (
                        worth,
                        sides[1][0].commodity,
                    )

    def _file(self, source: Source, prefix: str) -> None:
        text = decode(source.data())
        self.charset = self.charset or text.charset
        self.problems.extend(text.problems)
        lines = lines_of(text.text)
        at, block = 0, ""
        junk: list[tuple[int, str]] = []
        while at < len(lines):
            line = lines[at]
            at += 1
            if not line.strip():
                block = ""
            elif line[0] in " \t":
                block = self._indented(line, at, block, junk)
            elif line[0] in ";#*%|":
                continue
            elif re.match(r"(?:comment|test)\b", line):
                at, block = self._skip_comment(lines, at, line.split()[0]), ""
            else:
                block = self._directive(line, at, prefix, source.path, junk)
            if junk and block != "junk":
                self._hold(junk)
        if junk:
            self._hold(junk)

    def _hold(self, junk: list[tuple[int, str]]) -> None:
        """Hold the lines back as one record, and begin a new one."""
        why = "text that is no transaction and no directive"
        problem = Problem("record.unreadable", why, "", Place(line=junk[0][0]))
        self.held.append(HeldRecord("\n".join(line for _, line in junk), problem))
        junk.clear()

    def _skip_comment(self, lines: list[str], at: int, word: str) -> int:
        self.aside["block of comments"].append(at)
        while at < len(lines):
            at += 1
            if re.match(rf"end(?:\s+{word})?\s*$", lines[at - 1]):
                break
        return at

    def _indented(self, line: str, number: int, block: str, junk: list[tuple[int, str]]) -> str:
        body = line.strip()
        if body[0] in ";#%|" and block != "junk":
            if block == "entry" and body[0] == ";":
                self._comment(body[1:])
            elif block == "account":
                self._typed(body)
        elif block == "entry":
            self.lines[-1].append(PostingLine.parse(body, number, self))
        elif block == "account":
            self._typed(body)
        elif block == "commodity" and body.startswith("format"):
            self._declare_mark(body[6:])
        elif block in {"skip", "commodity"}:
            pass
        else:
            junk.append((number, line))
            return "junk"
        return block

    def _comment(self, text: str) -> None:
        """A comment line below an entry or one of its postings; its tags are attributes."""
        entry = self.entries[-1]
        lines = self.lines[-1]
        if lines:
            lines[-1].comments.append(text.strip())
        else:
            entry.attributes.extend(tags_of(text))

    def _typed(self, body: str) -> None:
        found = re.search(r"\btype:?\s*(\w+)", body)
        if found and self.last_account:
            self.declared[self.last_account] = found[1]

    def _directive(
        self, line: str, number: int, prefix: str, path: Path | None, junk: list[tuple[int, str]]
    ) -> str:
        if found := _HEADER.match(line):
            parts = re.split(r"[-/.]", found[1])
            if len(parts) == 3 or (1 <= int(parts[0]) <= 12 and 1 <= int(parts[1]) <= 31):
                self._transaction(found, number, prefix)
                return "entry"
        if line[0] == "=" and len(line) > 1:
            self.not_computed["automated rule (=)"].append(number)
            return "skip"
        if line[0] == "~":
            self.aside["periodic rule (~)"].append(number)
            return "skip"
        if line.startswith("--") and line[2:3].isalpha():
            self.aside["option line"].append(number)
            return "skip"
        word = _WORD.match(re.sub(r"^Y(?=\d)", "Y ", line))
        if word and (word[1] in _NO_POSTINGS or word[1] in {*_NOT_COMPUTED, "include"}):
            return self._worded(word[1], (word[2] or "").strip(), number, path)
        junk.append((number, line))
        return "junk"

    def _worded(self, word: str, rest: str, number: int, path: Path | None) -> str:
        plain = rest.partition(";")[0].strip()
        if word == "include":
            self._include(plain.strip('"'), number, path)
            return "skip"
        if word in _NOT_COMPUTED:
            self.not_computed[_NOT_COMPUTED[word]].append(number)
            return "skip"
        self.aside[_NO_POSTINGS[word]].append(number)
        if word == "account":
            self.last_account = re.split(r"[ ]{2,}|\t|;", rest, maxsplit=1)[0].strip()
            self.declared.setdefault(self.last_account, "")
            self._typed(rest[len(self.last_account) :])
            return "account"
        if word in {"commodity", "D"}:
            self._declare_mark(plain, is_default=word == "D")
            return "commodity"
        self._setting(word, plain, number)
        return "skip"

    def _setting(self, word: str, plain: str, number: int) -> None:
        """A directive that changes how the lines after it are read."""
        match word:
            case "Y" | "year" if plain.isdecimal():
                self.year = int(plain[:5])
            case "decimal-mark" if plain in {".", ","}:
                self.marks.everywhere = "." if plain == "." else ","
            case "C":
                self.conversions.append(plain)
            case "bucket" | "A":
                self.bucket = plain
            case "alias":
                self._alias(plain, number)
            case "apply":
                self._apply(plain)
            case "end":
                self._end(plain)
            case _:
                pass

    def _alias(self, text: str, number: int) -> None:
        old, _, new = text.partition("=")
        if old.strip().startswith("/"):
            self.not_computed["alias by regular expression"].append(number)
        elif old.strip() and new.strip():
            self.aliases.append((old.strip(), new.strip()))

    def _apply(self, text: str) -> None:
        what, _, value = text.partition(" ")
        if what == "year" and value.strip().isdecimal():
            self.year = int(value.strip()[:5])
        self.applied.append((what, value.strip()))

    def _end(self, text: str) -> None:
        if text == "aliases":
            self.aliases.clear()
        elif self.applied and (text == "" or text.startswith("apply")):
            self.applied.pop()

    def _declare_mark(self, text: str, *, is_default: bool = False) -> None:
        taken = take_amount(text.strip())
        if taken is None:
            return
        raw = taken[0]
        shown = [character for character in raw.digits if character in ".,"]
        if shown:
            self.marks.declared[raw.commodity] = "," if shown[-1] == "," else "."
        if is_default:
            self.default_commodity = raw.commodity

    def _include(self, pattern: str, number: int, path: Path | None) -> None:
        followed = self.includes.follow(pattern, path)
        for source in followed:
            self._file(source, f"{source.name}:")
        if not followed and not self.includes.was_read(pattern, path):
            self.problems.append(
                Problem(
                    "entry.not-supported",
                    f"include {pattern!r}, not followed",
                    "a file below the journal's own folder",
                    Place(line=number),
                )
            )

    def _transaction(self, found: re.Match[str], number: int, prefix: str) -> None:
        booked_on = self.day(found[1], number)
        entry = DraftEntry(f"{prefix}{number}", number, booked_on)
        text, comment = comment_of(found[3] or "")
        described = _DESCRIPTION.match(text)
        if described:
            entry.status = described[1] or ""
            entry.narrative = tidy(described[3])
            entry.counterparty = tidy(described[3].partition("|")[0])
            if described[2]:
                entry.references.append(tidy(described[2]))
        if found[2]:
            second = self.day(found[2], number, booked_on.year if booked_on else None)
            entry.attributes.append(("secondary date", second.isoformat() if second else found[2]))
        if comment:
            entry.attributes.extend(tags_of(comment))
        entry.attributes.extend(("tag", value) for what, value in self.applied if what == "tag")
        if prefix:
            entry.attributes.append(("file", prefix.rstrip(":")))
        self.entries.append(entry)
        self.lines.append([])
        self.buckets.append(self.bucket)

    def day(self, text: str, number: int, year: int | None = None) -> date | None:
        """The day of `2026-01-31`, `26/1/31` or, with a year known, `1/31`."""
        parts = re.split(r"[-/.]", text)
        place = Place(line=number)
        if len(parts) == 2:
            known = year or self.year
            if known is None:
                self.problems.append(
                    Problem("record.date-missing", text, "a year, by `Y` or option `year`", place)
                )
                return None
            parts = [str(known), *parts]
        if len(parts[0]) > 4:
            made = None
        else:
            first = century(int(parts[0])) if len(parts[0]) == 2 else int(parts[0])
            made = make_date(first, int(parts[1]), int(parts[2]))
        if made is None:
            self.problems.append(
                Problem("record.date-invalid", text[:40], "a day that exists", place)
            )
        return made

    def account(self, path: str) -> str:
        """The account meant: aliases and `apply account` done."""
        for old, new in reversed(self.aliases):
            if path == old or path.startswith(f"{old}:"):
                path = new + path[len(old) :]
                break
        prefixes = [value for what, value in self.applied if what == "account" and value]
        return ":".join([*prefixes, path])
