"""A books folder with its words and numbers masked: explained, it gives the same figures.

Amounts, days, periods, currencies and the layout's own words stay; references, parties, accounts,
names, narratives, users and whatever stands in columns that are not the layout's do not. Ids
become names that keep nothing but their order. Tables of another system become the layout's, so
that its headings and words are gone too. What cannot be read as the cell that it should be stays
unreadable.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import (
    AccountUse,
    ControlSettings,
    EntryKind,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.cases import WORDS as CORRECTION
from tieout.core.explain.cases import named
from tieout.core.masking import Mask
from tieout.core.money import parse_decimal
from tieout.core.periods import LogState
from tieout.formats.books.lines import lines_of
from tieout.formats.books.mapping import AMOUNTS, DATES, PLAIN, FileMapping
from tieout.formats.books.reader import MAPPED
from tieout.formats.books.settings import DEFAULTS, SettingsRead, read_settings
from tieout.formats.books.settings import NAME as SETTINGS_NAME
from tieout.formats.books.tables import day_of

NUMBERS = frozenset({"period", "line_no", "line_count", "rows"})
IDS = frozenset(
    {
        *("txn_id", "related_id", "batch_id", "nominal_id", "journal_id", "source_id"),
        *("allocation_id", "debit_id", "credit_id", "adjustment_id"),
    }
)
TEXTS = frozenset(
    {
        *("party", "also_party", "name", "user", "action", "detail"),
        *("account", "cost_centre", "department"),
        *("control_account", "control_cost_centre", "control_department"),
    }
)
SAID = frozenset({"narrative", "reference"})
_MODULES = frozenset({*(each.module for each in SubLedger), "CT", "NL", "BF", ""})
_LEDGERS = frozenset(SubLedger)
_TABLES = frozenset(f"{name}.csv" for name in MAPPED)
_STATES = frozenset({*PostingStatus, *LogState, "future"})
_WORDS: Mapping[str, frozenset[str]] = {
    "ledger": _LEDGERS,
    "type": frozenset(EntryKind),
    "status": _STATES,
    "state": _STATES,
    "kind": frozenset(AccountUse),
    "source": _MODULES,
    "module": _MODULES,
    "file": _TABLES,
}
COLUMNS = AMOUNTS | DATES | NUMBERS | IDS | TEXTS | SAID | {"currency", "column", *_WORDS}
"""Every column of the layout."""
WORDS: Mapping[str, frozenset[str]] = {**_WORDS, "column": COLUMNS}
"""Columns in which the layout has words of its own; any other word there is masked."""
_CURRENCY = re.compile("[A-Z]{3}")
_NUMBER = re.compile(r"-?\d+")
_SAID = re.compile(
    r"^(?:opening balance|transfer from suspense|correction of|revalue$)|reversal", re.IGNORECASE
)
"""What a narrative or a reference says in the layout's own words."""
_LETTERS = "bcdfghjklmnpqrstvwxz"
"""In their order; without vowels they make no words."""
_UNREADABLE = "what stood here cannot be read\n"


def masked_books(
    folder: Path, mappings: Mapping[str, FileMapping], mask: Mask, into: Path
) -> tuple[Path, ...]:
    """Write the masked files of a books folder, with the layout's names, into another folder.

    Args:
        folder: The books folder.
        mappings: How its files become the layout's, by name there without `.csv`.
        mask: An exact one: what differs must stay different.
        into: An empty folder.
    """
    files = [
        _File(f"{name}.csv", path, mapping)
        for name in sorted(MAPPED)
        for mapping in (mappings.get(name, PLAIN),)
        if (path := folder / (mapping.file or f"{name}.csv")).exists()
    ]
    hand = _Hand(mask, _names({cell for each in files for cell in each.ids()}))
    for each in files:
        with (into / each.name).open("w", encoding="utf-8", newline="") as file:
            try:
                csv.writer(file, lineterminator="\n").writerows(hand.rows(each))
            except (csv.Error, InvalidInput):
                file.write(_UNREADABLE)
    made = [into / each.name for each in files]
    if (folder / SETTINGS_NAME).exists():
        made.append(into / SETTINGS_NAME)
        made[-1].write_text(_settings(folder, mask), encoding="utf-8")
    return tuple(made)


@dataclass(frozen=True)
class _File:
    """A file of the folder, its rows as the layout has them."""

    name: str
    path: Path
    mapping: FileMapping

    def rows(self) -> Iterator[Sequence[str]]:
        """The header, then the rows; as many cells too few or too many as there were."""
        mapping = self.mapping
        lines, _ = lines_of(self.path, mapping.delimiter, mapping.sheet)
        cells = (line.cells for line in lines if line.line >= mapping.heading_line)
        return cells if mapping is PLAIN else self._mapped(cells)

    def _mapped(self, reader: Iterator[list[str]]) -> Iterator[Sequence[str]]:
        own = _columns(next(reader, []))
        names = [name for name in self.mapping.known(own) if name in COLUMNS]
        yield names
        for cells in reader:
            if not any(cells):
                continue
            said = self.mapping.cells(dict(zip(own, cells, strict=False)))
            made = [said.get(name, "") for name in names]
            yield made if len(cells) == len(own) else [*made, ""]

    def ids(self) -> Iterator[str]:
        """The cells of its columns of ids."""
        try:
            rows = self.rows()
            places = [at for at, name in enumerate(_columns(next(rows, []))) if name in IDS]
            for cells in rows:
                for at in places:
                    if at < len(cells):
                        yield cells[at].strip()
        except (csv.Error, InvalidInput):
            return


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in header)


