"""Guess a table's profile: where its header is, what each column means, which way signs go.

Names come first, contents decide what names leave open, and a running balance overrules both.
Every guess that could as well be another way is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from tieout.core.errors import InvalidInput, Problem
from tieout.core.money import ISO_4217_EXPONENTS, DecimalMark
from tieout.formats.common import evidence
from tieout.formats.common.cells import (
    Exact,
    date_of,
    direction_of,
    looks_like_amount,
    looks_like_date,
    money_of,
)
from tieout.formats.common.profile import ROLES, SEVERAL, TableProfile, checked, columns_named
from tieout.formats.common.words import NOT_THE_AMOUNT, named, plain

SAMPLE_ROWS = 400
HEADER_WITHIN = 80
"""A header stands in the first rows; preambles are shorter than this."""
_MONEY_ROLES = ("amount", "money_in", "money_out", "balance")


class Row(NamedTuple):
    """One row as parsed: the line it begins on, and its cells."""

    line: int
    cells: list[str]


@dataclass
class Guess:
    """A profile, and what a person should know about how it was found."""

    profile: TableProfile
    first_row: int = 0
    """The index of the first row below the header."""
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """The notes as one problem, each doubt as its own."""
        said = (Problem("table.guess", "; ".join(self.notes)),) if self.notes else ()
        return (*said, *(Problem("table.guess-ambiguous", doubt) for doubt in self.doubts))


@dataclass
class _Column:
    """What the sampled cells of one column look like."""

    cells: list[str]

    def __post_init__(self) -> None:
        self.filled = [cell for cell in self.cells if cell.strip()]
        self.count = len(self.filled)
        self.dates = sum(map(looks_like_date, self.filled))
        self.amounts = sum(map(looks_like_amount, self.filled))
        self.telling = sum(_telling(cell) for cell in self.filled)
        self.distinct = len(set(self.filled))

    def mostly(self, number: int, share: float = 0.5) -> bool:
        """Whether that many of the filled cells are at least this share."""
        return self.count == 0 or number >= share * self.count

    def bare_dates(self) -> str:
        """The form of dates without separators, if all cells are such dates."""
        for form in ("yyyymmdd", "ddmmyyyy", "yymmdd", "serial"):
            if self.filled and all(date_of(cell, form) for cell in self.filled):
                return form
        return ""


def _telling(cell: str) -> bool:
    """Whether a number has a fraction, a sign or a currency and so is money rather than a code."""
    text = cell.strip()
    return looks_like_amount(cell) and (isinstance(cell, Exact) or not text.isdigit())


def guess(rows: Sequence[Row], given: Mapping[str, str], base: TableProfile) -> Guess:
    """The profile of a table from its first (and, of a large one, scattered) rows."""
    options = checked(given)
    at = _header_at(rows, options)
    header = tuple(" ".join(cell.split()) for cell in rows[at].cells) if at >= 0 else ()
    body = [row for row in rows[at + 1 :] if sum(bool(cell.strip()) for cell in row.cells) > 1]
    sample = body[:SAMPLE_ROWS]
    width = max([len(header), *(_usual_width(sample),)])
    columns = [
        _Column([row.cells[at] if at < len(row.cells) else "" for row in sample])
        for at in range(width)
    ]
    made = Guess(base, at + 1)
    roles = _given_roles(options, header)
    _by_name(roles, header, columns)
    _by_content(roles, header, columns, made)
    mark = _decimal_mark(options, roles, columns, base.delimiter, made)
    _money_by_content(roles, header, columns, mark, made, base)
    form = _date_form(options, roles, columns, header, made)
    roles = {role: found for role, found in roles.items() if found}
    _demand(roles, header, rows, base)
    sign, out_sign = _signs(options, roles, columns, mark, made)
    if options.get("money_out_sign"):
        out_sign = options["money_out_sign"]
    _texts(roles, columns)
    used = {column for found in roles.values() for column in found}
    made.profile = TableProfile(
        columns={role: roles[role] for role in ROLES if role in roles},
        header=header,
        header_row=at + 1,
        delimiter=base.delimiter,
        charset=base.charset,
        sheet=base.sheet,
        date_form=form,
        decimal_mark=mark,
        sign=sign,
        money_out_sign=out_sign,
        fixed_account=options.get("fixed_account", ""),
        fixed_currency=options.get("fixed_currency", "") or _currency_of_header(roles, header),
        width=width,
        attributes=_attributes(header, width, used),
    )
    _say(made, roles, options)
    return made


def _header_at(rows: Sequence[Row], options: Mapping[str, str]) -> int:
    """The index of the header row, -1 if there is none."""
    if "header_row" in options:
        return min(int(options["header_row"]), len(rows)) - 1
    best, best_at = 1.0, -1
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        score = _header_score(row.cells)
        if score > best:
            best, best_at = score, at
    if best_at >= 0:
        return best_at
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) < 2:
            continue
        if any(looks_like_date(cell) or looks_like_amount(cell) for cell in filled):
            return -1
        following = [each.cells for each in rows[at + 1 : at + 6] if len(each.cells) > 1]
        if any(looks_like_date(cell) for cells in following for cell in cells):
            return at
    return -1


def _header_score(cells: Sequence[str]) -> float:
    """How much a row looks like names of columns: what it names, less what is data in it."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < 2:
        return 0
    found: set[str] = set()
    hits = 0
    for cell in filled:
        roles = {role for role in ROLES if named(role, cell) >= 60}
        hits += bool(roles)
        found |= roles or {role for role in ROLES if named(role, cell) >= 30}
    data = sum(looks_like_date(cell) or looks_like_amount(cell) for cell in filled)
    if not found & {"date", "value_date"} and not found & set(_MONEY_ROLES):
        return 0
    both = bool(found & {"date", "value_date"}) and bool(found & set(_MONEY_ROLES))
    return hits + 2 * both + 0.1 * len(filled) - 3 * data


