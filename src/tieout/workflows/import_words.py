"""How an import is told in words: counts, and whether a statement's lines lead to its closing."""

from tieout.core.money import format_minor
from tieout.store.banking.models import BankStatement


def counted(number: int, one: str, several: str) -> str:
    """`1 line`, `1,200 lines`."""
    return f"{number:,} {one if number == 1 else several}"


def tie_in_words(statement: BankStatement) -> str:
    """Whether a statement's lines lead from opening to closing balance, with the figures."""
    account = statement.account
    label = f"Statement {statement.number}".strip() + f" of {account.number}"
    if statement.begins_on and statement.ends_on:
        label += f", {statement.begins_on} to {statement.ends_on}"
    opening, closing = statement.opening_minor, statement.closing_minor
    booked = format_minor(statement.booked_minor, account.exponent)
    lines = f"{booked} {account.currency} in " + counted(statement.line_count, "line", "lines")
    if opening is None or closing is None:
        return f"{label}: {lines}; it gives no balances to prove them by."
    reached = opening + statement.booked_minor
    sums = (
        f"{format_minor(opening, account.exponent)} + {lines} = "
        f"{format_minor(reached, account.exponent)}"
    )
    if statement.ties:
        return f"{label}: {sums}, as it says."
    apart = format_minor(closing - reached, account.exponent)
    said = format_minor(closing, account.exponent)
    return f"{label}: {sums}, but it says {said}: {apart} apart."
