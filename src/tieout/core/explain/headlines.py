"""The sentence that says it all of a ledger and a period: how far apart, and what is explained."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a ledger at the end of a period; amounts in base minor units."""

    called: str
    """The ledger, as people call it."""
    where: str
    """The period, as people call it."""
    difference_minor: int
    cause_count: int
    """Causes with a name; what is unexplained is none."""
    item_count: int
    size_minor: int
    """The sum of the sizes of all items."""
    unexplained_count: int
    unexplained_minor: int
    """The sum of what has no cause, with signs."""


def headline_of(standing: Standing, money: Callable[[int], str]) -> str:
    """The sentence; `money` says an amount with its currency."""
    name, where = standing.called, standing.where
    apart = apart_of(name, where, standing.difference_minor, money)
    if not standing.item_count:
        return f"{apart}."
    rest = "nothing is unexplained"
    if standing.unexplained_count:
        amount = money(standing.unexplained_minor)
        rest = f"{standing.unexplained_count} items of {amount} are unexplained"
    few = "1 cause" if standing.cause_count == 1 else f"{standing.cause_count} causes"
    if not standing.difference_minor:
        return (
            f"{apart}, but {standing.item_count} items of {money(standing.size_minor)} offset one "
            f"another: {few}; {rest}."
        )
    verb = "explains" if standing.cause_count == 1 else "explain"
    what = "the rest of it" if standing.unexplained_count else "it"
    return f"{apart}: {few} {verb} {what}; {rest}."


def apart_of(name: str, where: str, difference_minor: int, money: Callable[[int], str]) -> str:
    """How far a ledger and its control accounts are apart, without a full stop."""
    if not difference_minor:
        return f"{name} agrees with its control accounts at {where}"
    side = "above" if difference_minor > 0 else "below"
    return f"{name} is {money(abs(difference_minor))} {side} its control accounts at {where}"
