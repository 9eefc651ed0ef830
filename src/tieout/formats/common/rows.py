"""Rows of a table, one by one, into the columns of a ledger: the plain way, and the reference.

Each row becomes a line, a held record, or is set aside by name (balance rows, totals, sections,
repeated headers, texts that go on in a second row). Large tables take the vectorised way of
`vector.py` and send only their odd rows through here.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from tieout.core.errors import Place, Problem
from tieout.core.money import Decimals
from tieout.core.reading import HeldRecord
from tieout.formats.common.cells import account_of, currency_code, date_of, direction_of, money_of
from tieout.formats.common.fields import tidy
from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.words import (
    CLOSING_WORDS,
    OPENING_WORDS,
    PENDING_WORDS,
    TOTAL_WORDS,
    VOID_WORDS,
    is_one_of,
    plain,
)

SCALE = 4
"""Amounts are first counted in 10^-4, which suits every ISO currency; finer ones stand beside."""
UNITS_MAX = 9 * 10**17
FINEST = 8
NAMED_MAX = 20
HELD_MAX = 20_000
_ONLY_WHOLE = {
    "new balance",
    "report",
    "balance",
    "saldo",
    "solde",
    "b f",
    "c f",
    "total",
    "sum",
    "sums",
    "summa",
    "suma",
    "soma",
    "totals",
}
BALANCE_ROWS = frozenset((*OPENING_WORDS, *CLOSING_WORDS, "apyvarta", "turnover")) - _ONLY_WHOLE

_TOTALS = {
    "total",
    "totals",
    "subtotal",
    "totaal",
    "summe",
    "gesamt",
    "gesamtsumme",
    "totale",
    "totales",
    "razem",
    "totaux",
    "celkem",
    "osszesen",
}

TEXTS = (
    "currency",
    "account",
    "bank_id",
    "reference",
    "counterparty",
    "counterparty_account",
    "narrative",
    "kind",
)
ROLE_OF = {"bank_id": "id"}


def schema(profile: TableProfile) -> pa.Schema:
    """The columns every way of reading fills; `a0`, `a1`, … hold what has no role."""
    fields = [
        ("record", pa.int64()),
        ("line_no", pa.int64()),
        ("booked_on", pa.date32()),
        ("value_on", pa.date32()),
        ("units", pa.int64()),
    ]
    fields += [(name, pa.string()) for name in TEXTS]
    fields += [("is_pending", pa.bool_()), ("is_void", pa.bool_()), ("balance", pa.int64())]
    fields += [(f"a{at}", pa.string()) for at in range(len(profile.attributes))]
    return pa.schema(fields)


@dataclass
class Findings:
    """What was found beside lines: problems, held records, balances, texts that go on."""

    held: list[HeldRecord] = field(default_factory=list)
    balances: dict[str, tuple[Decimals, int, date | None]] = field(default_factory=dict)
    """`opening` and `closing` as written in rows of their own, with line and day."""
    fine: dict[int, Decimals] = field(default_factory=dict)
    """Record to amount, where it has more than four decimals."""
    goes_on: list[tuple[int, int, str]] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    """Records that are no lines."""
    _named: dict[tuple[str, str], list[tuple[int, Problem]]] = field(default_factory=dict)
    _more: dict[tuple[str, str], int] = field(default_factory=dict)
    _held_more: int = 0

    def name(self, code: str, found: str, expected: str, line: int, *, kind: str = "") -> None:
        """Name a problem; beyond the twenty highest in the file only their number, kind by kind."""
        several = self._named.setdefault((code, kind), [])
        insort(
            several,
            (line, Problem(code, found, expected, Place(line=line))),
            key=lambda each: each[0],
        )
        if len(several) > NAMED_MAX:
            several.pop()
            self._more[code, kind] = self._more.get((code, kind), 0) + 1

    def hold(self, row: Row, problem: Problem) -> None:
        """Keep a row that cannot be read, with its raw text."""
        if len(self.held) < HELD_MAX:
            self.held.append(HeldRecord(" | ".join(row.cells)[:2000], problem))
        else:
            self._held_more += 1

    def problems(self) -> tuple[Problem, ...]:
        """All that was named, by line, then how many more there are of each kind."""
        listed = sorted(
            (each for several in self._named.values() for each in several),
            key=lambda each: (each[0], each[1].code),
        )
        more = [
            Problem(code, f"{count} more rows like these{kind and ': ' + kind}")
            for (code, kind), count in sorted(self._more.items())
        ]
        if self._held_more:
            more.append(
                Problem(
                    "record.unreadable",
                    f"{self._held_more} more rows are held like the first {HELD_MAX}",
                )
            )
        return (*(problem for _, problem in listed), *more)


class Lines:
    """A growing table of lines, as Python lists, made Arrow when asked."""

    def __init__(self, profile: TableProfile) -> None:
        self.schema = schema(profile)
        self.rows: list[tuple[object, ...]] = []

    def table(self) -> pa.Table:
        """The lines so far; the list begins anew."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.schema)
        self.rows = []
        arrays = [
            pa.array(values, type=each.type)
            for values, each in zip(columns, self.schema, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=self.schema)


class PlainRows:
    """Reads rows one by one into `lines` and `findings`."""

    def __init__(self, profile: TableProfile, findings: Findings) -> None:
        self.profile = profile
        self.findings = findings
        self.lines = Lines(profile)
        self._header = tuple(plain(name) for name in profile.header if name.strip())
        self._money = [
            at
            for role in ("amount", "money_in", "money_out")
            if (at := profile.column(role)) is not None
        ]
        self._wordy = [
            at for role in ("narrative", "counterparty") for at in profile.columns.get(role, ())
        ]
        self._needed = max([*self._money, *profile.columns.get("date", ())], default=0)

    def read(self, record: int, row: Row) -> None:
        """Take in one row; `record` counts rows below the header from 1."""
        filled = [cell for cell in row.cells if cell.strip()]
        if not filled:
            self.findings.aside.add(record)
            return
        cells, fault = self._fitted(row)
        day = self._day(cells, "date")
        blank = all(not cells[at].strip() for at in self._money)
        amount = None if blank else self._amount(cells)
        date_cell = self._cell(cells, "date")
        if isinstance(amount, Decimals) and (day or not self._names_balance(filled, begins=True)):
            if day and self._is_dated_balance(cells):
                self._set_aside(record, row, amount, day)
                return
            if not day and self._repeats_header(filled):
                self._set_aside(record, row, None, None)
                return
            if fault:
                self.findings.name(
                    "table.row-width", fault, f"{self.profile.width} cells", row.line
                )
            if not day:
                code = "record.date-invalid" if date_cell else "record.date-missing"
                self.findings.name(
                    code,
                    repr(date_cell[:40]) if date_cell else "nothing",
                    f"a date as {self.profile.date_form}",
                    row.line,
                )
            self._line(record, row, cells, day, amount)
        elif self._goes_on(cells, filled, blank=blank, date_cell=date_cell):
            self.findings.goes_on.append((record, row.line, tidy(" ".join(filled))))
            self.findings.aside.add(record)
        elif self._is_aside(filled, day, date_cell, amount, is_first=record == 1):
            self._set_aside(record, row, amount if isinstance(amount, Decimals) else None, day)
        else:
            problem = (
                amount
                if isinstance(amount, Problem)
                else Problem("record.amount-missing", "nothing", "an amount")
            )
            if not day and not isinstance(amount, Decimals):
                problem = Problem(
                    "record.unreadable",
                    f"neither a date nor an amount in {' | '.join(filled)[:80]!r}",
                    "both",
                )
            place = Place(line=row.line, record=record)
            self.findings.hold(row, Problem(problem.code, problem.found, problem.expected, place))
            self.findings.aside.add(record)

    def _fitted(self, row: Row) -> tuple[list[str], str]:
        """The row's cells in the table's width, and what was wrong with their number."""
        width, cells = self.profile.width, list(row.cells)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) < width:
            fault = f"{len(cells)} cells" if len(cells) <= self._needed else ""
            return cells + [""] * (width - len(cells)), fault
        if len(cells) == width:
            return cells, ""
        extra = len(cells) - width
        if not self._reads(cells) or any(
            at > min(self._wordy, default=width) for at in self._money
        ):
            for at in self._wordy:
                joined = [
                    *cells[:at],
                    (self.profile.delimiter or " ").join(cells[at : at + extra + 1]),
                    *cells[at + extra + 1 :],
                ]
                if self._reads(joined):
                    return joined, f"{len(cells)} cells; the text is taken to hold a delimiter"
        return cells, f"{len(cells)} cells"

    def _reads(self, cells: list[str]) -> bool:
        return self._day(cells, "date") is not None and isinstance(self._amount(cells), Decimals)

    def _cell(self, cells: Sequence[str], role: str) -> str:
        at = self.profile.column(role)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    def _day(self, cells: Sequence[str], role: str) -> date | None:
        at = self.profile.column(role)
        return (
            date_of(cells[at], self.profile.date_form)
            if at is not None and at < len(cells)
            else None
        )

    def _amount(self, cells: Sequence[str]) -> Decimals | Problem:  # noqa: C901  one rule a branch
        """The signed amount of a row, positive into the account."""
        total, exponent, any_found = 0, 0, False
        flip = -1 if self.profile.sign == "reversed" else 1
        word = direction_of(self._cell(cells, "direction"))
        for role in ("amount", "money_in", "money_out"):
            at = self.profile.column(role)
            cell = cells[at] if at is not None and at < len(cells) else ""
            if not cell.strip():
                continue
            money = money_of(cell, self.profile.decimal_mark)
            if money is None:
                if role != "amount" and not any(c.isdigit() for c in cell):
                    continue
                return Problem("record.amount-invalid", repr(cell.strip()[:40]), "a decimal number")
            value, any_found = money.value, True
            if value.exponent > FINEST:
                return Problem(
                    "record.amount-invalid", repr(cell.strip()[:40]), f"at most {FINEST} decimals"
                )
            digits = value.digits
            direction = money.direction or (word if role == "amount" else "")
            if direction:
                digits = abs(digits) if direction == "in" else -abs(digits)
            elif role == "amount" and self.profile.column("direction") is not None and digits:
                return Problem(
                    "record.direction-unknown",
                    repr(self._cell(cells, "direction")),
                    "a word for in or out",
                )
            elif role == "money_out" and self.profile.money_out_sign == "positive":
                digits = -digits
            finest = max(exponent, value.exponent)
            total = total * 10 ** (finest - exponent) + digits * 10 ** (finest - value.exponent)
            exponent = finest
        if not any_found:
            return Problem("record.amount-missing", "nothing", "an amount")
        if abs(total) * 10**SCALE > UNITS_MAX * 10**exponent:
            return Problem(
                "record.amount-too-large", str(total)[:40], "an amount that a bank could hold"
            )
        return Decimals(flip * total, exponent)

    def _line(
        self, record: int, row: Row, cells: Sequence[str], day: date | None, amount: Decimals
    ) -> None:
        profile = self.profile
        units = amount.to_minor(SCALE)
        if units is None:
            self.findings.fine[record] = amount
            units = 0
        money = [
            money_of(cells[at], profile.decimal_mark) for at in self._money if cells[at].strip()
        ]
        written = next((each.currency for each in money if each and each.currency), "")
        if any(each and each.noisy for each in money):
            self.findings.name(
                "record.amount-noise",
                repr(next(cells[at] for at in self._money if cells[at].strip())),
                "",
                row.line,
            )
        balance_money = (
            money_of(self._cell(cells, "balance"), profile.decimal_mark)
            if self._cell(cells, "balance")
            else None
        )
        balance = balance_money.value.to_minor(SCALE) if balance_money else None
        status = plain(self._cell(cells, "status"))
        at = profile.column("currency")
        currency = currency_code(cells[at]) if at is not None else ""
        self.lines.rows.append((
            record, row.line, day, self._day(cells, "value_date"), units,
            currency or written or profile.fixed_currency,
            account_of(self._cell(cells, "account")) or profile.fixed_account,
            self._text(cells, "id"), self._several(cells, "reference", "\n"),
            self._text(cells, "counterparty"),
            account_of(self._cell(cells, "counterparty_account")),
            self._several(cells, "narrative", " "),
            self._text(cells, "kind") or self._text(cells, "direction"),
            status in PENDING_WORDS, status in VOID_WORDS,
            balance if balance is not None and abs(balance) <= UNITS_MAX else None,
            *(tidy(cells[column]) for column, _ in profile.attributes),
        ))  # fmt: skip

    def _text(self, cells: Sequence[str], role: str) -> str:
        return tidy(self._cell(cells, role))

    def _several(self, cells: Sequence[str], role: str, between: str) -> str:
        texts = [tidy(cells[at]) for at in self.profile.columns.get(role, ()) if at < len(cells)]
        return between.join(text for text in texts if text)

    # Rows that are no records.

    def _names_balance(self, filled: Sequence[str], *, begins: bool) -> bool:
        words = (*OPENING_WORDS, *CLOSING_WORDS, *TOTAL_WORDS)
        if begins and any(
            len(named := plain(cell).split()) < 5 and _TOTALS & set(named) for cell in filled[:3]
        ):
            return True
        return any(
            is_one_of(cell, words) if begins else plain(cell) in words for cell in filled[:3]
        )

    def _is_dated_balance(self, cells: Sequence[str]) -> bool:
        texts = [plain(cells[at]) for at in self._wordy if at < len(cells) and cells[at].strip()]
        return len(texts) == 1 and texts[0] in BALANCE_ROWS

    def _repeats_header(self, filled: Sequence[str]) -> bool:
        same = sum(plain(cell) in self._header for cell in filled)
        return bool(self._header) and same >= max(2, 0.6 * len(filled))

    def _goes_on(
        self, cells: Sequence[str], filled: Sequence[str], *, blank: bool, date_cell: str
    ) -> bool:
        texts = [cell for at in self._wordy if at < len(cells) and (cell := cells[at]).strip()]
        return (
            blank
            and not date_cell
            and len(texts) == len(filled)
            and not self._names_balance(filled, begins=True)
        )

    def _is_aside(
        self,
        filled: Sequence[str],
        day: date | None,
        date_cell: str,
        amount: Decimals | Problem | None,
        *,
        is_first: bool,
    ) -> bool:
        if self._repeats_header(filled) or (len(filled) == 1 and not isinstance(amount, Problem)):
            return True
        if self._names_balance(filled, begins=not day):
            return True
        no_data = not any(c.isdigit() for cell in filled for c in cell)
        return not day and no_data and (not date_cell or len(filled) < 3 or is_first)

    def _set_aside(self, record: int, row: Row, amount: Decimals | None, day: date | None) -> None:
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        self.findings.aside.add(record)
        self.findings.name(
            "record.extra",
            repr(tidy(" | ".join(filled))[:100]),
            "",
            row.line,
            kind="rows that are no records",
        )
        self.keep_balance(filled, row.line, amount, day)

    def keep_balance(
        self, filled: Sequence[str], line: int, amount: Decimals | None, day: date | None
    ) -> None:
        """Keep the opening or closing balance a row of its own gives."""
        for which, words in (("opening", OPENING_WORDS), ("closing", CLOSING_WORDS)):
            if which not in self.findings.balances and any(
                is_one_of(cell, words) for cell in filled
            ):
                if amount is None:
                    read = [
                        money.value
                        for cell in filled[1:]
                        if (money := money_of(cell, self.profile.decimal_mark))
                    ]
                    amount = read[-1] if read and read[-1].exponent <= FINEST else None
                elif self.profile.sign == "reversed":
                    amount = Decimals(-amount.digits, amount.exponent)
                if amount is not None:
                    self.findings.balances[which] = (amount, line, day)
