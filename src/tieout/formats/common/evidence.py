"""What a column's cells say together: the order of its dates, its decimal mark, its signs.

One cell is often ambiguous (`03/04/26`, `1.234`); a column rarely is. A running balance is the
strongest witness: its steps must be the amounts.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from tieout.core.money import DecimalMark
from tieout.formats.common.cells import date_of, money_of
from tieout.formats.common.parsed import Exact

_BARE_FIRST = re.compile(r"\d/0\d/")
"""`8/02/2016`: programs that pad the second number and not the first write the month first."""
_YEAR_FIRST = re.compile(r"\d{4}\D")

Guessed = tuple[str, str]
"""What was chosen, and the doubt about it (empty if there is none)."""


def date_form(columns: Sequence[Sequence[str]], american: bool) -> Guessed:  # noqa: FBT001, PLR0911  each return a witness
    """The order of the dates in the first column; the other date columns help to tell."""
    cells = [cell for cell in columns[0] if cell.strip()] if columns else []
    forms = [
        "y-m-d",
        "d/m/y",
        "m/d/y",
        "d mon y",
        "mon d y",
        "yyyymmdd",
        "ddmmyyyy",
        "yymmdd",
        "serial",
    ]
    best = _best(cells, forms)
    if not cells or not best:
        return "y-m-d", ""
    if len(best) == 1 or best[0] not in {"y-m-d", "d/m/y", "m/d/y"}:
        return best[0], ""
    if "d/m/y" not in best:
        return best[0], ""
    separators = {next((c for c in cell if not c.isdigit()), "") for cell in cells}
    if separators == {"."}:
        return "d/m/y", ""
    for other in columns[1:]:
        told = [form for form in _best([c for c in other if c.strip()], forms) if form in best]
        if len(told) == 1:
            return told[0], ""
    told = [form for form in best if _runs_one_way(cells, form)]
    if len(cells) > 3 and len(told) == 1:
        return told[0], ""
    spans = {form: _span([d for cell in cells if (d := date_of(cell, form))]) for form in best}
    close = min(spans, key=lambda form: spans[form])
    far = min((spans[form] for form in best if form != close), default=0)
    doubt = f"dates such as {cells[0]!r} could also be "
    if len(set(cells)) > 3 and far > 4 * spans[close] + 20:
        others = " or ".join(form for form in best if form != close)
        return close, "" if len(
            set(cells)
        ) > 4 else f"{doubt}{others}; read as {close}, which keeps them close together"
    bare_month = any(_BARE_FIRST.match(cell.strip()) for cell in cells)
    chosen = "m/d/y" if (american or bare_month) and "m/d/y" in best else "d/m/y"
    others = " or ".join(form for form in best if form != chosen)
    return chosen, f"{doubt}{others}; read as {chosen}"


def _best(cells: Sequence[str], forms: Sequence[str]) -> list[str]:
    counts = {form: sum(date_of(cell, form) is not None for cell in cells) for form in forms}
    most = max(counts.values(), default=0)
    best = [form for form in forms if counts[form] == most] if most else []
    read = [cell for cell in cells if any(date_of(cell, form) for form in best)]
    if best and not all(_YEAR_FIRST.match(cell.strip()) for cell in read):
        day_first = [form for form in best if form in {"d/m/y", "m/d/y"}]
        return [form for form in best if form != "y-m-d"] if day_first else best
    return best[:1]


def _runs_one_way(cells: Sequence[str], form: str) -> bool:
    days = [day for cell in cells if (day := date_of(cell, form)) is not None]
    up = all(one <= two for one, two in pairwise(days))
    down = all(one >= two for one, two in pairwise(days))
    return (up or down) and _span(days) < 1200


def _span(days: Sequence[date]) -> int:
    return (max(days) - min(days)).days if days else 0


def decimal_mark(cells: Sequence[str], delimiter: str) -> tuple[DecimalMark, str]:
    """The decimal mark of all amount cells together."""
    votes, weak = {".": 0, ",": 0}, {".": "", ",": ""}
    for cell in cells:
        if isinstance(cell, Exact):
            continue
        mark, sure = _mark_of(cell)
        if mark and sure:
            votes[mark] += 1
        elif mark:
            weak[mark] = cell
    if votes["."] != votes[","]:
        return ("." if votes["."] > votes[","] else ","), ""
    if weak["."] and not weak[","]:
        mark2: DecimalMark = "," if delimiter == ";" else "."
        return (
            mark2,
            (
                f"{weak['.'].strip()!r} has either three decimals or thousands; "
                f"{mark2!r} is taken as the decimal mark"
            ),
        )
    if weak[","]:
        return (
            ".",
            ""
            if delimiter == ","
            else f"{weak[','].strip()!r} is taken as thousands, not as three decimals",
        )
    return ("," if delimiter == ";" and votes[","] else "."), ""


def _mark_of(cell: str) -> tuple[str, bool]:
    """The decimal mark one cell speaks for, and whether it could be no other."""
    body = "".join(c for c in cell if c.isdigit() or c in ".,").strip(".,")
    if not cell.strip().endswith((".", ",")) and cell.strip()[-2:] in {".-", ",-"}:
        return cell.strip()[-2], True
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        lead = cell.strip().lstrip("+-($ ")[:1]
        return (lead, True) if lead in {".", ","} else ("", False)
    if points and commas:
        return ("." if body.rfind(".") > body.rfind(",") else ","), True
    mark, other = (".", ",") if points else (",", ".")
    if points + commas > 1:
        return other, True
    whole, _, fraction = body.partition(mark)
    if len(fraction) != 3 or whole in {"", "0"} or len(whole) > 3:
        return mark, True
    return mark, False


def follows(amounts: Sequence[int | None], balances: Sequence[int | None]) -> tuple[float, bool]:
    """The share of balance steps that are the amounts, and whether the newest row comes first.

    Rows without a balance are bridged: the step is then the sum of the rows between.
    """
    running, total = [], 0
    for amount, balance in zip(amounts, balances, strict=True):
        before = total
        total += amount or 0
        if balance is not None and amount is not None:
            running.append((balance, before, total))
    steps = len(running) - 1
    if steps < 1:
        return 0.0, False
    oldest = sum(b[0] - a[0] == b[2] - a[2] for a, b in pairwise(running))
    newest = sum(a[0] - b[0] == b[1] - a[1] for a, b in pairwise(running))
    return max(oldest, newest) / steps, newest > oldest


def scaled(cell: str, mark: DecimalMark) -> int | None:
    """An amount cell in units of 10^-8, for comparing; None if it is none."""
    money = money_of(cell, mark)
    return None if money is None else money.value.to_minor(8)


def reader_of(mark: DecimalMark) -> Callable[[str], int | None]:
    """`scaled` with the mark filled in."""
    return lambda cell: scaled(cell, mark)
