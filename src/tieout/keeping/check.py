"""One line of what a look at a site answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, what was found, and what to do."""

    name: str
    is_well: bool
    found: str
    next_step: str = ""
