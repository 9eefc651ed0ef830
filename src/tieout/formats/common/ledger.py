"""From the columns of a table to statements: one for each account and currency, with balances."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Place, Problem
from tieout.core.money import AMOUNT_MINOR_MAX, Currency, Decimals, format_minor
from tieout.core.reading import HeldRecord
from tieout.core.statements import Balance, Statement, tie
from tieout.formats.common.columns import ColumnLines, Holding
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import FINEST, SCALE, Findings

NO_CURRENCY = "XXX"
"""ISO 4217's code for a record that carries no currency."""
BREAKS_NAMED = 5
FOLLOWS = 0.5
"""The share of steps from which a balance column counts as the running balance."""
SMALL = 5_000
"""Tables up to this many lines are handed out as plain tuples."""


_NUMBERS = ("record", "line_no", "booked_on", "units", "is_pending", "is_void", "balance")
"""The columns of which balances and sums are made."""


@dataclass(frozen=True)
class _Part:
    """The rows of one account in one currency."""

    account: str
    code: str
    rows: np.ndarray


@dataclass(frozen=True)
class _Begun:
    """What is known of a statement before its lines are made."""

    account: str
    currency: Currency
    is_named: bool
    rows: np.ndarray
    opening: Balance | None
    closing: Balance | None
    days: tuple[date | None, date | None]
    problems: Sequence[Problem]
    line: int | None


@dataclass
class Facts:
    """What a preamble says of the whole table."""

    account: str = ""
    currency: str = ""
    account_name: str = ""


def statements(
    table: pa.Table, profile: TableProfile, findings: Findings, facts: Facts, small: int = SMALL
) -> tuple[Statement, ...]:
    """The statements of a table, in the order in which their accounts first appear."""
    table = _with_continuations(table, findings)
    parts = _parts(table)
    _name_currencies(parts, table, findings, facts)
    columns = pa.table({name: table[name].combine_chunks() for name in _NUMBERS})
    minors = np.zeros(table.num_rows, np.int64)
    begun = [_begun(part, columns, table, minors, findings, facts) for part in parts]
    kept = table.drop_columns(["units", "balance", "currency"])
    kept = kept.append_column("amount_minor", pa.array(minors))
    repeated, ids_differ = _ids(table["bank_id"], [part.rows for part in begun])
    holding = Holding(kept, [name for _, name in profile.attributes], ids_differ=ids_differ)
    made = [
        _statement(part, holding, repeated.get(at, []), facts, small)
        for at, part in enumerate(begun)
    ]
    if not made and facts.account:
        made = [
            Statement(facts.account, Currency.of(facts.currency) if facts.currency else None, ())
        ]
    if len(made) == 1:
        made = [_with_written_balances(made[0], findings)]
    return tuple(replace(each, problems=(*each.problems, *tie(each))) for each in made)


def _with_continuations(table: pa.Table, findings: Findings) -> pa.Table:
    """Add texts that go on in rows of their own to the line above them."""
    if not findings.goes_on:
        return table
    records = table["record"].to_numpy()
    more: dict[int, list[str]] = {}
    continuing = {record for record, _, _ in findings.goes_on}
    orphans = 0
    for record, line, text in findings.goes_on:
        above = record - 1
        while above in continuing:
            above -= 1
        at = int(np.searchsorted(records, above)) if above not in findings.aside else len(records)
        if at < len(records) and records[at] == above:
            more.setdefault(at, []).append(text)
        else:
            orphans += 1
            findings.name(
                "record.extra", repr(text[:100]), "", line, kind="rows that are no records"
            )
    goes_on = len(findings.goes_on) - orphans
    if goes_on:
        first = findings.goes_on[0][1]
        findings.name(
            "record.extra",
            f"{goes_on} rows that carry on the text of the row above",
            "",
            first,
            kind="texts that go on",
        )
    narrative = table["narrative"].combine_chunks()
    mask = np.zeros(len(narrative), dtype=bool)
    mask[list(more)] = True
    texts = [" ".join(filter(None, [narrative[at].as_py(), *more[at]])) for at in sorted(more)]
    patched = pc.replace_with_mask(narrative, pa.array(mask), pa.array(texts, pa.string()))
    return table.set_column(table.schema.get_field_index("narrative"), "narrative", patched)


