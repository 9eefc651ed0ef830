"""One account kept in two systems: both balances on one line, the difference, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tieout.core.errors import InvalidInput

NAMES_MAX = 5000
"""Accounts that a mapping may name."""


class Agreement(StrEnum):
    """How the two balances stand to each other."""

    AGREES = "agrees"
    OFFSETTING = "offsetting"
    """The balances are equal, and yet records differ: what is open cancels out, or hides."""
    EXPLAINED = "explained"
    """They differ, and the records say by what: all of the difference."""
    DIFFERS = "differs"
    """They differ by more, or by less, than the records say."""
    ONE_ONLY = "one-only"
    """One of the two has no balance by that day."""


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as one system has it."""

    system: str
    """In words: `bank statements`, the name of the books."""
    account: str
    balance_minor: int | None
    """None where the system has none by that day."""
    as_at: date | None
    """The day of the balance."""
    known_by: str = ""
    """What the balance was taken from: a file, a run, a count of postings."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account of two systems in one currency; both balances counted alike."""

    left: Balance
    right: Balance
    currency: str
    exponent: int
    explained_minor: int | None = None
    """What the records make them differ by; None where nobody has looked."""
    open_count: int = 0
    """How many records or items stand open between the two."""

    @property
    def difference_minor(self) -> int | None:
        """Left less right; None where one of them is not there."""
        if self.left.balance_minor is None or self.right.balance_minor is None:
            return None
        return self.left.balance_minor - self.right.balance_minor

    @property
    def unexplained_minor(self) -> int | None:
        """What of the difference the records do not say."""
        difference = self.difference_minor
        return None if difference is None else difference - (self.explained_minor or 0)

    @property
    def agreement(self) -> Agreement:
        """In one word. A difference of zero agrees only where nothing open hides in it."""
        difference = self.difference_minor
        if difference is None:
            return Agreement.ONE_ONLY
        if difference == 0:
            is_even = not self.open_count and not self.explained_minor
            return Agreement.AGREES if is_even else Agreement.OFFSETTING
        return Agreement.DIFFERS if self.unexplained_minor else Agreement.EXPLAINED


def accounts_mapped(text: str) -> Mapping[str, str]:
    """Which account of the one system is which of the other, a line each: `1200 = 44100`.

    Blank lines and what follows `#` count for nothing. An account that is not named is the one of
    the same name.

    Raises:
        InvalidInput: `match.mapping-invalid` with the line that is not understood, or that names
            an account a second time.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        left, mark, right = (each.strip() for each in said.partition("="))
        if not (left and mark and right):
            raise _refused(number, repr(said[:80]), "two accounts with = between them")
        if left in found or right in found.values():
            raise _refused(
                number, f"an account of {said[:80]!r} a second time", "each of them once"
            )
        if len(found) >= NAMES_MAX:
            raise _refused(number, f"more than {NAMES_MAX:,} accounts", "fewer")
        found[left] = right
    return found


def _refused(number: int, found: str, expected: str) -> InvalidInput:
    return InvalidInput("match.mapping-invalid", found, expected, f"line {number}")
