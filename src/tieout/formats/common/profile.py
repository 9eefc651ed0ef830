"""A table's profile: which column means what, and how dates, decimals and signs are written.

It is data: guessed from the table, shown with the reading, corrected by options, kept as TOML.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tieout.core.errors import InvalidInput
from tieout.core.money import DecimalMark
from tieout.formats.common.cells import DATE_FORMS
from tieout.formats.common.words import plain

SINGLE = (
    "date", "value_date", "amount", "money_in", "money_out", "direction", "currency", "account",
    "balance", "counterparty", "counterparty_account", "id", "kind", "status",
)  # fmt: skip
"""Roles one column may play."""
SEVERAL = ("narrative", "reference")
"""Roles several columns may play together."""
ROLES = SINGLE + SEVERAL
CHOICES: dict[str, tuple[str, ...]] = {
    "date_form": DATE_FORMS,
    "decimal_mark": (".", ","),
    "sign": ("as-is", "reversed"),
    "money_out_sign": ("positive", "signed"),
}
FREE = ("delimiter", "charset", "sheet", "header_row", "fixed_account", "fixed_currency")
SETTINGS = (*FREE, *CHOICES, *ROLES)
_NAMES = {"\t": "tab", " ": "space"}


@dataclass(frozen=True)
class TableProfile:
    """How to read one table."""

    columns: Mapping[str, tuple[int, ...]]
    """Role to columns, counted from 0."""
    header: tuple[str, ...] = ()
    header_row: int = 0
    """The row the names stand in, counted from 1; 0 if the table has no header."""
    delimiter: str = ""
    charset: str = ""
    sheet: str = ""
    date_form: str = "y-m-d"
    decimal_mark: DecimalMark = "."
    sign: str = "as-is"
    """`reversed`: a positive amount (or the money-in column) is money out of the account."""
    money_out_sign: str = "positive"
    """`signed`: the money-out column already writes its amounts as negative."""
    fixed_account: str = ""
    fixed_currency: str = ""
    width: int = 0
    attributes: tuple[tuple[int, str], ...] = field(default=())
    """The columns without a role, and the names they are kept under."""

    def column(self, role: str) -> int | None:
        """The (first) column of that role."""
        found = self.columns.get(role, ())
        return found[0] if found else None

    def name_of(self, column: int) -> str:
        """The column's header if that names it alone, else `#` and its number from 1."""
        name = self.header[column] if column < len(self.header) else ""
        alone = sum(plain(each) == plain(name) for each in self.header) == 1
        return name if alone and plain(name) and " + " not in name else f"#{column + 1}"

    def settings(self) -> tuple[tuple[str, str], ...]:
        """What is shown with the reading; given back as options it reads the same."""
        pairs = [
            ("delimiter", _NAMES.get(self.delimiter, self.delimiter)),
            ("charset", self.charset),
            ("sheet", self.sheet),
            ("header_row", str(self.header_row)),
            *(
                (role, " + ".join(self.name_of(each) for each in self.columns[role]))
                for role in ROLES
                if self.columns.get(role)
            ),
            ("date_form", self.date_form),
            ("decimal_mark", self.decimal_mark),
            ("sign", self.sign),
            ("money_out_sign", self.money_out_sign if self.columns.get("money_out") else ""),
            ("fixed_account", self.fixed_account),
            ("fixed_currency", self.fixed_currency),
        ]
        return tuple((name, value) for name, value in pairs if value)


def checked(options: Mapping[str, str], where: str = "") -> dict[str, str]:
    """The settings among the options, each known and with a value it may have."""
    for name, value in options.items():
        if name not in SETTINGS:
            known = ", ".join(SETTINGS)
            raise InvalidInput(
                "match.mapping-invalid", f"setting {name!r}", f"one of {known}", where
            )
        if name in CHOICES and value not in CHOICES[name]:
            allowed = ", ".join(CHOICES[name])
            raise InvalidInput(
                "match.mapping-invalid", f"{name} = {value!r}", f"one of {allowed}", where
            )
        if name == "header_row" and not (value.isascii() and value.isdigit()):
            raise InvalidInput(
                "match.mapping-invalid", f"header_row = {value!r}", "a row number", where
            )
    return dict(options)


def columns_named(text: str, header: Iterable[str], setting: str) -> tuple[int, ...]:
    """The columns a setting names: by header, by `#3`, several joined by ` + `."""
    names = [plain(each) for each in header]
    found: list[int] = []
    for part in text.split(" + "):
        wanted = part.strip()
        number = wanted[1:]
        if (
            wanted.startswith("#")
            and number.isascii()
            and number.isdigit()
            and 0 < int(number) <= 1000
        ):
            found.append(int(number) - 1)
        elif plain(wanted) in names:
            found.append(names.index(plain(wanted)))
        else:
            columns = ", ".join(repr(each) for each in header) or "no header: say #1, #2, …"
            raise InvalidInput(
                "match.mapping-invalid", f"column {wanted!r}", f"one of {columns}", setting
            )
    if setting in SINGLE and len(found) > 1:
        raise InvalidInput("match.mapping-invalid", f"{len(found)} columns", "one column", setting)
    return tuple(found)


def load_profile(text: str, where: str) -> dict[str, str]:
    """The options a mapping file holds; every fault with its place."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("match.mapping-invalid", str(error), "TOML", where) from error
    options: dict[str, str] = {}
    columns = data.pop("columns", {})
    if not isinstance(columns, dict):
        raise InvalidInput("match.mapping-invalid", "columns", "a table [columns]", where)
    for section, items in (("", data), ("columns.", columns)):
        for name, value in items.items():
            if section and name not in ROLES:
                expected = f"one of {', '.join(ROLES)}"
                raise InvalidInput("match.mapping-invalid", f"{section}{name}", expected, where)
            if isinstance(value, list) and all(isinstance(each, str) for each in value):
                options[name] = " + ".join(value)
            elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
                options[name] = str(value)
            else:
                expected = "text, a number or a list of texts"
                raise InvalidInput(
                    "match.mapping-invalid", f"{section}{name} = {value!r}", expected, where
                )
    return checked(options, where)


def dump_profile(settings: Iterable[tuple[str, str]]) -> str:
    """A mapping file of these settings, as `load_profile` reads it."""
    pairs = list(settings)
    lines = ["# How Tieout reads this table. Correct what is wrong; leave out what it may guess."]
    lines += [f"{name} = {_quoted(value)}" for name, value in pairs if name not in ROLES]
    lines += ["", "[columns]"]
    for name, value in pairs:
        if name in SEVERAL and " + " in value:
            parts = ", ".join(_quoted(each) for each in value.split(" + "))
            lines.append(f"{name} = [{parts}]")
        elif name in ROLES:
            lines.append(f"{name} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string (TOML 1.0, section String)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