def _usual_width(sample: Sequence[Row]) -> int:
    """The width most rows have, without blank cells at the end."""
    widths = [len(row.cells) for row in sample]
    return max(set(widths), key=lambda each: (widths.count(each), each)) if widths else 0


def _given_roles(options: Mapping[str, str], header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    return {
        role: columns_named(options[role], header, role) if options[role] not in {"", "-"} else ()
        for role in ROLES
        if role in options
    }


def _by_name(
    roles: dict[str, tuple[int, ...]], header: Sequence[str], columns: Sequence[_Column]
) -> None:
    """Give each column the role its header names best, as far as its cells allow it."""
    used = {column for found in roles.values() for column in found}
    claims = [
        (score, -ROLES.index(role), -at, role)
        for at, name in enumerate(header)
        for role in ROLES
        if role not in roles and at not in used
        if (score := _claim(role, name, columns[at])) >= 20
    ]
    fixed = set(roles)
    for score, _, negative, role in sorted(claims, reverse=True):
        at = -negative
        if at in used or role in fixed or (role not in SEVERAL and role in roles):
            continue
        if role in SEVERAL and score < 40 and role in roles:
            continue
        roles[role] = (*roles.get(role, ()), at)
        used.add(at)
    for role in SEVERAL:
        if role in roles and role not in fixed:
            roles[role] = tuple(sorted(roles[role])) if role == "narrative" else roles[role]


def _claim(role: str, name: str, column: _Column) -> int:
    """How strongly a column claims a role; 0 where its cells speak against it."""
    score = named(role, name)
    if not score:
        return 0
    words = set(plain(name.replace("(", " ").replace(")", " ")).split())
    if role in {*_MONEY_ROLES, "currency"} and words & NOT_THE_AMOUNT:
        return 0
    match role:
        case "date" | "value_date":
            fits = column.mostly(column.dates) or bool(column.bare_dates())
        case "amount":
            fits = column.mostly(column.amounts) and (column.count > 0 or not column.cells)
        case "money_in" | "money_out" | "balance":
            fits = column.mostly(column.amounts)
        case "direction":
            told = [way for cell in column.filled if (way := direction_of(cell))]
            ways = set(told)
            fits, score = bool(told) and len(told) >= 0.9 * column.count, score + 60 * (ways == {"in", "out"})
        case "currency":
            fits = all(len(cell.strip()) <= 5 and not looks_like_amount(cell) for cell in column.filled)
        case "counterparty" | "narrative" | "kind" | "status":
            fits = not column.filled or not (column.mostly(column.telling) or column.mostly(column.dates))
            fits = fits and (score >= 60 or role in {"narrative", "counterparty"})
        case "id":
            fits = column.distinct >= 0.9 * column.count and score >= 40
        case "account":
            fits = score >= 60 and not column.mostly(column.dates + column.telling, 0.9) or not column.filled
        case _:
            fits = True
    return score if fits else 0


def _by_content(
    roles: dict[str, tuple[int, ...]], header: Sequence[str], columns: Sequence[_Column], made: Guess
) -> None:
    """A date column and a direction column by their cells, where no name gave one."""
    used = {column for found in roles.values() for column in found}
    if "date" not in roles and roles.get("value_date"):
        roles["date"] = roles.pop("value_date")
    if "date" not in roles:
        dated = [at for at, each in enumerate(columns) if each.filled and each.mostly(each.dates, 0.6) and at not in used]
        bare = [at for at, each in enumerate(columns) if at not in used and each.bare_dates() in {"yyyymmdd"} and not header]
        if dated or bare:
            roles["date"] = ((dated or bare)[0],)
            if len(dated) > 1 and "value_date" not in roles and not header:
                roles["value_date"] = (dated[1],)
    if "direction" not in roles:
        for at, each in enumerate(columns):
            known = [way for cell in each.filled if (way := direction_of(cell))]
            free = at not in used or roles.get("kind") == (at,)
            if free and each.count >= max(2, 0.9 * len(each.cells)) and len(known) >= 0.9 * each.count and (set(known) == {"in", "out"} or not header):
                roles["direction"] = (at,)
                if roles.get("kind") == (at,):
                    del roles["kind"]
                made.notes.append(f"column #{at + 1} says the direction")
                break


def _decimal_mark(
    options: Mapping[str, str], roles: Mapping[str, tuple[int, ...]], columns: Sequence[_Column], delimiter: str, made: Guess
) -> DecimalMark:
    if "decimal_mark" in options:
        return cast("DecimalMark", options["decimal_mark"])
    named_money = [at for role in _MONEY_ROLES for at in roles.get(role, ())]
    if not any(roles.get(role) for role in _MONEY_ROLES[:3]):
        named_money += [at for at, each in enumerate(columns) if each.filled and each.mostly(each.amounts, 0.8) and each.telling]
    cells = [cell for at in named_money if at < len(columns) for cell in columns[at].filled]
    mark, doubt = evidence.decimal_mark([cell for cell in cells if looks_like_amount(cell)], delimiter)
    made.doubts += [doubt] if doubt else []
    return mark


def _money_by_content(
    roles: dict[str, tuple[int, ...]], header: Sequence[str], columns: Sequence[_Column], mark: DecimalMark, made: Guess, base: TableProfile
) -> None:
    """Amount and balance columns by their cells, where no name gave any."""
    if roles.get("amount") or roles.get("money_in") or roles.get("money_out"):
        return
    used = {column for found in roles.values() for column in found}
    money = [
        at
        for at, each in enumerate(columns)
        if at not in used and each.filled and each.mostly(each.amounts, 0.8)
        if each.telling >= 0.5 * each.count or (not header and not each.bare_dates())
        if not (header and at < len(header) and set(plain(header[at]).split()) & NOT_THE_AMOUNT)
    ]
    most = max((columns[at].count for at in money), default=0)
    if header:
        money = [at for at in money if 2 * columns[at].count >= most]
    if not money or len(columns) > 60:
        return
    read = evidence.reader_of(mark)
    values = {at: [read(cell) for cell in columns[at].cells] for at in money}
    if _by_balance(roles, money, values, made):
        return
    pair = _exclusive_pair(money, values)
    if pair and not header:
        roles["money_out"], roles["money_in"] = (pair[0],), (pair[1],)
        made.doubts.append(f"columns #{pair[0] + 1} and #{pair[1] + 1} fill in turn; the first is read as money out")
        return
    telling = [at for at in money if columns[at].telling >= 0.5 * columns[at].count] or money
    chosen, others = telling[0], telling[1:]
    roles["amount"] = (chosen,)
    made.notes.append(f"column #{chosen + 1} is the amount")
    signed = [at for at in telling if any(v is not None and v < 0 for v in values[at])]
    if others and signed != [chosen]:
        rivals = ", ".join(f"#{at + 1}" for at in others)
        made.doubts.append(f"{rivals} could be the amount as well as column #{chosen + 1}")


def _by_balance(
    roles: dict[str, tuple[int, ...]], money: Sequence[int], values: Mapping[int, list[int | None]], made: Guess
) -> bool:
    """Find the amount, or money out and in, whose sums are another column's steps."""
    best, best_share = (-1, -1, -1), 0.7
    for balance in money:
        rest = [at for at in money if at != balance]
        if len(set(values[balance])) < 2:
            continue
        for into, out in [*((at, -1) for at in rest), *((a, b) for a in rest for b in rest if a != b)]:
            net = values[into]
            if out >= 0:
                pairs = zip(values[into], values[out], strict=True)
                net = [None if a is None and b is None else (a or 0) - (b or 0) for a, b in pairs]
            share = evidence.follows(net, values[balance])[0]
            if out < 0:
                turned = [None if v is None else -v for v in net]
                share = max(share, evidence.follows(turned, values[balance])[0])
            if share > best_share:
                best, best_share = (into, out, balance), share
    into, out, balance = best
    if balance < 0:
        return False
    roles["balance"] = (balance,)
    if out < 0:
        roles["amount"] = (into,)
        made.notes.append(f"column #{into + 1} is the amount: its sums are the balance in #{balance + 1}")
    else:
        roles["money_out"], roles["money_in"] = (out,), (into,)
        made.notes.append(f"columns #{out + 1} (out) and #{into + 1} (in) sum to the balance in #{balance + 1}")
    return True


def _exclusive_pair(money: Sequence[int], values: Mapping[int, list[int | None]]) -> tuple[int, int] | None:
    for one in money:
        for two in money:
            if one < two:
                filled = [(bool(a), bool(b)) for a, b in zip(values[one], values[two], strict=True)]
                if len(filled) > 1 and all(a != b for a, b in filled) and any(a for a, _ in filled) and any(b for _, b in filled):
                    return one, two
    return None


def _date_form(
    options: Mapping[str, str], roles: Mapping[str, tuple[int, ...]], columns: Sequence[_Column], header: Sequence[str], made: Guess
) -> str:
    if "date_form" in options:
        return options["date_form"]
    main = roles.get("date", ())
    if not main or main[0] >= len(columns):
        return "y-m-d"
    column = columns[main[0]]
    if column.dates == 0 and (form := column.bare_dates()):
        return form
    others = [at for at, each in enumerate(columns) if at != main[0] and each.filled and each.mostly(each.dates, 0.9)]
    money = [cell for role in _MONEY_ROLES for at in roles.get(role, ()) if at < len(columns) for cell in columns[at].filled]
    currencies = {cell.strip().upper() for at in roles.get("currency", ()) for cell in columns[at].filled}
    american = any(cell.lstrip("(-+ ").startswith("$") for cell in money) or currencies == {"USD"}
    american = american or any(plain(name).startswith(("check ", "checknumber")) for name in header)
    form, doubt = evidence.date_form([column.filled, *(columns[at].filled for at in others)], american)
    made.doubts += [doubt] if doubt else []
    return form


def _demand(roles: Mapping[str, tuple[int, ...]], header: Sequence[str], rows: Sequence[Row], base: TableProfile) -> None:
    """Refuse a table without a date or an amount, saying what was found instead."""
    missing = [] if roles.get("date") else ["date"]
    if not any(roles.get(role) for role in ("amount", "money_in", "money_out")):
        missing.append("amount (or money_in and money_out)")
    if not missing:
        return
    if header:
        names = ", ".join(repr(each) for each in header[:30] if each.strip())
        found = f"columns {names}{' …' if len(header) > 30 else ''}"
    else:
        first = next((row.cells for row in rows if any(row.cells)), [])
        found = f"no header; the first row is {' | '.join(first[:12])[:160]!r}"
    raise InvalidInput("table.column-missing", found, f"a column for {' and for '.join(missing)}", base.sheet and f"sheet {base.sheet}")


def _signs(
    options: Mapping[str, str], roles: dict[str, tuple[int, ...]], columns: Sequence[_Column], mark: DecimalMark, made: Guess
) -> tuple[str, str]:
    """Which of amount, in/out and direction to use, and whether a plus is money in."""
    read = evidence.reader_of(mark)

    def values(role: str) -> list[int | None]:
        found = roles.get(role, ())
        return [read(cell) for cell in columns[found[0]].cells] if found and found[0] < len(columns) else []

    amount, into, out = values("amount"), values("money_in"), values("money_out")
    negative = any(v is not None and v < 0 for v in amount)
    if roles.get("amount") and (roles.get("money_in") or roles.get("money_out")) and not {"amount", "money_in", "money_out"} <= set(options):
        for role in ("money_in", "money_out") if negative or not (roles.get("money_in") and roles.get("money_out")) else ("amount",):
            roles.pop(role, None)
        amount, into, out = values("amount"), values("money_in"), values("money_out")
    out_signed = bool(out) and any(v for v in out) and all((v or 0) <= 0 for v in out)
    words = [direction_of(cell) for cell in columns[roles["direction"][0]].cells] if roles.get("direction") else []
    reversed_amount = agreed = False
    if words and (not roles.get("amount") or "direction" not in options):
        told = [(v, word) for v, word in zip(amount, words, strict=False) if v and word]
        right = sum((v > 0) == (word == "in") for v, word in told)
        against = sum((v < 0) == (word == "in") for v, word in told)
        agreed = negative and right > against
        if negative and right >= against:
            kind = roles.pop("direction")
            roles.setdefault("kind", kind)
            words = []
        elif not roles.get("amount"):
            roles.setdefault("kind", roles.pop("direction"))
            words = []
    if words:
        moves = [None if v is None else (abs(v) if word == "in" else -abs(v)) for v, word in zip(amount, words, strict=True)]
    elif roles.get("amount"):
        moves = amount
    else:
        pairs = zip(into or [None] * len(out), out or [None] * len(into), strict=True)
        moves = [None if a is None and b is None else (a or 0) + (b or 0) * (1 if out_signed else -1) for a, b in pairs]
    balances = values("balance")
    if "sign" in options:
        return options["sign"], "signed" if out_signed else "positive"
    if balances and moves:
        straight, _ = evidence.follows(moves, balances)
        turned, _ = evidence.follows([None if v is None else -v for v in moves], balances)
        steps = sum(v is not None for v in balances) - 1
        if turned > straight and turned >= 0.5 and steps > 1 and not agreed:
            made.notes.append("signs are reversed: only so do the amounts lead from balance to balance")
            reversed_amount = True
        elif straight >= 0.5:
            made.notes.append("signs are proved by the running balance")
            return "as-is", "signed" if out_signed else "positive"
    if roles.get("amount") and not words and not reversed_amount:
        named_out = any(v for v in amount) and all((v or 0) >= 0 for v in amount)
        if named_out and sum(v is not None for v in amount) > 1:
            cells = columns[roles["amount"][0]].filled
            marked = any(money.direction for cell in cells if (money := money_of(cell, mark)))
            if not marked:
                made.doubts.append("no amount is negative and nothing says which way money goes; read as money in")
    return "reversed" if reversed_amount else "as-is", "signed" if out_signed else "positive"


def _texts(roles: dict[str, tuple[int, ...]], columns: Sequence[_Column]) -> None:
    """The wordiest column as narrative, where no name gave a text."""
    if roles.get("narrative") or roles.get("counterparty"):
        return
    used = {column for found in roles.values() for column in found}
    lengths = {
        at: sum(c.isalpha() for cell in each.filled for c in cell) * each.distinct / each.count
        for at, each in enumerate(columns)
        if at not in used and each.filled and any(c.isalpha() for cell in each.filled for c in cell) and not each.mostly(each.dates)
    }
    if lengths:
        roles["narrative"] = (max(lengths, key=lambda at: lengths[at]),)


def _currency_of_header(roles: Mapping[str, tuple[int, ...]], header: Sequence[str]) -> str:
    """The code in `Betrag (EUR)` or `Amount USD`, when no column gives the currency."""
    if roles.get("currency"):
        return ""
    for role in _MONEY_ROLES:
        for at in roles.get(role, ()):
            name = header[at] if at < len(header) else ""
            for word in "".join(c if c.isalpha() else " " for c in name).split():
                if word.isupper() and len(word) == 3 and word in ISO_4217_EXPONENTS:
                    return word
    return ""


def _attributes(header: Sequence[str], width: int, used: set[int]) -> tuple[tuple[int, str], ...]:
    names: dict[str, int] = {}
    kept = []
    for at in range(width):
        if at not in used:
            name = (header[at] if at < len(header) else "") or f"#{at + 1}"
            names[name] = names.get(name, 0) + 1
            kept.append((at, name if names[name] == 1 else f"{name} #{at + 1}"))
    return tuple(kept)


def _say(made: Guess, roles: Mapping[str, tuple[int, ...]], options: Mapping[str, str]) -> None:
    """The main guesses in one sentence, as far as they were not given."""
    profile = made.profile
    said = [f"date from {profile.name_of(roles['date'][0])} as {profile.date_form}"]
    for role in ("amount", "money_in", "money_out", "direction"):
        if roles.get(role):
            said.append(f"{role.replace('_', ' ')} from {profile.name_of(roles[role][0])}")
    said.append(f"decimal mark {profile.decimal_mark!r}")
    if profile.sign == "reversed":
        said.append("signs reversed")
    if not {"date", "date_form", "decimal_mark", "sign"} <= set(options):
        made.notes[:0] = said
