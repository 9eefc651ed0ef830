"""What is compared once the files are read: journals, accounts, rates, periods, stated totals."""

from collections.abc import Iterable
from dataclasses import dataclass

from tieout.core.accounts import AccountKey
from tieout.core.errors import Place, Problem
from tieout.core.explain.books import Books, NominalPosting, more_debit
from tieout.core.money import format_minor, parse_decimal
from tieout.formats.books.tables import Row, Table


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A journal whose posted debits are not its credits."""

    journal_id: str
    more_debit: int
    """Debits less credits, in base minor units."""
    line: int
    """Where its first line stands in the file."""


def unbalanced_journals(nominal: Table, postings: Iterable[NominalPosting]) -> list[Unbalanced]:
    """The journals of a whole file that do not balance, in the order of the file."""
    left = more_debit(postings)
    first: dict[str, int] = {}
    for row in nominal:
        journal = row.text("journal_id")
        if journal in left:
            first.setdefault(journal, row.line)
    return [Unbalanced(journal, left[journal], line) for journal, line in first.items()]


def check_journals(found: Iterable[Unbalanced], books: Books) -> list[Problem]:
    """Name the journals whose debits are not their credits, at their first line."""
    exponent = books.exponents.get(books.base_currency, 2)
    return [
        Problem(
            "entry.unbalanced",
            f"journal {each.journal_id} {format_minor(each.more_debit, exponent)} "
            f"{books.base_currency} more in debit",
            "debits that are its credits",
            Place(each.line, None, "debit", "nominal.csv"),
        )
        for each in found
    ]


def check_accounts(books: Books, nominal: Table) -> list[Problem]:
    """Name accounts of postings and settings that the chart does not have, once each."""
    known = set(books.accounts)
    strangers: dict[AccountKey, str] = {}
    for posting in books.postings:
        if posting.key not in known:
            strangers.setdefault(posting.key, posting.posting_id)
    lines = {row.text("nominal_id"): row.line for row in nominal} if strangers else {}
    made: list[Problem] = []
    for key, posting_id in strangers.items():
        place = Place(lines.get(posting_id), None, "account", nominal.name)
        made.append(Problem("books.account-unknown", str(key), "", place))
    known.update(strangers)
    for settings in books.settings.values():
        for key in sorted(settings.counted - known):
            known.add(key)
            place = Place(None, None, "account", "settings.json")
            made.append(Problem("books.account-unknown", str(key), "", place))
    return made


def check_rates(ledgers: Iterable[Table], base: str, rates: Table) -> list[Problem]:
    """Name foreign amounts without a rate, and currencies that the rate table lacks."""
    made: list[Problem] = []
    listed = {row.text("currency") for row in rates}
    for table in ledgers:
        for row in table:
            currency = row.text("currency")
            if currency in {"", base}:
                continue
            place = Place(row.line, None, "rate", table.name)
            if not row.text("rate"):
                made.append(Problem("books.rate-missing", f"{currency} without a rate", "", place))
            elif rates.is_there and currency not in listed:
                listed.add(currency)
                found = f"{currency}, which {rates.name} does not have"
                made.append(Problem("books.rate-missing", found, "", place))
    return made


def check_periods(books: Books) -> list[Problem]:
    """Name periods of postings that the calendar does not have, once each."""
    known = {0, *(period.number for period in books.calendar.periods)}
    made: list[Problem] = []
    for posting in books.postings:
        if posting.period not in known:
            known.add(posting.period)
            found = f"period {posting.period} at {posting.posting_id}"
            place = Place(None, None, "period", "nominal.csv")
            made.append(Problem("books.period-unknown", found, "", place))
    return made


def check_totals(tables: Iterable[Table], totals: Table) -> None:
    """Compare the counts and sums that the extract states with what was read."""
    by_name = {table.name: table for table in tables}
    for row in totals:
        table = by_name.get(row.text("file"))
        if table is None:
            continue
        stated = row.number("rows")
        if stated is not None and stated != len(table.rows):
            totals.note(
                "statement.count-differs",
                row,
                "rows",
                f"{len(table.rows)} rows of {table.name}",
                f"{stated}",
            )
        column, said = row.text("column"), row.amount("total")
        if column and said is not None:
            exponent = max([said.exponent, *(_exponent(each, column) for each in table)])
            read = sum(
                amount.to_minor(exponent) or 0
                for each in table
                if (amount := each.amount(column)) is not None
            )
            if read != said.to_minor(exponent):
                found = f"{format_minor(read, exponent)} in {table.name}, {column}"
                totals.note("statement.total-differs", row, "total", found, row.text("total"))


def _exponent(row: Row, column: str) -> int:
    found = parse_decimal(row.text(column) or "0")
    return found.exponent if found else 0
