"""A mapping for a folder of another system's tables, guessed and never settled in silence.

First which file is which table of the layout, then column by column by the words of headings,
checked by the cells. What two readings fit is left open with the line to write for each.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tieout.core.errors import InvalidInput
from tieout.formats.books.foreign import ForeignTable, foreign_tables
from tieout.formats.books.guessed import BooksGuess, Gap, Sureness, TableGuess
from tieout.formats.books.guessing_amounts import check_signs, take_amounts
from tieout.formats.books.guessing_columns import best_fit, named_columns, sources_of
from tieout.formats.books.guessing_values import guess_dates, guess_decimal_mark, guess_words
from tieout.formats.books.headings import (
    AMOUNT,
    CREDIT,
    DEBIT,
    FILE_WORDS,
    HEAD_WORDS,
    HEADINGS,
    LEDGERS,
    MARK,
    NEEDED,
    PEOPLE,
    REQUIRED,
)
from tieout.formats.books.mapping import AMOUNTS, read_mapping
from tieout.formats.books.reader import MAPPED
from tieout.formats.books.value_words import USUAL_TYPE, VALUES
from tieout.formats.common.words import plain

Given = Mapping[str, Any]
"""What a person's mapping file says of one table."""
_OWN_AMOUNTS = {"base_amount", "doc_amount", "debit", "credit", AMOUNT, DEBIT, CREDIT, MARK}
_MARGIN = 3
"""By how many points a file must fit a table better than another to be taken for it."""


def guess_mapping(folder: Path, mapping: Path | None = None) -> BooksGuess:
    """Propose how the tables of a folder become the layout's.

    Args:
        folder: A folder of tables as text of any delimiter and charset, such text packed by gzip,
            and workbooks.
        mapping: A mapping file that is already in part right: what it says stands.

    Raises:
        InvalidInput: There is no such folder, or the mapping file is not understood.
    """
    if not folder.is_dir():
        raise InvalidInput("file.not-found", str(folder), "an existing folder")
    given: dict[str, Given] = {}
    if mapping is not None:
        read_mapping(mapping, MAPPED)
        given = tomllib.loads(mapping.read_text(encoding="utf-8-sig"))
    tables, unused = foreign_tables(folder, given.values())
    chosen, gaps, passed = _files(tables, given)
    gaps += _misnamed(given, tables)
    made = {name: _guess(table, name, given.get(name, {})) for name, table in chosen.items()}
    _controls(made, chosen)
    for name in HEADINGS:
        gaps += made[name].gaps if name in made else ()
    return BooksGuess(
        str(folder),
        tuple(made[name] for name in HEADINGS if name in made),
        (*gaps, *_absent(made, gaps)),
        (*unused, *passed),
    )


def _files(
    tables: Sequence[ForeignTable], given: Mapping[str, Given]
) -> tuple[dict[str, ForeignTable], list[Gap], list[tuple[str, str]]]:
    """The file of each table; what could be either; the files that are none, with the reason."""
    named = {_place(part): name for name, part in given.items() if part.get("file")}
    chosen = {named[table.place]: table for table in tables if table.place in named}
    gaps: list[Gap] = []
    passed: list[tuple[str, str]] = []
    rivals: dict[str, list[tuple[int, ForeignTable]]] = {}
    for table in (table for table in tables if table.place not in named):
        points = {name: _points(table, name) for name in HEADINGS}
        best = max(points, key=lambda name: points[name])
        if points[best] <= 0:
            passed.append((table.called, "its headings are those of no table of the layout"))
            continue
        sides = _sides(table) if best in LEDGERS else {best}
        if len(sides) > 1:
            gaps.append(_either(table, sorted(sides, reverse=True)))
            continue
        rivals.setdefault(sides.pop(), []).append((points[best], table))
    for name, found in rivals.items():
        found.sort(key=lambda each: -each[0])
        if name in chosen:
            passed += [(table.called, f"{name} is {chosen[name].called}") for _, table in found]
        elif len(found) > 1 and found[0][0] - found[1][0] < _MARGIN:
            gaps.append(_several(name, [table for _, table in found]))
        else:
            chosen[name] = found[0][1]
            best_called = found[0][1].called
            passed += [(t.called, f"{best_called} fits {name} better") for _, t in found[1:]]
    return chosen, gaps, passed


def _misnamed(given: Mapping[str, Given], tables: Sequence[ForeignTable]) -> list[Gap]:
    """Files and columns that a person has named and that are not there."""
    by_place = {table.place: table for table in tables}
    gaps = []
    for name, part in given.items():
        place = _place(part)
        if not place[0]:
            continue
        table = by_place.get(place)
        if table is None:
            line = f'file = "…"  # one of {", ".join(each.called for each in tables)}'
            found = f"you named {' '.join(filter(None, place))}, and no table is called so"
            gaps.append(Gap(name, "file", found, (line,)))
            continue
        heads = {each.casefold() for each in table.columns}
        for column, said in part.get("columns", {}).items():
            if said.strip().casefold() not in heads:
                found = (
                    f"you named {said!r}, and {table.called} has no such heading, or has it twice"
                )
                gaps.append(Gap(name, column, found, (f'columns.{column} = "…"',)))
    return gaps


