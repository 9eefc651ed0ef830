"""The sample: which cases of a prepared period a reviewer looks at before approving it.

Stratified, as auditors call it: every case larger than an amount is looked at (the certainty
stratum); of the rest as many as a share asks for, by simple random sampling without replacement.
Chance is a row of hashes: the cases are put in the order of SHA-256 over the seed and the case's
name, and the first ones are drawn. The seed is the hash of the audit event by which the period was
prepared, so nobody chooses it, and whoever has the audit chain and the items draws the same again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.access import require_other_eyes
from tieout.core.errors import Conflict, InvalidInput

METHOD = "stratified: all above an amount, of the rest a simple random sample by SHA-256"
SAMPLE_MOST = 1_000
"""The greatest number of cases below the amount that a policy may have drawn."""
PERCENT_MAX = 100


class Verdict(StrEnum):
    """What somebody who looked at a sampled case says of it."""

    RIGHT = "right"
    WRONG = "wrong"
    """The explanation does not bear what was signed: the period is suspended."""


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What is looked at a second time, of the cases that stand in a period."""

    percent: int = 0
    """Of the cases not above the amount, rounded up to a whole case."""
    most: int = 25
    """So many of them are drawn at most."""
    above_minor: int | None = None
    """Every larger case is in the sample; None: none for its size."""

    @property
    def asks(self) -> bool:
        """Whether anything is to be drawn."""
        return self.percent > 0 or self.above_minor is not None


@dataclass(frozen=True, slots=True)
class SampledCase:
    """A case to look at."""

    name: str
    size_minor: int
    is_above: bool
    """In the sample for its size, not by chance."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample with the population that it was drawn from."""

    cases: tuple[SampledCase, ...]
    """Those above the amount first, the largest first; then those drawn, in the order drawn."""
    population_count: int
    population_minor: int
    """The sum of the sizes of all cases."""


def place_of(seed: bytes, name: str) -> bytes:
    """Where a case stands in the order of chance."""
    return hashlib.sha256(seed + name.encode()).digest()


def draw(sizes: Mapping[str, int], plan: SamplePlan, seed: bytes) -> Drawn:
    """The sample of a population: the size of each case by its name, in base minor units."""
    above = {
        name: size
        for name, size in sizes.items()
        if plan.above_minor is not None and size > plan.above_minor
    }
    rest = sizes.keys() - above.keys()
    wanted = min(plan.most, -(-len(rest) * plan.percent // PERCENT_MAX))
    chosen = sorted(rest, key=lambda name: (place_of(seed, name), name))[:wanted]
    largest = sorted(above, key=lambda name: (-above[name], name))
    return Drawn(
        tuple(SampledCase(name, sizes[name], is_above=True) for name in largest)
        + tuple(SampledCase(name, sizes[name], is_above=False) for name in chosen),
        len(sizes),
        sum(sizes.values()),
    )


def require_look(verdict: Verdict, comment: str, preparer_id: int, member_id: int) -> None:
    """Raise unless this person may say this of a sampled case.

    Raises:
        InvalidInput: What is wrong has no comment.
        AccessDenied: Who prepared the period does not look at its sample.
    """
    require_other_eyes(preparer_id, member_id)
    if verdict is Verdict.WRONG and not comment.strip():
        raise InvalidInput("command.invalid", "no comment", "what is wrong with the case")


def require_looked_at(left: Sequence[str] | None, where: str) -> None:
    """Raise `Conflict` while cases of the sample are not looked at.

    Args:
        left: Their names; None where a sample is asked for and was never drawn.
        where: The period, for the message.
    """
    if left is None:
        raise Conflict(
            "closing.sample-open",
            "a period that was prepared before a sample was asked for",
            "a sample, which is drawn when it is sent back and prepared again",
            where,
        )
    if left:
        named = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        are = "case is" if len(left) == 1 else "cases are"
        raise Conflict(
            "closing.sample-open",
            f"{len(left)} sampled {are} not looked at: {named}",
            "every sampled case looked at by somebody else than the preparer",
            where,
        )
