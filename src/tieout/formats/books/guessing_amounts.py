"""Which way amounts go: split columns, marks of debit and credit, signs turned round."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from tieout.core.money import Decimals, parse_decimal
from tieout.formats.books.foreign import ForeignTable
from tieout.formats.books.guessed import Sureness, TableGuess
from tieout.formats.books.guessing_columns import ENOUGH, Source
from tieout.formats.books.headings import (
    AMOUNT,
    CREDIT,
    DEBIT,
    INCREASED_BY_DEBIT,
    LEDGERS,
    MARK,
)
from tieout.formats.books.value_words import (
    CALLED,
    DECREASES,
    INCREASES,
    KEEPING,
    SUMS,
    TURNING,
    WAYS,
)
from tieout.formats.common.words import plain


def take_amounts(made: TableGuess, table: ForeignTable, sources: Mapping[str, Source]) -> None:
    """Make base amount, or debit and credit, from the columns that there are."""
    if made.name == "nominal":
        _nominal(made, table, sources)
    elif made.name in LEDGERS:
        _ledger(made, table, sources)


def _take(made: TableGuess, column: str, source: Source, reason: str = "") -> None:
    made.columns[column] = source.heading
    made.say(column, repr(source.heading), source.sureness, reason or source.reason)


def _split(made: TableGuess, column: str, more: Source, less: Source, why: str) -> None:
    made.columns[column], made.less[column] = more.heading, less.heading
    chosen = f"{more.heading!r} less {less.heading!r}"
    made.say(column, chosen, min(more.sureness, less.sureness, key=_doubt), why)


def _doubt(sure: Sureness) -> int:
    return -list(Sureness).index(sure)


def _ledger(made: TableGuess, table: ForeignTable, sources: Mapping[str, Source]) -> None:
    is_one_currency = len(_currencies(table, sources)) <= 1
    _base_amount(made, sources, is_one_currency=is_one_currency)
    rest = sources.get(AMOUNT)
    base = made.columns.get("base_amount")
    if "doc_amount" in sources:
        _take(made, "doc_amount", sources["doc_amount"])
    elif rest and base and rest.heading != base:
        _take(made, "doc_amount", rest, "the amount beside that in the base currency")
    elif base and is_one_currency:
        made.columns["doc_amount"] = base
        if "base_amount" in made.less:
            made.less["doc_amount"] = made.less["base_amount"]
        made.say("doc_amount", "as base_amount", Sureness.LIKELY, "all is in one currency")
    if MARK in sources and not made.less and not made.negate_where:
        turning = TURNING if made.name in INCREASED_BY_DEBIT else KEEPING
        marks = _marks(made, table, sources[MARK], turning)
        for column in ("base_amount", "doc_amount") if marks else ():
            if column in made.columns:
                made.negate_where[column] = {sources[MARK].heading: marks}


def _base_amount(made: TableGuess, sources: Mapping[str, Source], *, is_one_currency: bool) -> None:
    """The amount in the base currency; one that may be in another is refused."""
    debit, credit = sources.get(DEBIT), sources.get(CREDIT)
    rest, own = sources.get(AMOUNT), sources.get("doc_amount")
    if "base_amount" in sources:
        _take(made, "base_amount", sources["base_amount"])
    elif debit and credit and made.name in INCREASED_BY_DEBIT:
        _split(made, "base_amount", debit, credit, f"one amount: a debit increases {_what(made)}")
    elif debit and credit:
        _split(made, "base_amount", credit, debit, f"one amount: a credit increases {_what(made)}")
    elif rest and own:
        _take(made, "base_amount", rest, "the amount beside that in the document's currency")
    elif (only := rest or own) and is_one_currency:
        _take(made, "base_amount", only, "the only amount, and one currency")
    elif rest:
        _refuse_currency(made, rest)


def _refuse_currency(made: TableGuess, rest: Source) -> None:
    made.lack(
        "base_amount",
        f"{rest.heading!r} is the only amount, and there are several currencies",
        (f'columns.base_amount = "{rest.heading}"', f'columns.doc_amount = "{rest.heading}"'),
        ("it is in the base currency", "it is in the document's currency, and the base is missing"),
    )


def _currencies(table: ForeignTable, sources: Mapping[str, Source]) -> set[str]:
    return set(table.filled(sources["currency"].heading)) if "currency" in sources else set()


def _marks(
    made: TableGuess, table: ForeignTable, mark: Source, turning: frozenset[str]
) -> list[str]:
    """The words of a column of marks that turn an amount; none, and a gap, where one is unknown."""
    said = list(dict.fromkeys(table.filled(mark.heading)))
    turned = "debit" if made.name == "nominal" else "base_amount"
    unknown = [word for word in said if plain(word) not in TURNING | KEEPING]
    if unknown or len({plain(word) in TURNING for word in said}) < len(said):
        made.lack(
            "negate_where",
            f"{mark.heading!r} says {', '.join(map(repr, said[:8]))}: debit or credit is not plain",
            (f'negate_where.{turned}."{mark.heading}" = ["…"]  # the words that turn it',),
        )
        return []
    made.say(MARK[1:], repr(mark.heading), mark.sureness, "says debit or credit in every row")
    return [word for word in said if plain(word) in turning]


def _nominal(made: TableGuess, table: ForeignTable, sources: Mapping[str, Source]) -> None:
    debit, credit = sources.get("debit"), sources.get("credit")
    amount = sources.get(AMOUNT)
    if (debit or "debit" in made.constants) and (credit or "credit" in made.constants):
        for column, source in (("debit", debit), ("credit", credit)):
            if source:
                _take(made, column, source)
    elif amount and MARK in sources:
        made.columns["debit"], made.constants["credit"] = amount.heading, "0"
        if not made.negate_where:
            marks = _marks(made, table, sources[MARK], TURNING)
            made.negate_where["debit"] = {sources[MARK].heading: marks}
        chosen = f"{amount.heading!r}, negative where {sources[MARK].heading!r} says credit"
        made.say("debit", chosen, amount.sureness, "one amount with a mark")
    elif amount:
        made.lack(
            "debit",
            f"{amount.heading!r} has its own sign, and nothing says what + is",
            (
                f'columns.debit = "{amount.heading}"\nconstants.credit = "0"',
                f'columns.credit = "{amount.heading}"\nconstants.debit = "0"',
            ),
            ("+ is a debit", "+ is a credit"),
        )
    if "doc_amount" in sources:
        _take(made, "doc_amount", sources["doc_amount"])
    elif debit and credit and len(_currencies(table, sources)) <= 1:
        _split(made, "doc_amount", debit, credit, "all is in one currency")


def check_signs(made: TableGuess, table: ForeignTable, *, is_given: bool) -> None:
    """Hold the signs against what the entries are, or against debit and credit."""
    if made.name == "nominal":
        _check_journals(made, table)
        if not is_given:
            _check_own(made, table, _values(made, table, "debit"), _values(made, table, "credit"))
    elif made.name in LEDGERS and "base_amount" in made.columns and not is_given:
        _check_ledger(made, table)


def _values(made: TableGuess, table: ForeignTable, column: str) -> list[int]:
    """A column's amounts to six decimals as they will be read; zero where there is none."""
    if column not in made.columns:
        return [0] * len(table.rows)
    mapping = made.mapping
    names = {made.columns[column], *filter(None, [made.less.get(column)])}
    names |= set(made.negate_where.get(column, ()))
    columns = {name: table.columns[name] for name in names if name in table.columns}
    found = []
    for at in range(len(table.rows)):
        said = {name.casefold(): cells[at] for name, cells in columns.items()}
        found.append(_scaled(parse_decimal(mapping.cells(said)[column])))
    return found