def _names(ids: set[str]) -> dict[str, str]:
    """A name for each id, in the order of the ids: where two are alike, the order decides."""
    ordered = sorted(ids - {""})
    width = 1
    while len(_LETTERS) ** width < len(ordered):
        width += 1
    made = map("".join, product(_LETTERS, repeat=width))
    return dict(zip(ordered, made, strict=False))


@dataclass(frozen=True)
class _Hand:
    """What masks the cells."""

    mask: Mask
    names: Mapping[str, str]
    """By id."""

    def rows(self, file: _File) -> Iterator[Sequence[str]]:
        """The rows of a file, masked; the layout's own headings stay."""
        rows = file.rows()
        header = next(rows, [])
        columns = _columns(header)
        yield [
            cell if name in COLUMNS else self.mask.text(cell)
            for cell, name in zip(header, columns, strict=True)
        ]
        known: list[dict[str, str]] = [{} for _ in columns]
        for cells in rows:
            made = []
            for cell, column, seen in zip(cells, columns, known, strict=False):
                said = seen.get(cell)
                if said is None:
                    said = seen[cell] = self.cell(column, cell)
                made.append(said)
            yield [*made, *map(self.mask.text, cells[len(columns) :])]

    def cell(self, column: str, cell: str) -> str:
        """A cell, with the blanks around it."""
        said = cell.strip()
        return cell.replace(said, self._said(column, said)) if said else cell

    def _said(self, column: str, said: str) -> str:
        if column in IDS:
            return self.names[said]
        if column in SAID:
            return self._narrative(said)
        if column in DATES and (on := day_of(said)) is not None:
            return on.isoformat()
        return _kept(column, said, self.mask)

    def _narrative(self, said: str) -> str:
        case, cause = named(said)
        if not cause:
            return self._words(said)
        opening, named_case = CORRECTION, self.names.get(case.strip()) or self.mask.text(case)
        rest = said[len(opening) + len(case) + len(f" ({cause})") :]
        return f"{opening}{named_case} ({cause}){self._words(rest)}"

    def _words(self, said: str) -> str:
        made, at = [], 0
        for found in _SAID.finditer(said):
            made += [self.mask.text(said[at : found.start()]), found[0]]
            at = found.end()
        return "".join([*made, self.mask.text(said[at:])])


def _kept(column: str, said: str, mask: Mask) -> str:
    """What is ours as it is; anything else masked, and not so that it becomes something of ours."""
    if _is_ours(column, said):
        return said
    made = mask.text(said)
    return f"x {made}" if _is_ours(column, made) else made


def _is_ours(column: str, said: str) -> bool:
    """Whether the cell is what the layout has in that column."""
    if column in DATES:
        return day_of(said) is not None
    if column in AMOUNTS:
        return parse_decimal(said) is not None
    if column in NUMBERS:
        return _NUMBER.fullmatch(said) is not None
    if column == "currency":
        return _CURRENCY.fullmatch(said) is not None
    return said in WORDS.get(column, ())


def _settings(folder: Path, mask: Mask) -> str:
    """What the settings say of the accounts, and nothing else."""
    try:
        read = read_settings(folder)
    except InvalidInput:
        return _UNREADABLE
    assert read is not None  # the file is there
    return json.dumps(_said(read, mask), indent=1)


def _said(read: SettingsRead, mask: Mask) -> dict[str, object]:
    defaults: dict[str, object] = {}
    for ledger, each in read.ledgers.items():
        if each.default is not None:
            named = _account(each.default.key, mask)
            defaults[DEFAULTS[ledger]] = {**named, "use_specified": each.default.use_specified}
    for key in read.suspense:
        defaults["suspense"] = _account(key, mask)
    return {
        "base_currency": _kept("currency", read.base_currency, mask),
        "rounding_tolerance": read.tolerance if parse_decimal(read.tolerance) else "",
        "extract_date": read.extracted_on.isoformat() if read.extracted_on else None,
        "reconciliation_enquiry_settings": {
            ledger.value: _accounts(each, mask) for ledger, each in read.ledgers.items()
        },
        "default_nominal_accounts": defaults,
    }


def _accounts(settings: ControlSettings, mask: Mask) -> list[dict[str, str]]:
    return [_account(key, mask) for key in sorted(settings.counted, key=str)]


def _account(key: AccountKey, mask: Mask) -> dict[str, str]:
    parts = {"account": key.code, "cost_centre": key.cost_centre, "department": key.department}
    return {name: mask.text(part) for name, part in parts.items()}