def _place(part: Given) -> tuple[str, str]:
    return str(part.get("file", "")), str(part.get("sheet", ""))


def _points(table: ForeignTable, name: str) -> int:
    """How well a file fits a table of the layout; none where it lacks what makes the table."""
    found = named_columns(table, name).keys()
    needed, count = best_fit(table, name)
    makes = {
        "nominal": "account" in found and bool(found & {"debit", AMOUNT}),
        "accounts": "account" in found and bool(found & {"name", "kind"}),
        "periods": {"start", "end"} <= found,
        "parties": {"party", "name"} <= found,
    }
    whole = len(NEEDED[name])
    hint = 6 * bool(re.search(FILE_WORDS[name], _called(table)))
    enough = 2 if hint or "party" in found else 3
    is_one = needed >= enough if name in LEDGERS else needed == whole
    if not makes.get(name, is_one):
        return 0
    own = 20 * (table.file.casefold() == f"{name}.csv")
    return max(4 * needed - 3 * (whole - needed) + count + hint + own, 1)


def _called(table: ForeignTable) -> str:
    """The name of a file and of its sheet as words."""
    return plain(f"{table.file.partition('.')[0]} {table.sheet}")


def _sides(table: ForeignTable) -> set[str]:
    """Which ledger, by the name of the file, its ledger column, its headings; all that it could be.

    Stock, assets, depreciation and cash are only taken for such where a word says it, and nothing
    else is said.
    """
    said: list[set[str]] = []
    said.append({name for name in LEDGERS if re.search(FILE_WORDS[name], _called(table))})
    found = named_columns(table, "sales_ledger")
    if "ledger" in found:
        others = VALUES["parties", "ledger"][1]
        cells = {others.get(plain(cell), cell) for cell in table.filled(found["ledger"][0])}
        said.append({name for name, ledger in LEDGERS.items() if ledger in cells})
    heads = " ".join(plain(heading) for heading in table.headings)
    words = {name: FILE_WORDS[name] for name in PEOPLE} | HEAD_WORDS
    said.append({name for name, pattern in words.items() if re.search(pattern, heads)})
    for each in said:
        if "depreciation" in each:  # of assets, as it always is
            each.discard("fixed_assets")
    plainly = next((each for each in said if len(each) == 1), set[str]())
    return plainly or set(PEOPLE).union(*said)


def _either(table: ForeignTable, names: Sequence[str]) -> Gap:
    found = f"{table.called} is a ledger of documents; nothing says of customers or of suppliers"
    if set(names) - set(PEOPLE):
        found = f"{table.called} is a ledger, and its words fit {', '.join(sorted(names))}"
    write = tuple(_part(name, table) for name in names)
    return Gap("", "file", found, write, tuple(f"it is {name}" for name in names))


def _several(name: str, tables: Sequence[ForeignTable]) -> Gap:
    called = [table.called for table in tables]
    found = f"{', '.join(called)} fit {name} alike, and one file can be it"
    write = tuple(_part(name, table) for table in tables)
    return Gap("", "file", found, write, tuple(f"{name} is {each}" for each in called))


def _part(name: str, table: ForeignTable) -> str:
    """The lines of a mapping file that say which table it is."""
    said = {"file": table.file} | ({"sheet": table.sheet} if table.sheet else {})
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in said.items())
    return "\n".join((f"[{name}]", *lines))


def _guess(table: ForeignTable, name: str, given: Given) -> TableGuess:
    """One table from its file."""
    made = TableGuess(name, table.file, table.delimiter, table.sheet, table.heading_line)
    if table.heading_line > 1:
        above = f"the lines above it name no columns, it names {len(table.columns)}"
        sure = Sureness.GIVEN if "heading_line" in given else Sureness.LIKELY
        made.say("heading_line", str(table.heading_line), sure, above)
    made.decimal_mark = given.get("decimal_mark", ".")
    made.date_format = given.get("date_format", "")
    made.negate = set(given.get("negate", ()))
    made.is_sign_given = "negate" in given
    made.constants = dict(given.get("constants", {}))
    made.values = {column: dict(words) for column, words in given.get("values", {}).items()}
    sources, notes = sources_of(table, name, given.get("columns", {}))
    order = {column: at for at, column in enumerate(HEADINGS[name])}
    for column, source in sorted(sources.items(), key=lambda each: order.get(each[0], -1)):
        if column not in _OWN_AMOUNTS and column not in made.constants:
            made.columns[column] = source.heading
            made.say(column, repr(source.heading), source.sureness, source.reason)
    for column, said in made.constants.items():
        made.say(column, repr(said), Sureness.GIVEN, "you said so for every row")
    for note in notes:
        made.say("passed over", "nothing", Sureness.CERTAIN, note)
    money = [sources[each].heading for each in sources if each in AMOUNTS | _OWN_AMOUNTS - {MARK}]
    guess_decimal_mark(made, table, money, is_given="decimal_mark" in given)
    made.less = dict(given.get("less", {}))
    made.negate_where = {
        column: {heading: list(words) for heading, words in marks.items()}
        for column, marks in given.get("negate_where", {}).items()
    }
    take_amounts(made, table, sources)
    guess_dates(made, table)
    guess_words(made, table)
    check_signs(made, table, is_given="negate" in given or "negate_where" in given)
    found = made.columns.keys() | made.constants.keys()
    made.not_found = tuple(
        column
        for column in HEADINGS[name]
        if column not in found and column not in NEEDED[name] and not column.startswith("_")
    )
    return made


