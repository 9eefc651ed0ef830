"""Posting files as beancount transactions, with accounts opened and foreign amounts priced.

An account of the books becomes `Assets:`, `Liabilities:` or `Equity:` and its code, cost centre
and department; a foreign amount carries its value in base currency as a total price.
"""

import re
from collections.abc import Iterable

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import AccountUse, Books, NominalPosting
from tieout.core.money import format_minor
from tieout.files.corrections.filed import Filed, by_journal, filed_lines
from tieout.files.corrections.tables import entry_cells
from tieout.formats.beancount import FORMAT as BEANCOUNT
from tieout.formats.common.source import Source

_LIABILITIES = {AccountUse.CONTROL_AP, AccountUse.CONTROL_DEPRECIATION}
_EQUITY = {AccountUse.OTHER}


def beancount_text(books: Books, filed: Filed) -> str:
    """The journals as a ledger that beancount loads by itself."""
    names = account_names(books, filed.lines)
    first = min((line.posted_on for line in filed.lines), default=None)
    lines = [
        f"; Corrections drafted by Tieout on the books {filed.snapshot}",
        f'option "operating_currency" "{books.base_currency}"',
    ]
    used = dict.fromkeys(line.key for line in filed.lines)
    for key in sorted(used):
        lines += [f"{first} open {names[key]}", f"  account: {_text(str(key).rstrip('/'))}"]
    for journal_id, of_journal in by_journal(filed.lines).items():
        head = of_journal[0]
        lines += ["", f"{head.posted_on} * {_text(head.narrative)}"]
        lines += [f"  journal: {_text(journal_id)}", f"  document: {_text(head.reference)}"]
        lines.append(f'  period: "{head.period}"')
        for line in of_journal:
            lines.append(f"  {names[line.key]}  {_amount(books, line)}")
            lines.append(f"    narrative: {_text(line.narrative)}")
            lines.append(f'    currency: "{line.currency}"')
    return "\n".join(lines) + "\n"


def _amount(books: Books, line: NominalPosting) -> str:
    base = format_minor(line.debit_minor, books.exponents.get(books.base_currency, 2))
    own = line.debit_doc_minor
    has_price = line.currency != books.base_currency and own * line.debit_minor > 0
    if not has_price:
        return f"{base} {books.base_currency}"
    said = format_minor(own, books.exponents.get(line.currency, 2))
    return f"{said} {line.currency} @@ {base.removeprefix('-')} {books.base_currency}"


def account_names(books: Books, lines: Iterable[NominalPosting]) -> dict[AccountKey, str]:
    """What each account is called in beancount; no two alike, the same for the same books."""
    keys = sorted({*books.accounts, *(line.key for line in lines)})
    made: dict[AccountKey, str] = {}
    taken: set[str] = set()
    for key in keys:
        use = books.accounts.get(key, AccountUse.OTHER)
        root = "Liabilities" if use in _LIABILITIES else "Assets"
        root = "Equity" if use in _EQUITY else root
        parts = [part for part in (key.code, key.cost_centre, key.department) if part]
        name = ":".join([root, *map(_component, parts)])
        while name in taken:
            name += "-X"
        taken.add(name)
        made[key] = name
    return made


def _component(part: str) -> str:
    """A part of an account's name as beancount allows it."""
    said = re.sub(r"[^A-Za-z0-9-]", "-", part)
    return said if said[0].isupper() or said[0].isdigit() else f"X{said}"


def _text(said: str) -> str:
    escaped = " ".join(said.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_beancount(source: Source, books: Books) -> Filed:
    """The transactions of such a file."""
    reading = BEANCOUNT.read(source, {})
    names = account_names(books, ())
    accounts = {name: str(key) for key, name in names.items()}
    said = list(entry_cells(reading, "journal", accounts))
    found = re.search(r"on the books ([0-9a-f]{64})", source.data().decode("utf-8", "replace"))
    return Filed(found[1] if found else "", filed_lines(said, books, source.name))
