"""The folder as a whole: which files there are, what they say, and what their absence costs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path
from types import MappingProxyType

from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput, Problem
from tieout.core.explain.books import (
    AccountUse,
    AuditLine,
    Books,
    ClosedBalance,
    ControlSettings,
    Party,
    SubLedger,
)
from tieout.core.explain.further import not_tested
from tieout.core.money import Decimals, parse_decimal
from tieout.core.periods import (
    Calendar,
    LogState,
    Period,
    PeriodEvent,
    PeriodLog,
    PeriodState,
    holes,
    overlaps,
)
from tieout.formats.books.checks import (
    check_accounts,
    check_journals,
    check_periods,
    check_rates,
    check_totals,
    unbalanced_journals,
)
from tieout.formats.books.desk import (
    LEDGER_FILES,
    Desk,
    Part,
    Unread,
    expected_ledgers,
    ledger_tables,
)
from tieout.formats.books.mapping import read_mapping
from tieout.formats.books.records import (
    Amounts,
    allocations_of,
    currencies_of,
    entries_of,
    key_of,
    postings_of,
)
from tieout.formats.books.settings import NAME as SETTINGS_NAME
from tieout.formats.books.settings import SettingsRead, read_settings
from tieout.formats.books.tables import Table

NOMINAL = "nominal.csv"
MAPPING_NAME = "mapping.toml"
"""By which a mapping goes into the hash, whatever its file is called."""
POSTING_COLUMNS = ("nominal_id", "journal_id", "account", "period", "debit", "credit")


@dataclass(frozen=True)
class Untested:
    """A cause that these books cannot tell, and what is missing for it."""

    cause: str
    why: str


@dataclass(frozen=True)
class BooksReading:
    """The books of a folder, what was wrong with its files, and what could not be tested."""

    books: Books
    problems: tuple[Problem, ...]
    untested: tuple[Untested, ...]
    content_hash: str
    """SHA-256 over the names and bytes of all files read: which books these were."""
    unread: tuple[Unread, ...] = ()
    """Ledgers whose file cannot be used; the others are explained without them."""


def read_books(folder: Path, part: Part | None = None, mapping: Path | None = None) -> BooksReading:
    """Read a books folder.

    Args:
        folder: The folder.
        part: Read only the small files, and take these rows of the large ones.
        mapping: A mapping file, where the folder has the tables of another system.

    Raises:
        InvalidInput: A required file or column is missing, periods overlap, or the settings cannot
            be read.
    """
    if not folder.is_dir():
        raise InvalidInput("file.not-found", str(folder), "an existing folder")
    desk = Desk(folder, part, read_mapping(mapping, MAPPED) if mapping else {})
    nominal = desk.large(NOMINAL, POSTING_COLUMNS, is_required=True)
    accounts = desk.load("accounts.csv", ("account", "kind"), is_required=True)
    periods = desk.load("periods.csv", ("period", "start", "end"), is_required=True)
    extra = {name: desk.optional(f"{name}.csv", columns) for name, columns in _OPTIONAL.items()}
    settings = read_settings(folder)
    ledgers, unread = ledger_tables(desk, expected_ledgers(settings, accounts))
    tables = (*ledgers.values(), nominal, accounts, periods, *extra.values())
    calendar, log, last = _calendar(periods, extra["period_events"])
    base = settings.base_currency if settings and settings.base_currency else _base_of(nominal)
    allocated = extra["allocations"]
    currencies = currencies_of(ledgers.values()) if allocated.is_there else {}
    amounts = Amounts.of((*ledgers.values(), nominal, allocated), base, currencies)
    entries = tuple(
        entry for ledger, table in ledgers.items() for entry in entries_of(table, ledger, amounts)
    )
    postings = tuple(postings_of(nominal, amounts))
    unbalanced = part.unbalanced if part else unbalanced_journals(nominal, postings)
    uses, names = _accounts(accounts)
    books = Books(
        base_currency=base,
        calendar=calendar,
        log=log,
        entries=entries,
        postings=postings,
        accounts=uses,
        settings=_controls(settings, uses, {entry.ledger for entry in entries}),
        account_names=names,
        suspense=_suspense(settings, uses),
        tolerance_minor=_tolerance(settings, amounts.exponents[base]),
        extracted_on=settings.extracted_on if settings else None,
        allocations=tuple(allocations_of(allocated, amounts)),
        audit_lines=tuple(_audit(extra["audit_log"])),
        closed=tuple(_closed(extra["closed_balances"], amounts)),
        parties=_parties(extra["parties"]),
        exponents=amounts.exponents,
        rates=_rates(extra["rates"]),
        unbalanced=frozenset(each.journal_id for each in unbalanced),
        last_period=last,
    )
    check_totals(tables, extra["control_totals"])
    problems = [each.problem for each in unread]
    problems += [problem for table in tables for problem in table.problems]
    problems += [*check_journals(unbalanced, books), *check_accounts(books, nominal)]
    problems += check_rates(ledgers.values(), base, extra["rates"])
    problems += check_periods(books)
    read = {each.ledger for each in books.entries}
    untested = (*_untested_unread(unread), *untested_of(extra, settings), *_untested_further(read))
    known = part.content_hash if part else None
    digests = part.digests if part else {}
    files = {f"{name}.csv": each.file for name, each in desk.mappings.items() if each.file}
    content_hash = known
    if content_hash is None:
        content_hash = hash_of(folder, tables, digests, files, mapping)
    return BooksReading(books, tuple(problems), untested, content_hash, unread)


def _untested_unread(unread: Sequence[Unread]) -> Iterator[Untested]:
    for each in unread:
        yield Untested(f"every cause of {each.ledger.value}", str(each.problem))
        why = f"{each.ledger.value} was not read: what names its entries looks deleted"
        yield Untested("wrong_ledger", why)


def _untested_further(ledgers: Collection[SubLedger]) -> Iterator[Untested]:
    """What these ledgers have beyond what a folder can tell."""
    for ledger in SubLedger:
        for each in not_tested(ledger) if ledger in ledgers else ():
            yield Untested(f"{ledger.value}: {each.words}", each.why_not)


def hash_of(
    folder: Path,
    tables: Iterable[Table],
    digests: Mapping[str, bytes],
    files: Mapping[str, str] = MappingProxyType({}),
    mapping: Path | None = None,
) -> str:
    """SHA-256 over name and content of each file that there is, in order of name; then the mapping.

    `files` has the names that mapped files have in the folder.
    """
    names = {files.get(table.name, table.name) for table in tables} | {SETTINGS_NAME}
    whole = sha256()
    for name in sorted(names):
        path = folder / name
        if path.exists():
            whole.update(name.encode() + b"\0" + (digests.get(name) or _digest(path)))
    if mapping is not None:
        whole.update(MAPPING_NAME.encode() + b"\0" + _digest(mapping))
    return whole.hexdigest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


_OPTIONAL = {
    "allocations": ("debit_id", "credit_id", "allocation_date"),
    "parties": ("party", "ledger"),
    "rates": ("period", "currency", "rate"),
    "closed_balances": ("ledger", "period"),
    "audit_log": ("when", "action", "txn_id"),
    "period_events": ("period", "when", "state"),
    "control_totals": ("file", "rows"),
}

MAPPED = frozenset(
    {
        *(name.removesuffix(".csv") for name in LEDGER_FILES.values()),
        *("nominal", "accounts", "periods"),
        *_OPTIONAL,
    }
)
"""Names that a mapping file may have tables for."""

_NEEDED_FOR = (
    ("parties", "control_changed", "no parties.csv says which control account a party has now"),
    ("audit_log", "amount_edited", "no audit_log.csv: an edit is inferred from the amounts alone"),
    ("audit_log", "deleted", "no audit_log.csv: a deletion is inferred from the missing entry"),
    ("rates", "rate_mismatch", "no rates.csv: which of two rates is right cannot be said"),
    (
        "allocations",
        "currency_adjustment",
        "no allocations.csv: the allocation behind an adjustment cannot be shown",
    ),
)


def untested_of(extra: Mapping[str, Table], settings: SettingsRead | None) -> tuple[Untested, ...]:
    """The causes that these books cannot tell or can only infer."""
    made = [Untested(cause, why) for name, cause, why in _NEEDED_FOR if not extra[name].is_there]
    if settings is None or not settings.ledgers:
        why = "no settings.json names the accounts reconciled: all control accounts are taken"
        made.append(Untested("control_not_in_settings", why))
    return tuple(made)


def _base_of(nominal: Table) -> str:
    """The base currency where no settings say it: that in which base and own amounts agree."""
    votes: dict[str, int] = defaultdict(int)
    for row in nominal:
        own = row.text("doc_amount").lstrip("-")
        if own and own in {row.text("debit"), row.text("credit")}:
            votes[row.text("currency")] += 1
    return max(votes, key=lambda code: (votes[code], code), default="") or "XXX"


def _calendar(periods: Table, events: Table) -> tuple[Calendar, PeriodLog, int]:
    """The calendar, when its periods opened and closed, and the last that is not future."""
    made: list[Period] = []
    log: list[PeriodEvent] = []
    for row in periods:
        number = row.number("period")
        begins, ends = row.needed_day("start"), row.needed_day("end")
        if number is None or begins is None or ends is None:
            continue
        if ends < begins:
            periods.note("record.field-invalid", row, "end", str(ends), f"a day from {begins} on")
            continue
        closed_on = row.day("close_date")
        if closed_on is not None and not events.is_there:
            log.append(PeriodEvent(closed_on, number, LogState.CLOSED))
        is_closed = row.text("status") == "closed"
        state = PeriodState.CLOSED if is_closed else PeriodState.OPEN
        made.append(Period(number, begins, ends, state))
    for row in events:
        number, on, said = row.number("period"), row.needed_day("when"), row.text("state")
        if number is not None and on is not None and said in list(LogState):
            log.append(PeriodEvent(on, number, LogState(said), row.text("module")))
    future = {row.number("period") or 0 for row in periods if row.text("status") == "future"}
    last = max((each.number for each in made if each.number not in future), default=0)
    return _without_overlaps(periods, made), PeriodLog(tuple(log), frozenset(future)), last


def _without_overlaps(periods: Table, made: list[Period]) -> Calendar:
    for one, other, span in overlaps(made):
        raise InvalidInput(
            "books.period-overlap",
            f"{span.begins_on} to {span.ends_on} in periods {one.number} and {other.number}",
            "each day in one period",
            periods.name,
        )
    for hole in holes(made):
        periods.note("books.period-hole", None, "start", f"{hole.begins_on} to {hole.ends_on}")
    try:
        return Calendar.of(made)
    except ValueError as error:
        raise InvalidInput("books.period-overlap", str(error), "", periods.name) from error


def _accounts(table: Table) -> tuple[dict[AccountKey, AccountUse], dict[AccountKey, str]]:
    uses: dict[AccountKey, AccountUse] = {}
    names: dict[AccountKey, str] = {}
    for row in table:
        said = row.text("kind") or "other"
        if said not in list(AccountUse):
            table.note("books.value-unknown", row, "kind", repr(said), ", ".join(AccountUse))
            said = "other"
        key = key_of(row, "account", "cost_centre", "department")
        uses[key] = AccountUse(said)
        names[key] = row.text("name")
    return uses, names


def _controls(
    settings: SettingsRead | None, uses: Mapping[AccountKey, AccountUse], used: set[SubLedger]
) -> dict[SubLedger, ControlSettings]:
    """The settings of each ledger; where none are said, all its control accounts count."""
    made: dict[SubLedger, ControlSettings] = dict(settings.ledgers) if settings else {}
    for ledger in SubLedger:
        keys = frozenset(key for key, use in uses.items() if use.value == f"control_{ledger.value}")
        if ledger not in made and (keys or ledger in used):
            made[ledger] = ControlSettings(keys)
    return made


def _suspense(
    settings: SettingsRead | None, uses: Mapping[AccountKey, AccountUse]
) -> frozenset[AccountKey]:
    by_use = frozenset(key for key, use in uses.items() if use is AccountUse.SUSPENSE)
    return by_use | (settings.suspense if settings else frozenset())


def _tolerance(settings: SettingsRead | None, exponent: int) -> int:
    said = parse_decimal(settings.tolerance) if settings and settings.tolerance else None
    return (said.to_minor(exponent) if said else None) or 2


def _rates(table: Table) -> dict[tuple[int, str], Decimals]:
    made: dict[tuple[int, str], Decimals] = {}
    for row in table:
        period, rate = row.number("period"), row.amount("rate")
        if period is not None and rate is not None and rate.digits:
            made[period, row.text("currency")] = rate
    return made


def _audit(table: Table) -> Iterable[AuditLine]:
    for row in table:
        on = row.day("when")
        if on is not None:
            yield AuditLine(
                on, row.text("user"), row.text("action"), row.text("txn_id"), row.text("detail")
            )


def _closed(table: Table, amounts: Amounts) -> Iterable[ClosedBalance]:
    for row in table:
        ledger, period = row.text("ledger"), row.number("period")
        on = row.day("close_date")
        totals = (amounts.base(row, "ledger_total"), amounts.base(row, "nominal_control_total"))
        if ledger in list(SubLedger) and period is not None and None not in totals:
            yield ClosedBalance(
                SubLedger(ledger), period, on or date.min, totals[0] or 0, totals[1] or 0
            )


def _parties(table: Table) -> dict[tuple[SubLedger, str], Party]:
    made: dict[tuple[SubLedger, str], Party] = {}
    for row in table:
        if row.text("ledger") in list(SubLedger):
            ledger, party = SubLedger(row.text("ledger")), row.text("party")
            key = key_of(row, "control_account", "control_cost_centre", "control_department")
            made[ledger, party] = Party(
                party, ledger, row.text("name"), key, row.text("also_party")
            )
    return made
