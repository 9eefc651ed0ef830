"""Which column of a file is which of the layout: by its heading, checked by its cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from tieout.core.money import parse_decimal
from tieout.formats.books.foreign import ForeignTable, forms_of
from tieout.formats.books.guessed import Sureness
from tieout.formats.books.headings import AMOUNT, CREDIT, DEBIT, HEADINGS, LEDGERS, NEEDED
from tieout.formats.books.mapping import AMOUNTS, DATES
from tieout.formats.books.value_words import VALUES
from tieout.formats.common.words import plain

DATE_FORMS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%d-%b-%Y", "%d %b %Y", "%d%m%Y"),
    *("%m.%d.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"),
)
"""Forms of dates beside ISO's, as `strptime` has them."""
ENOUGH = 0.9
"""The share of cells that must be what a column is said to hold; each other is named on reading."""
_DISTINCT_MAX = 40


@dataclass(frozen=True)
class Source:
    """A column of the file that stands for one of the layout."""

    heading: str
    sureness: Sureness
    reason: str


@lru_cache(maxsize=100_000)
def day_of(cell: str, form: str) -> date | None:
    """The day that a cell names under a form; a blank form is ISO's, with or without a time."""
    try:
        return (
            datetime.strptime(cell, form).date()  # noqa: DTZ007  a day
            if form
            else date.fromisoformat(cell[:10])
        )
    except ValueError:
        return None


def share(cells: Sequence[str], holds: Callable[[str], object]) -> float:
    """The share of cells for which something holds; all of none."""
    return sum(map(bool, map(holds, cells))) / len(cells) if cells else 1.0


def best_fit(table: ForeignTable, name: str) -> tuple[int, int]:
    """How many needed columns of the layout the headings name, and how many columns in all."""
    found = set(named_columns(table, name))
    met = found | ({"txn_id"} if "reference" in found else set())
    if AMOUNT in found or "doc_amount" in found or {DEBIT, CREDIT} <= found:
        met |= {"base_amount"}
    if AMOUNT in found:
        met |= {"debit", "credit"}
    return len(met & set(NEEDED[name])), len(found)


def named_columns(table: ForeignTable, name: str) -> dict[str, tuple[str, int]]:
    """Column of the layout to the heading that names it best and its rank; 0 is the own name."""
    ranks: list[tuple[int, int, str, str]] = []
    for at, heading in enumerate(table.columns):
        forms = forms_of(heading)
        for column, phrases in HEADINGS[name].items():
            for later, form in enumerate(forms):
                if form in phrases:
                    own = heading.casefold() == column
                    rank = 0 if own else 1 + phrases.index(form) + 1000 * later
                    ranks.append((rank, at, column, heading))
                    break
    made: dict[str, tuple[str, int]] = {}
    used: set[str] = set()
    for rank, _, column, heading in sorted(ranks):
        if column not in made and heading not in used and _could_be(table, name, column, heading):
            made[column] = (heading, rank)
            used.add(heading)
    return made


def sources_of(
    table: ForeignTable, name: str, given: Mapping[str, str]
) -> tuple[dict[str, Source], list[str]]:
    """The column of the file for each of the layout that it has; and what was passed over.

    Args:
        table: The file.
        name: The table of the layout.
        given: Columns that a person has named already.
    """
    headings = {heading.casefold(): heading for heading in table.columns}
    made = {
        column: Source(headings[said.strip().casefold()], Sureness.GIVEN, "you named it")
        for column, said in given.items()
        if said.strip().casefold() in headings
    }
    taken = {source.heading for source in made.values()}
    for column, (heading, rank) in named_columns(table, name).items():
        if column in made or heading in taken:
            continue
        reason, sure = _borne_out(table, column, heading, rank)
        made[column] = Source(heading, sure, reason)
        taken.add(heading)
    if name in LEDGERS and "txn_id" not in made and "reference" in made:
        made |= _reference_as_id(table, taken - {made["reference"].heading})
    passed = [f"{heading!r} stands twice among the headings" for heading in table.repeated]
    for column in NEEDED[name]:
        if column not in made and (found := _partial(table, name, column, taken)):
            made[column] = Source(found, Sureness.GUESS, f"{found!r} contains a word for it")
            taken.add(found)
    return made, passed