def _controls(made: Mapping[str, TableGuess], tables: Mapping[str, ForeignTable]) -> None:
    """Control accounts: what ledgers name as such are those, and the other way round."""
    accounts = made.get("accounts")
    if accounts and "account" in accounts.columns and "kind" not in _has(accounts):
        kinds: dict[str, str] = {}
        for name, ledger in LEDGERS.items():
            if name in made and "control_account" in made[name].columns:
                heading = made[name].columns["control_account"]
                named = tables[name].filled(heading)
                kinds |= dict.fromkeys(named, f"control_{ledger}")
        if kinds:
            accounts.columns["kind"] = accounts.columns["account"]
            accounts.values["kind"] = {**kinds, "*": "other"}
            reason = "the ledgers name them in their documents; one may be for retentions"
            accounts.say("kind", f"by account: {', '.join(kinds)}", Sureness.GUESS, reason)
    for name, ledger in LEDGERS.items():
        if name in made and accounts and "control_account" not in _has(made[name]):
            _one_control(made[name], accounts, tables["accounts"], f"control_{ledger}")
    for each in made.values():
        missing = [column for column in NEEDED[each.name] if column not in _has(each)]
        for column in missing:
            if column not in {gap.what for gap in each.gaps}:
                _lack(each, column)


def _one_control(ledger: TableGuess, accounts: TableGuess, table: ForeignTable, kind: str) -> None:
    """The one account of a kind, for a ledger that names none."""
    if not {"account", "kind"} <= accounts.columns.keys():
        return
    words = accounts.values.get("kind", {})
    pairs = zip(
        table.columns[accounts.columns["account"]],
        table.columns[accounts.columns["kind"]],
        strict=True,
    )
    named = {account for account, said in pairs if words.get(said, said) == kind}
    if len(named) == 1:
        ledger.constants["control_account"] = (one := named.pop())
        reason = f"{accounts.file} has one account that is {kind}"
        ledger.say("control_account", repr(one), Sureness.LIKELY, reason)


def _has(made: TableGuess) -> set[str]:
    return made.columns.keys() | made.constants.keys()


_WRITE = {
    "kind": 'values.kind."ACCOUNT" = "control_AR"  # columns.kind = the column of accounts, '
    'and values.kind."*" = "other"',
    "type": 'constants.type = "invoice"',
    "control_account": 'constants.control_account = "…"',
    "ledger": 'constants.ledger = "AR"',
}


def _lack(made: TableGuess, column: str) -> None:
    others = 'columns.{0} = "…"  # a heading of {1}; export the column if there is none'
    line = _WRITE.get(column, others.format(column, made.file))
    if column == "type" and made.name in USUAL_TYPE:
        line = f'constants.type = "{USUAL_TYPE[made.name]}"'
    made.lack(column, f"no column of {made.file} is named or filled like one", (line,))


_ABSENT = {
    "nominal": "nominal.csv: the postings, with account, period, debit and credit",
    "accounts": "accounts.csv with the columns account, kind: control_AR, control_AP, other …",
    "periods": "periods.csv with the columns period, start, end, status: one row a period",
}


def _absent(made: Mapping[str, TableGuess], gaps: Sequence[Gap]) -> list[Gap]:
    """The tables that are needed and that no file gives."""
    open_files = " ".join(line for gap in gaps if not gap.table for line in gap.write)
    found = "no file of the folder looks like it"
    lacking = [
        Gap(name, "file", found, (f"# add {_ABSENT[name]}",))
        for name in REQUIRED
        if name not in made and f"[{name}]" not in open_files
    ]
    is_open = any(f"[{name}]" in open_files for name in LEDGERS)
    if not LEDGERS.keys() & made.keys() and not is_open:
        said = "# add sales_ledger.csv or purchase_ledger.csv: the documents, one row each"
        lacking.append(Gap("sales_ledger", "file", found, (said,)))
    return lacking
