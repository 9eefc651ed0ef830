"""Guess a table's profile: where its header is, what each column means, which way signs go.

Names come first, contents decide what names leave open, and a running balance overrules both.
Every guess that could as well be another way is said.
"""

from collections.abc import Mapping, Sequence

from tieout.core.errors import InvalidInput
from tieout.core.money import ISO_4217_EXPONENTS
from tieout.formats.common import evidence
from tieout.formats.common.cells import (
    direction_of,
    looks_like_amount,
    looks_like_date,
)
from tieout.formats.common.guess_money import mark_of, money_by_content, signs
from tieout.formats.common.parsed import Row
from tieout.formats.common.profile import ROLES, SEVERAL, TableProfile, checked, columns_named
from tieout.formats.common.sample import MONEY_ROLES, Column, Guess
from tieout.formats.common.words import ID_WORDS, NOT_THE_AMOUNT, named, plain

SAMPLE_ROWS = 400
HEADER_WITHIN = 80
"""A header stands in the first rows; preambles are shorter than this."""


def guess(rows: Sequence[Row], given: Mapping[str, str], base: TableProfile) -> Guess:
    """The profile of a table from its first (and, of a large one, scattered) rows."""
    options = checked(given)
    at = _header_at(rows, options)
    header = tuple(" ".join(cell.split()) for cell in rows[at].cells) if at >= 0 else ()
    body = [row for row in rows[at + 1 :] if sum(bool(cell.strip()) for cell in row.cells) > 1]
    sample = body[:SAMPLE_ROWS]
    width = max([len(header), *(_usual_width(sample),)])
    columns = [
        Column([row.cells[at] if at < len(row.cells) else "" for row in sample])
        for at in range(width)
    ]
    made = Guess(base, at + 1)
    roles = _given_roles(options, header)
    _by_name(roles, header, columns)
    _by_content(roles, header, columns, made)
    mark = mark_of(options, roles, columns, base.delimiter, made)
    money_by_content(roles, header, columns, mark, made)
    form = _date_form(options, roles, columns, header, made)
    roles = {role: found for role, found in roles.items() if found}
    _demand(roles, header, rows, base)
    sign, out_sign = signs(options, roles, columns, mark, made)
    if options.get("money_out_sign"):
        out_sign = options["money_out_sign"]
    _texts(roles, header, columns)
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
    data = sum(looks_like_date(cell) or looks_like_amount(cell) for cell in filled)
    if 2 * data > len(filled):
        return 0
    found: set[str] = set()
    hits = 0
    for cell in filled:
        roles = {role for role in ROLES if named(role, cell) >= 60}
        hits += bool(roles)
        found |= roles or {role for role in ROLES if named(role, cell) >= 30}
    if not found & {"date", "value_date"} and not found & set(MONEY_ROLES):
        return 0
    both = bool(found & {"date", "value_date"}) and bool(found & set(MONEY_ROLES))
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
    roles: dict[str, tuple[int, ...]], header: Sequence[str], columns: Sequence[Column]
) -> None:
    """Give each column the role its header names best, as far as its cells allow it."""
    used = {column for role, found in roles.items() if role not in SEVERAL for column in found}
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


def _claim(role: str, name: str, column: Column) -> int:  # noqa: C901  one case a role
    """How strongly a column claims a role; 0 where its cells speak against it."""
    score = named(role, name)
    if not score:
        return 0
    words = set(plain(name.replace("(", " ").replace(")", " ")).split())
    if role in {*MONEY_ROLES, "currency"} and words & NOT_THE_AMOUNT:
        return 0
    match role:
        case "date" | "value_date":
            fits = column.mostly(column.dates) or bool(column.bare_dates())
        case "amount":
            fits = column.mostly(column.amounts, 0.3 if score >= 60 else 0.5)
            fits = fits and (column.count > 0 or not column.cells)
            score -= 45 * (column.count < 0.7 * len(column.cells))
        case "money_in" | "money_out" | "balance":
            fits = column.mostly(column.amounts)
        case "direction":
            told = [way for cell in column.filled if (way := direction_of(cell))]
            ways = set(told)
            fits, score = (
                bool(told) and len(told) >= 0.9 * column.count,
                score + 60 * (ways == {"in", "out"}),
            )
        case "currency":
            fits = all(
                len(cell.strip()) <= 5 and not looks_like_amount(cell) for cell in column.filled
            )
        case "counterparty" | "narrative" | "kind" | "status":
            fits = not column.filled or not (
                column.mostly(column.telling) or column.mostly(column.dates)
            )
            fits = fits and (score >= 60 or role in {"narrative", "counterparty"})
        case "id":
            repeated = column.count - column.distinct
            fits = repeated <= max(1, 0.1 * column.count) and score >= 40
        case "account":
            fits = (
                score >= 60 and not column.mostly(column.dates + column.telling, 0.9)
            ) or not column.filled
        case _:
            fits = True
    return max(score, 20) if fits else 0


