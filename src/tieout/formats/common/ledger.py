"""From the columns of a table to statements: one for each account and currency, with balances."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import Place, Problem
from tieout.core.money import AMOUNT_MINOR_MAX, Currency, Decimals, format_minor
from tieout.core.reading import HeldRecord
from tieout.core.statements import Balance, Statement, tie
from tieout.formats.common.columns import ColumnLines
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import FINEST, SCALE, Findings

NO_CURRENCY = "XXX"
"""ISO 4217's code for a record that carries no currency."""
BREAKS_NAMED = 5
FOLLOWS = 0.5
"""The share of steps from which a balance column counts as the running balance."""
SMALL = 5_000
"""Statements up to this many lines are handed out as plain tuples."""


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
    made = [
        _statement(part, account, code, profile, findings, facts, small)
        for account, code, part in _parts(table)
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


def _parts(table: pa.Table) -> list[tuple[str, str, pa.Table]]:
    """The table by account and currency, each part in file order."""
    if not table.num_rows:
        return []
    keys = (
        pc.binary_join_element_wise(table["account"], table["currency"], "\x1f")
        .combine_chunks()
        .dictionary_encode()
    )
    names = keys.dictionary.to_pylist()
    if len(names) == 1:
        account, _, code = names[0].partition("\x1f")
        return [(account, code, table)]
    codes, names = _without_blanks(keys.indices.to_numpy(), names)
    ordered = table.take(pa.array(np.argsort(codes, kind="stable"))).combine_chunks()
    counts = np.bincount(codes, minlength=len(names))
    ends = np.cumsum(counts)
    return [
        (*_pair(name), ordered.slice(int(end - count), int(count)))
        for name, count, end in zip(names, counts, ends, strict=True)
    ]


def _without_blanks(codes: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Rows without an account go to the only account there is."""
    accounts = {_pair(name)[0] for name in names} - {""}
    if len(accounts) != 1:
        return codes, names
    account = accounts.pop()
    full = [name if _pair(name)[0] else account + name for name in names]
    merged = list(dict.fromkeys(full))
    return np.array([merged.index(name) for name in full])[codes], merged


def _pair(name: str) -> tuple[str, str]:
    account, _, code = name.partition("\x1f")
    return account, code


def _statement(  # noqa: PLR0913, PLR0917  the parts of one statement
    part: pa.Table,
    account: str,
    code: str,
    profile: TableProfile,
    findings: Findings,
    facts: Facts,
    small: int,
) -> Statement:
    code = code or facts.currency
    currency = Currency.of(code or NO_CURRENCY)
    part, currency, minors = _in_minor_units(part, currency, findings)
    if code and not currency.is_iso:
        findings.name(
            "record.currency-unknown",
            repr(code),
            "a code of ISO 4217",
            part["line_no"][0].as_py() if part.num_rows else 1,
        )
    part = part.append_column("amount_minor", pa.array(minors, pa.int64()))
    opening, closing, problems = _running_balance(part, minors, currency, account)
    problems += _ids(part)
    kept = part.drop_columns(["units", "balance"])
    lines = ColumnLines(kept, currency, [name for _, name in profile.attributes])
    days = pc.min_max(part["booked_on"])
    return Statement(
        account=account or facts.account,
        currency=currency if code else None,
        lines=tuple(lines) if len(lines) <= small else lines,
        opening=opening,
        closing=closing,
        begins_on=days["min"].as_py(),
        ends_on=days["max"].as_py(),
        account_name=facts.account_name,
        problems=tuple(problems),
        place=Place(line=part["line_no"][0].as_py()) if part.num_rows else Place(),
    )


def _in_minor_units(
    part: pa.Table, currency: Currency, findings: Findings
) -> tuple[pa.Table, Currency, np.ndarray]:
    """Amounts in minor units of the currency, widened until no digit is lost."""
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
    if too_large.any():
        _hold_too_large(part.filter(pa.array(too_large)), findings)
        part, minors = part.filter(pa.array(~too_large)), minors[~too_large]
    return part, wide, minors.astype(np.int64)


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


def _ids(part: pa.Table) -> list[Problem]:
    """Ids that several lines carry."""
    ids = part["bank_id"]
    counts = pc.value_counts(ids.filter(pc.not_equal(ids, "")))
    several = (
        counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1)) if len(counts) else counts
    )
    if not len(several):
        return []
    first = several[0].as_py()
    found = f"{len(several)} ids on several lines, such as {first['values']!r} on {first['counts']}"
    return [Problem("record.id-repeated", found, "an id for each line")]


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
