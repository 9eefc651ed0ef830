"""What stands above a table's header: account, currency, balances; each row named."""

import re
from collections.abc import Sequence
from itertools import pairwise

from tieout.core.money import ISO_4217_EXPONENTS
from tieout.formats.common.cells import looks_like_amount
from tieout.formats.common.fields import tidy
from tieout.formats.common.ledger import Facts
from tieout.formats.common.parsed import Row
from tieout.formats.common.rows import PlainRows
from tieout.formats.common.sample import Guess
from tieout.formats.common.words import HEADERS, plain

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ACCOUNT = frozenset(HEADERS["account"]) | {
    "account details for",
    "card account",
    "credit card number",
    "account number name",
    "cislo uctu",
}
_CURRENCY = frozenset(HEADERS["currency"])
_NUMBER = re.compile(r"[A-Z0-9*Xx][A-Z0-9*Xx ./-]{2,40}")


def facts_of(rows: Sequence[Row]) -> Facts:
    """The account and currency a preamble gives as `label: value` or in neighbouring cells."""
    facts = Facts()
    for row in rows:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        pairs = [
            tuple(part.strip() for part in cell.split(":", 1)) for cell in cells if ":" in cell
        ]
        pairs += [(label.rstrip(": "), value) for label, value in pairwise(cells)]
        for label, value in pairs:
            name = plain(label)
            if (
                name in _ACCOUNT
                and name != "account name"
                and not facts.account
                and any(c.isdigit() for c in value)
            ):
                digit = next(at for at, c in enumerate(value) if c.isdigit())
                found = _NUMBER.search(value if _NUMBER.fullmatch(value) else value[digit:])
                facts.account = "".join((found[0] if found else value).split())
            elif name == "account name" and not facts.account_name:
                facts.account_name = tidy(value)
            elif name in _CURRENCY or not name:
                facts.currency = facts.currency or _code(value)
        for cell in cells:
            iban = _IBAN.search(cell)
            if iban and not facts.account:
                facts.account = "".join(iban[0].split())
            if len(cell) == 3 or (facts.account and len(cells) <= 4 and len(cell.strip(": ")) == 3):
                facts.currency = facts.currency or _code(cell.strip(": "))
    return facts


def _code(text: str) -> str:
    word = text.strip(": .")
    return word if word.isupper() and word in ISO_4217_EXPONENTS else ""


def name_preamble(sample: Sequence[Row], guessed: Guess, plain_rows: PlainRows) -> None:
    """Name the rows above the header, and keep a balance they give."""
    above = [
        row
        for row in sample[: max(0, guessed.first_row - 1)]
        if any(cell.strip() for cell in row.cells)
    ]
    for row in above:
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        if any(looks_like_amount(cell) for cell in filled[1:]):
            plain_rows.keep_balance(filled, row.line, None, None)
    if above:
        text = tidy(" | ".join(cell for row in above for cell in row.cells if cell.strip()))[:160]
        plain_rows.findings.name(
            "record.extra",
            f"{len(above)} rows above the header: {text!r}",
            "",
            above[0].line,
            kind="preamble",
        )
