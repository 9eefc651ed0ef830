"""Proposals: what might belong together although nothing says so. Never a cause by themselves.

A person accepts or declines each; until then the difference stays where the causes put it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.groups import Share

NEAR_DAYS = 62
"""How far a journal may be from the document that it may stand for."""
MEMBERS_MAX = 4
POOL_MAX = 30
FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """Shares whose amounts cancel: a missing document and a journal, or a combination."""

    code: str
    """`unlinked_pair` or `combination`."""
    ids: tuple[str, ...]
    amount_minor: int
    """Of the one that the others would explain, in base minor units."""
    sentence: str


def proposals_of(made: LedgerExplanation) -> tuple[Proposal, ...]:
    """Proposals for what never was posted and for what nothing names."""
    absent = [share for share in made.shares if share.cause == "missing"]
    present = [
        share
        for share in made.shares
        if share.cause in {"manual_journal", "foreign_source", UNEXPLAINED} and share.ends is None
    ]
    pairs, used = _pairs(absent, present)
    rest = [share for share in (*absent, *present) if id(share) not in used]
    return (*pairs, *_combinations(rest))


def _pairs(absent: Sequence[Share], present: Sequence[Share]) -> tuple[list[Proposal], set[int]]:
    made: list[Proposal] = []
    used: set[int] = set()
    for share in absent:
        entry = share.group.entries[0]
        alike = [
            each
            for each in present
            if id(each) not in used
            and each.key == share.key
            and each.amount_minor == -share.amount_minor
            and abs((each.group.postings[0].dated_on - entry.dated_on).days) <= NEAR_DAYS
        ]
        if len(alike) == 1:
            used.update({id(share), id(alike[0])})
            ids = (*share.group.ids, *alike[0].group.ids)
            said = f"{ids[0]} was never posted, and {ids[-1]} has its amount on the same account."
            made.append(Proposal("unlinked_pair", ids, share.amount_minor, said))
    return made, used


def _combinations(shares: Sequence[Share]) -> list[Proposal]:
    """Unexplained shares that some others cancel, the fewest first."""
    made: list[Proposal] = []
    for target in shares:
        if target.cause != UNEXPLAINED:
            continue
        pool = [
            share
            for share in shares
            if share is not target and (share.key, share.currency) == (target.key, target.currency)
        ][:POOL_MAX]
        for size in range(1, MEMBERS_MAX + 1):
            found = next(
                (
                    chosen
                    for chosen in combinations(pool, size)
                    if sum(share.amount_minor for share in chosen) == -target.amount_minor
                ),
                None,
            )
            if found is not None:
                ids = (*target.group.ids, *(each for share in found for each in share.group.ids))
                said = f"{ids[0]} would cancel with {', '.join(ids[1:])}."
                made.append(Proposal("combination", ids, target.amount_minor, said))
                break
        if len(made) == FOUND_MAX:
            break
    return made