def _parts(table: pa.Table) -> list[_Part]:
    """The rows of each account and currency, in file order."""
    if not table.num_rows:
        return []
    coded = [table[name].combine_chunks().dictionary_encode() for name in ("account", "currency")]
    accounts, currencies = (each.dictionary.to_pylist() for each in coded)
    named = [account for account in accounts if account]
    if len(named) == 1:  # rows without an account go to the only account there is
        accounts = [named[0]] * len(accounts)
    account_codes, currency_codes = (each.indices.to_numpy() for each in coded)
    account_codes = np.array([accounts.index(each) for each in accounts])[account_codes]
    codes = account_codes * len(currencies) + currency_codes
    first = np.full(len(accounts) * len(currencies), -1, np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    by_appearance = sorted(np.flatnonzero(first >= 0).tolist(), key=lambda code: int(first[code]))
    kind = np.uint16 if len(first) < 1 << 16 else np.uint32
    ordered = np.argsort(codes.astype(kind), kind="stable")
    counts = np.bincount(codes, minlength=len(first))
    ends = np.cumsum(counts)
    return [
        _Part(
            accounts[code // len(currencies)],
            currencies[code % len(currencies)],
            ordered[ends[code] - counts[code] : ends[code]],
        )
        for code in by_appearance
    ]


def _name_currencies(
    parts: Sequence[_Part], table: pa.Table, findings: Findings, facts: Facts
) -> None:
    """Say of each account with lines in several currencies that it becomes as many statements."""
    by_account: dict[str, list[_Part]] = {}
    for part in parts:
        if part.code:
            by_account.setdefault(part.account, []).append(part)
    for account, several in by_account.items():
        usual, *others = sorted(several, key=lambda part: -len(part.rows))
        for part in others:
            findings.name(
                "record.currency-differs",
                f"account {account or facts.account or '(not named)'}: {_lines(part)} in "
                f"{part.code}, a statement apart",
                f"{usual.code}, as on {_lines(usual)} of the account",
                table["line_no"][int(part.rows[0])].as_py(),
            )


def _lines(part: _Part) -> str:
    return "1 line" if len(part.rows) == 1 else f"{len(part.rows):,} lines"


def _begun(  # noqa: PLR0913, PLR0917  the parts of one statement
    part: _Part,
    columns: pa.Table,
    table: pa.Table,
    minors: np.ndarray,
    findings: Findings,
    facts: Facts,
) -> _Begun:
    """A statement's currency, rows, days and balances; its amounts are written into `minors`."""
    code = part.code or facts.currency
    numbers = columns.take(pa.array(part.rows))
    line = numbers["line_no"][0].as_py()
    counted, currency, too_large = _in_minor_units(
        numbers, Currency.of(code or NO_CURRENCY), findings
    )
    rows = part.rows
    if too_large.any():
        _hold_too_large(table.take(pa.array(rows[too_large])), findings)
        rows, counted = rows[~too_large], counted[~too_large]
        numbers = numbers.filter(pa.array(~too_large))
    minors[rows] = counted
    if code and not currency.is_iso:
        findings.name("record.currency-unknown", repr(code), "a code of ISO 4217", line)
    opening, closing, problems = _running_balance(numbers, counted, currency, part.account)
    days = pc.min_max(numbers["booked_on"])
    return _Begun(
        account=part.account,
        currency=currency,
        is_named=bool(code),
        rows=rows,
        opening=opening,
        closing=closing,
        days=(days["min"].as_py(), days["max"].as_py()),
        problems=problems,
        line=numbers["line_no"][0].as_py() if len(rows) else None,
    )


def _statement(
    begun: _Begun, holding: Holding, repeated: list[Problem], facts: Facts, small: int
) -> Statement:
    lines = ColumnLines(holding, begun.rows, begun.currency)
    return Statement(
        account=begun.account or facts.account,
        currency=begun.currency if begun.is_named else None,
        lines=tuple(lines) if holding.table.num_rows <= small else lines,
        opening=begun.opening,
        closing=begun.closing,
        begins_on=begun.days[0],
        ends_on=begun.days[1],
        account_name=facts.account_name,
        problems=(*begun.problems, *repeated),
        place=Place(line=begun.line) if begun.line else Place(),
    )


def _in_minor_units(
    part: pa.Table, currency: Currency, findings: Findings
) -> tuple[np.ndarray, Currency, np.ndarray]:
    """Amounts in minor units of the currency, widened until no digit is lost; which are too large.

    An amount that is too large is zero among the amounts.
    """
    units = part["units"].to_numpy()
    fine = _fine_of(part, findings)
    exponent = currency.exponent
    if fine:
        exponent = max(exponent, SCALE, *(each.exponent for each in fine.values()))
    while exponent < SCALE and np.any(units % 10 ** (SCALE - exponent)):
        exponent += 1
    if exponent > currency.exponent:
        line = part["line_no"][0].as_py()
        findings.name(
            "record.amount-finer",
            f"amounts with {exponent} decimals",
            f"{currency.exponent} in {currency.code}",
            line,
        )
    wide = currency.widened(exponent)
    limit = AMOUNT_MINOR_MAX // 10 ** max(0, wide.exponent - SCALE)
    if wide.exponent <= SCALE:
        minors = units // 10 ** (SCALE - wide.exponent)
        too_large = np.abs(minors) > AMOUNT_MINOR_MAX
    else:
        too_large = np.abs(units) > limit
        minors = np.where(too_large, 0, units) * 10 ** (wide.exponent - SCALE)
        for at, amount in fine.items():
            minor = amount.to_minor(wide.exponent)
            too_large[at] = minor is None or abs(minor) > AMOUNT_MINOR_MAX
            minors[at] = 0 if minor is None or too_large[at] else minor
    return minors.astype(np.int64), wide, too_large


def _fine_of(part: pa.Table, findings: Findings) -> dict[int, Decimals]:
    if not findings.fine:
        return {}
    records = part["record"].to_pylist()
    return {
        at: findings.fine[record] for at, record in enumerate(records) if record in findings.fine
    }


def _hold_too_large(rows: pa.Table, findings: Findings) -> None:
    for row in rows.to_pylist():
        place = Place(line=row["line_no"], record=row["record"])
        found = format_minor(row["units"], SCALE)
        expected = f"at most {AMOUNT_MINOR_MAX:,} minor units"
        raw = (
            " | ".join(
                str(row[name])
                for name in ("booked_on", "counterparty", "narrative", "account")
                if row[name]
            )
            + f" | {found}"
        )
        findings.held.append(
            HeldRecord(raw, Problem("record.amount-too-large", found, expected, place))
        )


def _running_balance(
    part: pa.Table, minors: np.ndarray, currency: Currency, account: str
) -> tuple[Balance | None, Balance | None, list[Problem]]:
    """Opening and closing from a balance column that follows the amounts; its breaks by line."""
    booked = pc.invert(pc.or_(part["is_pending"], part["is_void"])).to_numpy()
    given = booked & pc.is_valid(part["balance"]).to_numpy()
    if not given.any():
        return None, None, []
    at = np.flatnonzero(given)
    amounts = np.where(booked, minors, 0)
    after = np.cumsum(amounts)
    before = after - amounts
    units = part["balance"].fill_null(0).to_numpy()[at]
    shift = 10 ** abs(SCALE - currency.exponent)
    if currency.exponent <= SCALE:
        balances = np.where(units % shift == 0, units // shift, -1)
    else:
        balances = units * shift
    up = balances[1:] - balances[:-1] == after[at[1:]] - after[at[:-1]]
    down = balances[:-1] - balances[1:] == before[at[1:]] - before[at[:-1]]
    newest_first = down.sum() > up.sum() or (down.sum() == up.sum() and _falls(part))
    right = down if newest_first else up
    if len(right) and right.sum() < FOLLOWS * len(right):
        found = (
            f"account {account or '(not named)'}: a balance column that does not follow the amounts"
        )
        return (
            None,
            None,
            [Problem("statement.balance-missing", found, "steps that are the amounts")],
        )
    total = int(after[-1])
    days = pc.min_max(part["booked_on"])
    first, last = (at[-1], at[0]) if newest_first else (at[0], at[-1])
    if newest_first:
        opening = int(balances[-1]) - (total - int(before[first]))
        closing = int(balances[0]) + int(before[last])
    else:
        opening = int(balances[0]) - int(after[first])
        closing = int(balances[-1]) + total - int(after[last])
    problems = _breaks(part, at, balances, right, currency)
    return (
        Balance(opening, currency, days["min"].as_py()),
        Balance(closing, currency, days["max"].as_py()),
        problems,
    )


def _falls(part: pa.Table) -> bool:
    """Whether the first day is later than the last."""
    days = part["booked_on"].drop_null()
    return len(days) > 1 and days[0].as_py() > days[-1].as_py()


def _breaks(
    part: pa.Table, at: np.ndarray, balances: np.ndarray, right: np.ndarray, currency: Currency
) -> list[Problem]:
    """The lines between which the running balance moves by something else than the amounts."""
    wrong = np.flatnonzero(~right)
    problems = []
    for step in wrong[:BREAKS_NAMED]:
        one, two = int(at[step]), int(at[step + 1])
        lines = part["line_no"][one].as_py(), part["line_no"][two].as_py()
        written = [
            format_minor(int(balances[each]), currency.exponent) for each in (step, step + 1)
        ]
        problems.append(Problem(
            "statement.balance-break",
            f"a balance of {written[0]} in line {lines[0]} and of {written[1]} in line {lines[1]}",
            "a step that is the amount",
            Place(line=lines[1]),
        ))  # fmt: skip
    if len(wrong) > BREAKS_NAMED:
        problems.append(
            Problem("statement.balance-break", f"{len(wrong) - BREAKS_NAMED} more such steps")
        )
    return problems


def _ids(
    ids: pa.ChunkedArray, parts: Sequence[np.ndarray]
) -> tuple[dict[int, list[Problem]], bool]:
    """For each part, the ids that several of its lines carry; whether all ids are different."""
    if all_different(ids):
        return {}, True
    part_of = np.full(len(ids), -1, np.int32)
    for at, rows in enumerate(parts):
        part_of[rows] = at
    counts = (
        pa.table({"part": part_of, "id": ids})
        .filter(pc.not_equal(ids, ""))
        .group_by(["part", "id"], use_threads=False)
        .aggregate([([], "count_all")])
    )
    several = counts.filter(pc.greater(counts["count_all"], 1))
    found: dict[int, list[Problem]] = {}
    numbers = several["part"].to_numpy()
    for at in np.unique(numbers[numbers >= 0]).tolist():
        where = np.flatnonzero(numbers == at)
        first = several.slice(int(where[0]), 1).to_pylist()[0]
        said = f"{len(where)} ids on several lines, such as {first['id']!r} on {first['count_all']}"
        found[at] = [Problem("record.id-repeated", said, "an id for each line")]
    return found, False


def all_different(ids: pa.ChunkedArray) -> bool:
    """Whether no two texts are alike; texts that rise throughout are seen to at once."""
    if len(ids) < 2:
        return True
    if ids[0].as_py() == ids[1].as_py():
        return False
    rises = pc.all(pc.greater(ids.slice(1), ids.slice(0, len(ids) - 1))).as_py()
    return bool(rises) or len(pc.unique(ids)) == len(ids)


def _with_written_balances(statement: Statement, findings: Findings) -> Statement:
    """Balances from rows of their own, where no running balance gives them."""
    currency = statement.currency or (statement.lines[0].currency if statement.lines else None)
    if currency is None or statement.opening is not None or statement.closing is not None:
        return statement
    made = {}
    for which, (amount, line, day) in findings.balances.items():
        minor = amount.to_minor(currency.exponent) if amount.exponent <= FINEST else None
        if minor is not None:
            made[which] = Balance(minor, currency, day, Place(line=line))
    return replace(statement, opening=made.get("opening"), closing=made.get("closing"))
