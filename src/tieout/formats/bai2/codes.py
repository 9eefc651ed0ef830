"""BAI type codes: which ranges bring money in or take it out, and which are totals.

Ranges of the published standard: 001 to 099 account status, 100 to 399 credits, 400 to 699
debits, 700 to 799 loans, 900 to 919 a bank's own status, 920 to 959 its own credits, 960 to 999
its own debits.
"""

from tieout.core.statements import Direction

OPENING_LEDGER, CLOSING_LEDGER = "010", "015"
CLOSING_AVAILABLE, CURRENT_AVAILABLE = "045", "060"
TOTAL_CREDITS, TOTAL_DEBITS = "100", "400"

TOTALS = frozenset(
    {
        *("100", "101", "105", "110", "120", "130", "140", "146", "150", "160", "170", "180"),
        *("185", "186", "190", "200", "205", "207", "210", "215", "230", "231", "239", "250"),
        *("251", "256", "260", "270", "280", "294", "390"),
        *("400", "401", "403", "405", "406", "410", "412", "416", "420", "430", "446", "450"),
        *("470", "480", "486", "490", "500", "505", "507", "510", "515", "530", "532", "539"),
        *("550", "551", "556", "560", "570", "580", "590", "610", "690"),
    }
)
"""Codes whose published name is "Total …": they summarise and are no transactions."""

REVERSALS = frozenset({"252", "255", "257", "258", "552", "555", "557", "558"})
"""Reversals and returned items: they take back an earlier line."""

CHEQUES = frozenset({"474", "475", "476", "477", "478"})
"""Cheques paid: the customer reference is the cheque number."""


def direction_of(code: str) -> Direction | None:
    """Which way money goes; None for status, loans and what the standard does not define."""
    if not (code.isascii() and code.isdigit() and len(code) == 3):
        return None
    number = int(code)
    if 100 <= number <= 399 or 920 <= number <= 959:
        return Direction.CREDIT
    if 400 <= number <= 699 or 960 <= number <= 999:
        return Direction.DEBIT
    return None