def _scaled(found: Decimals | None) -> int:
    return 0 if found is None else int(found.digits * 10**6 // 10**found.exponent)


def _check_journals(made: TableGuess, table: ForeignTable) -> None:
    if not {"journal_id", "debit"} <= made.columns.keys():
        return
    sums: dict[str, int] = defaultdict(int)
    debits, credits_ = _values(made, table, "debit"), _values(made, table, "credit")
    for journal, debit, credit in zip(
        table.columns[made.columns["journal_id"]], debits, credits_, strict=True
    ):
        sums[journal] += debit - credit
    even = sum(total == 0 for total in sums.values())
    if even >= ENOUGH * len(sums):
        sure = Sureness.CERTAIN if even == len(sums) else Sureness.LIKELY
        said = f"debits equal credits in {even:,} of {len(sums):,} journals"
        made.say("journals", "balance", sure, said)
        return
    made.lack(
        "journal_id",
        f"by {made.columns['journal_id']!r} only {even:,} of {len(sums):,} journals balance",
        ('columns.journal_id = "…"  # the column that all lines of a journal share',),
    )


def _check_own(
    made: TableGuess, table: ForeignTable, debits: Sequence[int], credits_: Sequence[int]
) -> None:
    """The document amount of the nominal ledger is positive for a debit."""
    if "doc_amount" not in made.columns or "doc_amount" in made.less:
        return
    own = _values(made, table, "doc_amount")
    pairs = [
        (a > 0, b - c > 0) for a, b, c in zip(own, debits, credits_, strict=True) if a and b - c
    ]
    against = sum(a != b for a, b in pairs)
    if pairs and against == len(pairs):
        made.negate.add("doc_amount")
        made.say("negate", "doc_amount", Sureness.CERTAIN, "its sign is against every debit")
    elif against > (1 - ENOUGH) * len(pairs):
        del made.columns["doc_amount"]
        made.lack(
            "doc_amount",
            "its sign agrees with debit and credit in some rows and not in others",
            ('columns.doc_amount = "…"', 'negate = ["doc_amount"]'),
            ("+ is a debit", "+ is a credit"),
        )


def _check_ledger(made: TableGuess, table: ForeignTable) -> None:
    """Invoices increase what is owed, receipts and credits decrease it; as shown by the file."""
    up, down = CALLED.get(made.name, ("invoices", "payments"))
    refused: dict[str, bool] = {}
    for column in ("base_amount", "doc_amount"):
        if column not in made.columns:
            continue
        votes = _votes(made, table, _values(made, table, column))
        straight, turned, rows = votes["straight"], votes["turned"], votes["rows"]
        if straight >= ENOUGH * rows and rows:
            sure = Sureness.CERTAIN if straight == rows else Sureness.LIKELY
            said = f"{up} increase and {down} decrease in {straight:,} of {rows:,} rows"
            made.say("sign", f"{column} as it is", sure, said)
        elif turned >= ENOUGH * rows and rows:
            made.negate.add(column)
            sure = Sureness.CERTAIN if turned == rows else Sureness.LIKELY
            said = f"{up} are negative and {down} positive in {turned:,} of {rows:,} rows"
            made.say("negate", column, sure, said)
        else:
            refused[column] = votes["negative"] == 0
    if refused:
        _refuse_sign(made, list(refused), unsigned=all(refused.values()))


def _votes(made: TableGuess, table: ForeignTable, values: Sequence[int]) -> dict[str, int]:
    kinds = table.columns.get(made.columns.get("type", ""), ("",) * len(values))
    words = made.values.get("type", {})
    up, down = WAYS.get(made.name, (INCREASES, DECREASES))
    votes = {"straight": 0, "turned": 0, "rows": 0, "negative": sum(v < 0 for v in values)}
    for said, value in zip(kinds, values, strict=True):
        kind = words.get(said, said) or made.constants.get("type", "")
        way = _is_in(up, kind, said) - _is_in(down, kind, said)
        if way and value:
            votes["rows"] += 1
            votes["straight" if (value > 0) == (way > 0) else "turned"] += 1
    return votes


def _is_in(kinds: frozenset[str], kind: str, said: str) -> bool:
    """Whether it is one of them, by the layout's word or by the file's own."""
    return kind in kinds or plain(said) in kinds


def _what(made: TableGuess) -> str:
    """What the amounts of a ledger add up to."""
    return SUMS.get(made.name, "what is owed")


def _refuse_sign(made: TableGuess, columns: Sequence[str], *, unsigned: bool) -> None:
    source = " and ".join(dict.fromkeys(repr(made.columns[column]) for column in columns))
    what = f"sign of {' and '.join(columns)}"
    as_it_is = f"negate = {json.dumps(sorted(made.negate))}"
    if unsigned and "type" in made.columns:
        heading = json.dumps(made.columns["type"], ensure_ascii=False)
        words = made.values.get("type", {})
        _, down = WAYS.get(made.name, (INCREASES, DECREASES))
        _, less = CALLED.get(made.name, ("invoices", "payments and credits"))
        names = sorted({said for said, name in words.items() if name in down} | down)
        listed = json.dumps(names, ensure_ascii=False)
        made.lack(
            what,
            f"no amount in {source} is negative, though {less} are among them",
            ("\n".join(f"negate_where.{each}.{heading} = {listed}" for each in columns), as_it_is),
            ("the type says which way it goes", f"every amount increases {_what(made)}"),
        )
        return
    turned = json.dumps(sorted({*made.negate, *columns}))
    made.lack(
        what,
        f"nothing in the file says whether + in {source} increases {_what(made)}",
        (as_it_is, f"negate = {turned}"),
        (f"+ increases {_what(made)}", f"+ decreases {_what(made)}"),
    )