def _reference_as_id(table: ForeignTable, taken: set[str]) -> dict[str, Source]:
    """A number of invoices or a reference that no two rows share, where nothing else is an id."""
    phrases = HEADINGS["sales_ledger"]["reference"]
    alone = [
        (max(phrases.index(form) for form in forms_of(heading) if form in phrases), heading)
        for heading in table.columns
        if heading not in taken and set(forms_of(heading)) & set(phrases)
        if len(set(table.filled(heading))) == len(table.rows)
    ]
    if not alone:
        return {}
    _, heading = max(alone)
    said = f"no other column identifies a row, and no cell of {heading!r} stands twice"
    return {"txn_id": Source(heading, Sureness.GUESS, said)}


def _partial(table: ForeignTable, name: str, column: str, taken: set[str]) -> str:
    """A heading that only contains a phrase for a needed column, where its cells could be it."""
    for phrase in (each for each in HEADINGS[name][column] if len(each) > 7):
        for heading in table.columns:
            is_named = any(f" {phrase} " in f" {form} " for form in forms_of(heading))
            if is_named and heading not in taken and _could_be(table, name, column, heading):
                return heading
    return ""


def _could_be(table: ForeignTable, name: str, column: str, heading: str) -> bool:
    """Whether the cells do not speak against a column."""
    cells = table.filled(heading)
    if not cells:
        return column not in NEEDED[name]
    if column in DATES:
        return share(cells, _is_any_date) >= ENOUGH
    if column in AMOUNTS or column in {AMOUNT, DEBIT, CREDIT}:
        return share(cells, lambda cell: is_amount(cell, ".") or is_amount(cell, ",")) >= ENOUGH
    if (name, column) in VALUES:
        words, others = VALUES[name, column]
        known = share(cells, lambda cell: cell in words or plain(cell) in others)
        return known > 0.2 or (len(set(cells)) <= _DISTINCT_MAX and _is_words(cells))
    if column in {"txn_id", "nominal_id"}:
        return len(set(cells)) >= ENOUGH * len(table.rows)
    return True


def _is_words(cells: Sequence[str]) -> bool:
    return share(cells, lambda cell: any(c.isalpha() for c in cell)) >= ENOUGH


def _borne_out(table: ForeignTable, column: str, heading: str, rank: int) -> tuple[str, Sureness]:
    """Why a heading is that column, and how sure it is once the cells are looked at."""
    cells = table.filled(heading)
    named = "named as in the layout" if rank == 0 else f"{heading!r} is a word for it"
    if not cells:
        return f"{named}; it is blank in every row", Sureness.LIKELY
    if column in DATES:
        good = share(cells, _is_any_date)
        return f"{named}, and {_all_or(good)} of its cells are dates", _sure(good)
    if column in AMOUNTS:
        good = share(cells, lambda cell: is_amount(cell, ".") or is_amount(cell, ","))
        return f"{named}, and {_all_or(good)} of its cells are amounts", _sure(good)
    if column in {"txn_id", "nominal_id"}:
        distinct = len(set(cells))
        if distinct == len(table.rows):
            return f"{named}, and no cell of it stands twice", Sureness.CERTAIN
        odd = len(table.rows) - distinct
        said = f"{named}, but {odd} of {len(table.rows)} rows repeat one or are blank"
        return said, Sureness.LIKELY
    return named, Sureness.CERTAIN if rank == 0 else Sureness.LIKELY


def _all_or(good: float) -> str:
    return "all" if good == 1 else f"{100 * good:.0f} %"


def _sure(good: float) -> Sureness:
    return Sureness.CERTAIN if good == 1 else Sureness.LIKELY


def is_amount(cell: str, mark: str) -> bool:
    """Whether a cell is an amount with that decimal mark."""
    return parse_decimal(cell, "," if mark == "," else ".") is not None


def _is_any_date(cell: str) -> bool:
    return any(day_of(cell, form) for form in ("", *DATE_FORMS))
