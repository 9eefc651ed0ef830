"""What a step of the guided procedure says."""

from collections.abc import Iterable
from dataclasses import dataclass

from tieout.core.explain.books import SubLedger

TITLES = (
    "A frozen copy",
    "Settings",
    "Closed balances",
    "Time or permanent",
    "All periods open",
    "What waits, posted",
    "Suspense",
    "Closed balances again",
    "The last period that agreed",
    "Two totals",
    "What differs",
    "Corrections",
    "Period by period",
    "What is left",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step finds, in a sentence, with the figures behind it."""

    sentence: str
    ledger: SubLedger | None = None
    details: tuple[str, ...] = ()
    stops: bool = False
    """Whether somebody should look before going on."""


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of the procedure."""

    number: int
    title: str
    findings: tuple[Finding, ...]


def stops_of(steps: Iterable[GuideStep]) -> int:
    """How many findings somebody should look at."""
    return sum(finding.stops for step in steps for finding in step.findings)