def _by_content(
    roles: dict[str, tuple[int, ...]],
    header: Sequence[str],
    columns: Sequence[Column],
    made: Guess,
) -> None:
    """A date column and a direction column by their cells, where no name gave one."""
    used = {column for found in roles.values() for column in found}
    if "date" not in roles and roles.get("value_date"):
        roles["date"] = roles.pop("value_date")
    if "date" not in roles:
        dated = [
            at
            for at, each in enumerate(columns)
            if each.filled and each.mostly(each.dates, 0.6) and at not in used
        ]
        bare = [
            at
            for at, each in enumerate(columns)
            if at not in used and each.bare_dates() == "yyyymmdd" and not header
        ]
        if dated or bare:
            roles["date"] = ((dated or bare)[0],)
            if len(dated) > 1 and "value_date" not in roles and not header:
                roles["value_date"] = (dated[1],)
    if "direction" not in roles:
        for at, each in enumerate(columns):
            known = [way for cell in each.filled if (way := direction_of(cell))]
            free = at not in used or roles.get("kind") == (at,)
            if (
                free
                and each.count >= max(2, 0.9 * len(each.cells))
                and len(known) >= 0.9 * each.count
                and (set(known) == {"in", "out"} or not header)
            ):
                roles["direction"] = (at,)
                if roles.get("kind") == (at,):
                    del roles["kind"]
                made.notes.append(f"column #{at + 1} says the direction")
                break


def _date_form(
    options: Mapping[str, str],
    roles: Mapping[str, tuple[int, ...]],
    columns: Sequence[Column],
    header: Sequence[str],
    made: Guess,
) -> str:
    if "date_form" in options:
        return options["date_form"]
    main = roles.get("date", ())
    if not main or main[0] >= len(columns):
        return "y-m-d"
    column = columns[main[0]]
    if column.dates == 0 and (form := column.bare_dates()):
        return form
    others = [
        at
        for at, each in enumerate(columns)
        if at != main[0] and each.filled and each.mostly(each.dates, 0.9)
    ]
    money = [
        cell
        for role in MONEY_ROLES
        for at in roles.get(role, ())
        if at < len(columns)
        for cell in columns[at].filled
    ]
    currencies = {
        cell.strip().upper() for at in roles.get("currency", ()) for cell in columns[at].filled
    }
    american = any(cell.lstrip("(-+ ").startswith("$") for cell in money) or currencies == {"USD"}
    american = american or any(plain(name).startswith(("check ", "checknumber")) for name in header)
    form, doubt = evidence.date_form(
        [column.filled, *(columns[at].filled for at in others)], american
    )
    made.doubts += [doubt] if doubt else []
    return form


def _demand(
    roles: Mapping[str, tuple[int, ...]],
    header: Sequence[str],
    rows: Sequence[Row],
    base: TableProfile,
) -> None:
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
    raise InvalidInput(
        "table.column-missing",
        found,
        f"a column for {' and for '.join(missing)}",
        base.sheet and f"sheet {base.sheet}",
    )


def _texts(
    roles: dict[str, tuple[int, ...]], header: Sequence[str], columns: Sequence[Column]
) -> None:
    """The wordiest column as narrative, where no name gave a text; an id is none."""
    if roles.get("narrative") or roles.get("counterparty"):
        return
    used = {column for found in roles.values() for column in found}
    used |= {at for at, name in enumerate(header) if ID_WORDS & set(plain(name).split())}
    lengths = {
        at: sum(c.isalpha() for cell in each.filled for c in cell) * each.distinct / each.count
        for at, each in enumerate(columns)
        if at not in used
        and each.filled
        and any(c.isalpha() for cell in each.filled for c in cell)
        and not each.mostly(each.dates)
    }
    if lengths:
        roles["narrative"] = (max(lengths, key=lambda at: lengths[at]),)


def _currency_of_header(roles: Mapping[str, tuple[int, ...]], header: Sequence[str]) -> str:
    """The code in `Betrag (EUR)` or `Amount USD`, when no column gives the currency."""
    if roles.get("currency"):
        return ""
    for role in MONEY_ROLES:
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
    said += [
        f"{role.replace('_', ' ')} from {profile.name_of(roles[role][0])}"
        for role in ("amount", "money_in", "money_out", "direction")
        if roles.get(role)
    ]
    said.append(f"decimal mark {profile.decimal_mark!r}")
    if profile.sign == "reversed":
        said.append("signs reversed")
    if not {"date", "date_form", "decimal_mark", "sign"} <= set(options):
        made.notes[:0] = said
