"""QuickBooks interchange files (IIF): transactions become entries, lists become accounts.

The file is tab separated. A line that begins with `!` names the columns of the lines that begin
with the same word; `TRNS` opens a transaction, each `SPL` is a further posting, `ENDTRNS` ends
it. A positive amount is a debit. The format names no currency.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from tieout.core.accounts import Account, AccountKind
from tieout.core.errors import Place, Problem
from tieout.core.money import DecimalMark, parse_decimal
from tieout.core.reading import HeldRecord, Reading
from tieout.formats.common.chart import account_named, sorted_accounts
from tieout.formats.common.drafts import Builder, Dialect, DraftEntry, DraftPosting, set_aside
from tieout.formats.common.fields import century, lines_of, make_date, tidy
from tieout.formats.common.source import Source, decode

_KINDS = {
    "BANK": AccountKind.ASSET, "AR": AccountKind.ASSET, "OCASSET": AccountKind.ASSET,
    "FIXASSET": AccountKind.ASSET, "OASSET": AccountKind.ASSET, "AP": AccountKind.LIABILITY,
    "CCARD": AccountKind.LIABILITY, "OCLIAB": AccountKind.LIABILITY,
    "LTLIAB": AccountKind.LIABILITY, "EQUITY": AccountKind.EQUITY, "INC": AccountKind.INCOME,
    "EXINC": AccountKind.INCOME, "COGS": AccountKind.EXPENSE, "EXP": AccountKind.EXPENSE,
    "EXEXP": AccountKind.EXPENSE,
}  # fmt: skip
_BANK_TYPES = {"BANK", "CCARD"}
_TRANSACTION_WORDS = {"TRNS", "SPL", "ENDTRNS"}
_KNOWN_COLUMNS = {
    "TRNSID", "SPLID", "TRNSTYPE", "DATE", "ACCNT", "NAME", "AMOUNT", "DOCNUM", "MEMO", "CLEAR",
}  # fmt: skip
_DAY = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")


def read(source: Source, options: Mapping[str, str]) -> Reading:
    """All transactions and accounts. Options: `currency`, `date` (`mdy`, `dmy`), `decimal`."""
    return _Parser(source, options).reading()


class _Parser:
    """One reading under way."""

    def __init__(self, source: Source, options: Mapping[str, str]) -> None:
        self.source = source
        self.currency = options.get("currency", "")
        self.order = options.get("date", "")
        self.mark: DecimalMark = "," if options.get("decimal") == "," else "."
        self.columns: dict[str, list[str]] = {}
        self.entries: list[DraftEntry] = []
        self.accounts: list[Account] = []
        self.held: list[HeldRecord] = []
        self.problems: list[Problem] = []
        self.aside: dict[str, list[int]] = defaultdict(list)
        self.open_entry: DraftEntry | None = None

    def reading(self) -> Reading:
        text = decode(self.source.data())
        self.problems.extend(text.problems)
        lines = lines_of(text.text)
        self.order = self.order or self._date_order(lines)
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self._row(line, number)
        if self.open_entry is not None:
            self.problems.append(
                Problem(
                    "file.truncated", "a TRNS without ENDTRNS", "ENDTRNS", self.open_entry.place
                )
            )
        builder = Builder(Dialect(), self.entries)
        entries = builder.entries()
        used = dict.fromkeys(p.account for entry in self.entries for p in entry.postings)
        accounts = sorted_accounts([*self.accounts, *(account_named(path) for path in used)])
        problems = [*self.problems, *set_aside(self.aside), *builder.problems]
        if not entries and not accounts and not self.held:
            problems.append(Problem("file.no-records", "no TRNS and no ACCNT line"))
        return Reading(
            self.source.name,
            "iif",
            "IIF",
            text.charset,
            self.source.sha256,
            entries=entries,
            accounts=accounts,
            problems=tuple(problems),
            held=tuple(self.held),
        )

    def _row(self, line: str, number: int) -> None:
        cells = _cells(line)
        word = cells[0].strip().upper()
        if word.startswith("!"):
            self.columns[word[1:]] = [cell.strip().upper() for cell in cells[1:]]
            return
        if word == "ENDTRNS":
            self.open_entry = None
            return
        names = self.columns.get(word)
        if names is None:
            self._hold(line, number, f"a {word[:20] or 'blank'!r} line without its ! header")
            return
        row = dict(zip(names, cells[1:], strict=False))
        for extra in cells[1 + len(names) :]:
            if extra.strip():
                row[f"CELL {len(row) + 2}"] = extra
        if word in {"TRNS", "SPL"}:
            self._posting(word, row, line, number)
        elif word == "ACCNT":
            self._account(row, line, number)
        else:
            self.aside[f"{word} line"].append(number)

    def _hold(self, line: str, number: int, why: str, code: str = "record.unreadable") -> None:
        self.held.append(HeldRecord(line, Problem(code, why, "", Place(line=number))))

    def _account(self, row: Mapping[str, str], line: str, number: int) -> None:
        name = row.get("NAME", "").strip()
        if not name:
            self._hold(line, number, "an account without a name")
            return
        kind_word = row.get("ACCNTTYPE", "").strip().upper()
        self.accounts.append(
            account_named(
                name,
                kind=_KINDS.get(kind_word),
                is_bank=kind_word in _BANK_TYPES if kind_word in _KINDS else None,
            )
        )

    def _posting(self, word: str, row: dict[str, str], line: str, number: int) -> None:
        if word == "TRNS":
            if self.open_entry is not None:
                self.problems.append(
                    Problem("record.field-invalid", "a TRNS without ENDTRNS before it", "ENDTRNS",
                            Place(line=number))
                )  # fmt: skip
            self.open_entry = self._entry(row, number)
            self.entries.append(self.open_entry)
        entry = self.open_entry
        if entry is None:
            self._hold(line, number, "an SPL line outside TRNS and ENDTRNS")
            return
        account, amount_text = row.get("ACCNT", "").strip(), row.get("AMOUNT", "").strip()
        parsed = parse_decimal(amount_text.lstrip("$€£"), self.mark) if amount_text else None
        if parsed is None or not account or parsed.exponent > 18:
            code = "record.amount-invalid" if amount_text else "record.amount-missing"
            why = f"amount {amount_text!r}" if account else f"no account, amount {amount_text!r}"
            self._hold(line, number, why, code if account else "record.unreadable")
            return
        posting = DraftPosting(account, number)
        posting.units = Fraction(parsed.digits, 10**parsed.exponent)
        posting.commodity = row.get("CURRENCY", "").strip().upper() or self.currency
        posting.shown = parsed.exponent
        posting.narrative = tidy(row.get("MEMO", ""))
        posting.reference = tidy(row.get("DOCNUM", ""))
        posting.status = tidy(row.get("CLEAR", ""))
        if word == "SPL":
            day = self._day(row.get("DATE", ""))
            posting.posted_on = day if day != entry.booked_on else None
            self._more(entry, row, f"{account} ")
            name = tidy(row.get("NAME", ""))
            if name and name != entry.counterparty:
                entry.attributes.append((f"{account} NAME", name))
        entry.postings.append(posting)

    def _entry(self, row: Mapping[str, str], number: int) -> DraftEntry:
        text = row.get("DATE", "").strip()
        day = self._day(text)
        if day is None:
            code = "record.date-invalid" if text else "record.date-missing"
            self.problems.append(Problem(code, text, "a date", Place(line=number)))
        entry = DraftEntry(str(number), number, day)
        entry.counterparty = tidy(row.get("NAME", ""))
        entry.narrative = tidy(row.get("MEMO", ""))
        entry.references = [tidy(row.get("DOCNUM", ""))]
        entry.status = tidy(row.get("CLEAR", ""))
        for name in ("TRNSTYPE", "TRNSID"):
            if row.get(name, "").strip():
                entry.attributes.append((name, tidy(row[name])))
        self._more(entry, row, "")
        return entry

    def _more(self, entry: DraftEntry, row: Mapping[str, str], prefix: str) -> None:
        """Columns that have no field of their own."""
        for name, value in row.items():
            if name not in _KNOWN_COLUMNS and value.strip():
                entry.attributes.append((f"{prefix}{name}", tidy(value)))

    def _day(self, text: str) -> date | None:
        found = _DAY.fullmatch(text.strip())
        if not found:
            return None
        first, second, third = found.groups()
        if len(first) == 4:
            return make_date(int(first), int(second), int(third))
        year = century(int(third)) if len(third) <= 2 else int(third)
        day, month = (second, first) if self.order == "mdy" else (first, second)
        return make_date(year, int(month), int(day))

    def _date_order(self, lines: list[str]) -> str:
        """Month first, as QuickBooks writes, unless only day first makes every date exist."""
        firsts: set[int] = set()
        seconds: set[int] = set()
        names: dict[str, list[str]] = {}
        for line in lines:
            cells = _cells(line)
            word = cells[0].strip().upper()
            if word.startswith("!"):
                names[word[1:]] = [cell.strip().upper() for cell in cells[1:]]
            elif word in _TRANSACTION_WORDS and "DATE" in names.get(word, ()):
                at = names[word].index("DATE") + 1
                found = _DAY.fullmatch(cells[at].strip()) if at < len(cells) else None
                if found and len(found[1]) < 4:
                    firsts.add(int(found[1]))
                    seconds.add(int(found[2]))
        if max(firsts, default=0) > 12 >= max(seconds, default=0):
            self.problems.append(
                Problem("table.guess", "dates with the day first", "the month first, as QuickBooks")
            )
            return "dmy"
        return "mdy"


def _cells(line: str) -> list[str]:
    """The cells of a line; a quote inside a cell that does not begin with one is a character."""
    if '"' not in line:
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter="\t", strict=True), [""])
    except csv.Error:
        return [cell.strip('"') for cell in line.split("\t")]
