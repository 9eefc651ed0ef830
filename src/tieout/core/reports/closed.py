"""View Closed Period Balances: as stored, as known then, as they are today, and what changed (1.9).

Three reasons move a stored row: entries keyed later with earlier dates, postings made later into
the period, and another default account. Each is shown apart; what is left was never in these books.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from tieout.core.accounts import AccountKey
from tieout.core.explain.balances import (
    account_keys,
    closed_scopes,
    closing_days,
    control_balance,
    subledger_balance,
)
from tieout.core.explain.books import Books, ClosedBalance, SubLedger
from tieout.core.explain.sentences import money as amount
from tieout.core.reports.recorded import LINES, recorded_entries, recorded_postings
from tieout.core.reports.report import (
    Cell,
    Origin,
    Report,
    Section,
    day,
    money,
    number,
    prove,
    text,
)


def closed_report(
    books: Books, ledger: SubLedger, origin: Origin, period: int | None = None
) -> Report:
    """The closed balances of a ledger: of one period, or of all that are closed.

    Raises:
        Corruption: `explain.identity-broken` where what was made since does not lead from the
            balance as known then to that of today.
    """
    moments = closing_days(books, ledger)
    chosen = {at: on for at, on in moments.items() if period in {None, at}}
    stored = _stored(books, ledger)
    meant = default_keys(books, ledger)
    rows = [
        (
            at,
            on,
            stored.get(at),
            _ledger(books, ledger, at, on),
            _nominal(books, ledger, meant, at, on),
        )
        for at, on in chosen.items()
    ]
    since = [row for at, on in chosen.items() for row in _since(books, ledger, meant, at, on)]
    for at, _, _, (then, today), (nominal_then, nominal_today) in rows:
        for side, change in (
            ("sub-ledger", today - then),
            ("nominal", nominal_today - nominal_then),
        ):
            found = [row[-1] for row in since if row[:2] == (at, side)]
            total = sum(each for each in found if isinstance(each, int))
            prove(total, change, f"changes in the {side}", f"{ledger} period {at}")
    last = max(chosen, default=0)
    total = control_balance(books, ledger, meant, last) if last else 0
    return Report(
        "closed",
        f"Closed period balances, {ledger.called.lower()}",
        _sentence(books, ledger, rows),
        (
            ("ledger", ledger.called),
            ("periods", str(period) if period else "all that are closed"),
            ("default control account", _default(books, ledger)),
        ),
        (
            _table(books, rows),
            _settings(books, ledger, chosen),
            Section("since", "Made after closing", _SINCE, tuple(since)),
        ),
        f"accounts of the default at the end of period {last}",
        total,
        origin,
    )


def _default(books: Books, ledger: SubLedger) -> str:
    settings = books.settings.get(ledger)
    default = settings.default if settings else None
    if default is None:
        return "none"
    said = "yes" if default.use_specified else "no"
    return f"{str(default.key).rstrip('/')}, use specified: {said}"


def default_keys(books: Books, ledger: SubLedger) -> frozenset[AccountKey]:
    """The accounts that the default control account means today."""
    settings = books.settings.get(ledger)
    default = settings.default if settings else None
    return default.denotes(account_keys(books)) if default else frozenset()


Then = tuple[int, int]
"""A balance as known when the period was closed, and as it is today."""
Line = tuple[int, date, ClosedBalance | None, Then, Then]


def _stored(books: Books, ledger: SubLedger) -> Mapping[int, ClosedBalance]:
    """The row of each period that was stored last."""
    rows = sorted(books.closed, key=lambda each: each.closed_on)
    return {row.period: row for row in rows if row.ledger is ledger}


def _ledger(books: Books, ledger: SubLedger, period: int, on: date) -> Then:
    end = books.calendar.end_of(period)
    return subledger_balance(books, ledger, end, on), subledger_balance(books, ledger, end)


def _nominal(
    books: Books, ledger: SubLedger, keys: frozenset[AccountKey], period: int, on: date
) -> Then:
    return (
        control_balance(books, ledger, keys, period, on),
        control_balance(books, ledger, keys, period),
    )


def _table(books: Books, rows: Iterable[Line]) -> Section:
    """A row a period: both totals as stored, as known then, today, and the change."""
    made: list[tuple[Cell, ...]] = []
    for period, on, stored, ledger, nominal in rows:
        cells: list[Cell] = [period, books.calendar.end_of(period), on]
        for name, (then, today) in (("ledger_total", ledger), ("nominal_total", nominal)):
            kept = getattr(stored, name) if stored else None
            base = then if kept is None else kept
            cells += [kept, then, today, today - base]
        made.append(tuple(cells))
    columns = [number("period", "Period"), day("ends_on", "Ends"), day("closed_on", "Closed")]
    for name, title in (("ledger", "Sub-ledger"), ("nominal", "Nominal")):
        columns += [
            money(f"{name}_stored", f"{title} stored", is_summed=False),
            money(f"{name}_then", f"{title} as known then", is_summed=False),
            money(f"{name}_today", f"{title} today", is_summed=False),
            money(f"{name}_change", f"{title} change", is_summed=False),
        ]
    return Section(
        "closed",
        "Closed balances",
        tuple(columns),
        tuple(made),
        note="The change is today's figure less the stored one, or less what was known then.",
    )


def _settings(books: Books, ledger: SubLedger, chosen: Mapping[int, date]) -> Section:
    """What a closed balance totals under each setting of *use specified*."""
    rows: list[tuple[Cell, ...]] = []
    for name, keys in closed_scopes(books, ledger).items():
        code, _, rest = name.partition("_")
        covers = ", ".join(str(key).rstrip("/") for key in sorted(keys))
        for period, on in chosen.items():
            then, today = _nominal(books, ledger, keys, period, on)
            rows.append(
                (name, "no" if code == "no" else "yes", rest or "any", covers, period, then, today)
            )
    return Section(
        "settings",
        "Under each setting of the default control account",
        (
            text("setting", "Setting"),
            text("use_specified", "Use specified"),
            text("centre_department", "Cost centre, department"),
            text("accounts", "Accounts summed"),
            number("period", "Period"),
            money("then", "As known at closing", is_summed=False),
            money("today", "Today", is_summed=False),
        ),
        tuple(rows),
    )


_SINCE = (number("period", "Period"), text("side", "Side"), *LINES)


def _since(
    books: Books, ledger: SubLedger, keys: frozenset[AccountKey], period: int, on: date
) -> list[tuple[Cell, ...]]:
    """Entries, voids and postings recorded after a period was closed that change its balances."""
    end, clocks = books.calendar.end_of(period), (on, None)
    return [
        *((period, "sub-ledger", *row) for row in recorded_entries(books, ledger, end, clocks)),
        *(
            (period, "nominal", *row)
            for row in recorded_postings(books, ledger, keys, period, clocks)
        ),
    ]


def _sentence(books: Books, ledger: SubLedger, rows: Iterable[Line]) -> str:
    lines = list(rows)
    if not lines:
        return f"{ledger.called}: no period is closed."
    moved = [row[0] for row in lines if row[2] and row[3][1] != row[2].ledger_total]
    nominal = [row[0] for row in lines if row[2] and row[4][1] != row[2].nominal_total]
    last = lines[-1]
    return (
        f"{ledger.called}, closed periods looked at: {len(lines)}; {len(moved)} with another "
        f"sub-ledger total than when closed, {len(nominal)} with another nominal total; "
        f"period {last[0]} stands at {amount(books, last[3][1])} and "
        f"{amount(books, last[4][1])} today."
    )
