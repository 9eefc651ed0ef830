"""Dates, decimal marks and words of a file: what all its cells agree with, or both readings."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from tieout.core.money import parse_decimal
from tieout.formats.books.foreign import ForeignTable
from tieout.formats.books.guessed import Sureness, TableGuess
from tieout.formats.books.guessing_columns import DATE_FORMS, ENOUGH, day_of, share
from tieout.formats.books.mapping import DATES
from tieout.formats.books.value_words import VALUES
from tieout.formats.common.parsed import Exact
from tieout.formats.common.words import plain

_SHOWN = 12


def guess_dates(made: TableGuess, table: ForeignTable) -> None:
    """The one form under which the date columns are dates; two that differ are refused."""
    columns = [source for column, source in made.columns.items() if column in DATES]
    cells = list(dict.fromkeys(cell for source in columns for cell in table.filled(source)))
    if table.is_workbook:  # its dates are ISO's already; what is left are texts
        cells = [cell for cell in cells if day_of(cell, "") is None] or cells
    if made.date_format or not cells:
        return
    forms = [(form, share(cells, partial(day_of, form=form))) for form in ("", *DATE_FORMS)]
    best = max(good for _, good in forms)
    if best < ENOUGH:
        odd = next(cell for cell in cells if not any(day_of(cell, form) for form, _ in forms))
        made.lack(
            "date_format",
            f"{odd!r} and others in {', '.join(map(repr, columns))} are dates in no known form",
            ('date_format = "%d.%m.%Y"  # as it is',),
        )
        return
    fit = [form for form, good in forms if good == best]
    readings: dict[tuple[date | None, ...], str] = {}
    for form in fit:
        readings.setdefault(tuple(day_of(cell, form) for cell in cells), form)
    if len(readings) > 1:
        _refuse_dates(made, cells, tuple(readings.values()))
        return
    made.date_format = fit[0]
    if fit[0]:
        sure = Sureness.CERTAIN if best == 1 else Sureness.LIKELY
        how_many = "every date" if best == 1 else f"{100 * best:.0f} % of the dates"
        made.say("date_format", fit[0], sure, f"{how_many} of the file is one only so")


def _refuse_dates(made: TableGuess, cells: Sequence[str], forms: tuple[str, ...]) -> None:
    telling = max(cells, key=lambda cell: len({day_of(cell, form) for form in forms}))
    made.lack(
        "date_format",
        "day and month could be either way round in every date of the file",
        tuple(f'date_format = "{form}"' for form in forms),
        tuple(f"{telling} is {day_of(telling, form)}" for form in forms),
    )


def guess_decimal_mark(
    made: TableGuess, table: ForeignTable, headings: Sequence[str], *, is_given: bool
) -> None:
    """The mark under which the amounts are amounts; where both give other amounts, neither."""
    filled = (cell for heading in headings for cell in table.filled(heading))
    cells = list(dict.fromkeys(cell for cell in filled if not isinstance(cell, Exact)))
    if is_given or not cells:
        return
    points = [parse_decimal(cell, ".") for cell in cells]
    commas = [parse_decimal(cell, ",") for cell in cells]
    good = {".": len(cells) - points.count(None), ",": len(cells) - commas.count(None)}
    if good["."] == good[","]:
        if points == commas:
            return
        at = next(at for at, (a, b) in enumerate(zip(points, commas, strict=True)) if a != b)
        if good["."] < ENOUGH * len(cells):
            made.lack(
                "decimal_mark",
                f"{cells[at]!r} is no amount with the decimal mark of the others",
                ('decimal_mark = ","  # or "."; one mark in all amounts of the file',),
            )
            return
        made.lack(
            "decimal_mark",
            "the mark in the amounts could part thousands or decimals",
            ('decimal_mark = "."', 'decimal_mark = ","'),
            tuple(
                f"{cells[at]} with the decimal mark {mark!r} is {said}"
                for mark, said in ((".", _said(cells[at], ".")), (",", _said(cells[at], ",")))
            ),
        )
        return
    mark = "." if good["."] > good[","] else ","
    made.decimal_mark = mark
    if mark == ",":
        sure = Sureness.CERTAIN if good[mark] == len(cells) else Sureness.LIKELY
        reason = f"{good[mark]:,} of {len(cells):,} amounts are amounts so, {good['.']:,} otherwise"
        made.say("decimal_mark", mark, sure, reason)


def _said(cell: str, mark: str) -> str:
    found = parse_decimal(cell, "," if mark == "," else ".")
    if found is None:
        return "no amount"
    whole = str(abs(found.digits)).rjust(found.exponent + 1, "0")
    at = len(whole) - found.exponent
    return (
        f"{'-' if found.digits < 0 else ''}{whole[:at]}{'.' if found.exponent else ''}{whole[at:]}"
    )


def guess_words(made: TableGuess, table: ForeignTable) -> None:
    """Words of the file for those of the layout; unknown ones are listed to be written."""
    if "period" in made.columns:
        _check_periods(made, table, made.columns["period"])
    for column, source in made.columns.items():
        known = VALUES.get((made.name, column))
        if known is None or "*" in made.values.get(column, {}):
            continue
        words, others = known
        given = made.values.get(column, {})
        found = [cell for cell in dict.fromkeys(table.filled(source)) if cell not in given]
        turned = {cell: others[plain(cell)] for cell in found if _is_other(cell, words, others)}
        unknown = [cell for cell in found if cell not in words and cell not in turned]
        if turned:
            made.values[column] = {**given, **turned}
            said = ", ".join(f"{word} is {name}" for word, name in list(turned.items())[:_SHOWN])
            made.say(f"values.{column}", said, Sureness.LIKELY, "the usual words for them")
        if unknown:
            more = f" and {len(unknown) - _SHOWN:,} more" if len(unknown) > _SHOWN else ""
            said = ", ".join(map(repr, unknown[:_SHOWN]))
            made.lack(
                f"values.{column}",
                f"{source!r} says {said}{more}; the layout knows {', '.join(sorted(words))}",
                tuple(f'values.{column}."{_escaped(word)}" = "…"' for word in unknown[:_SHOWN]),
            )


def _check_periods(made: TableGuess, table: ForeignTable, source: str) -> None:
    """A period is a whole number; another word for one is to be translated."""
    given = made.values.get("period", {})
    said = [cell for cell in dict.fromkeys(table.filled(source)) if cell not in given]
    odd = [cell for cell in said if not cell.removeprefix("-").isdecimal()]
    if odd:
        made.lack(
            "values.period",
            f"{source!r} says {', '.join(map(repr, odd[:_SHOWN]))}; a period is a whole number",
            tuple(f'values.period."{_escaped(word)}" = "…"' for word in odd[:_SHOWN]),
        )


def _is_other(cell: str, words: frozenset[str], others: dict[str, str]) -> bool:
    return cell not in words and plain(cell) in others


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
