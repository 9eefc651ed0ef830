"""Overlapping downloads: which lines of a later file are lines we already have.

Two honest equal lines stay two; one line downloaded twice stays one. Banks' ids decide only
where they have proved stable between the two files; otherwise the lines of a day are compared as
multisets of (day, amount, text): a later file adds what it has more of than we had.
"""

from collections import defaultdict
from collections.abc import Sequence

from tieout.core.statements import StatementLine

STABLE_SHARE = (9, 10)
"""Ids are stable when at least this share of the lines that both files hold keep their id."""


def repeated(known: Sequence[StatementLine], later: Sequence[StatementLine]) -> frozenset[int]:
    """Indices into `later` of the lines that `known` already holds (same account assumed)."""
    return frozenset(repeats(known, later))


def repeats(known: Sequence[StatementLine], later: Sequence[StatementLine]) -> dict[int, int]:
    """For each line of `later` that `known` holds: its index, and the index of the known line."""
    if _ids_are_stable(known, later):
        by_id = {line.bank_id: at for at, line in enumerate(known)}
        return {at: by_id[line.bank_id] for at, line in enumerate(later) if line.bank_id in by_id}
    held: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at in range(len(known) - 1, -1, -1):
        held[_key(known[at])].append(at)
    found = {}
    for at, line in enumerate(later):
        several = held.get(_key(line))
        if several:
            found[at] = several.pop()
    return found


def _key(line: StatementLine) -> tuple[object, ...]:
    text = f"{line.counterparty} {line.narrative}".casefold()
    return (line.booked_on, line.signed_minor, line.currency, line.status, " ".join(text.split()))


def _ids_are_stable(known: Sequence[StatementLine], later: Sequence[StatementLine]) -> bool:
    """Whether ids exist, are unique in each file, and are kept by the lines both files hold."""
    for lines in (known, later):
        ids = [line.bank_id for line in lines]
        if not all(ids) or len(set(ids)) != len(ids):
            return False
    by_id = {line.bank_id: line for line in known}
    keys = {_key(line) for line in known}
    shared = [line for line in later if _key(line) in keys or line.bank_id in by_id]
    kept = sum(
        line.bank_id in by_id and by_id[line.bank_id].signed_minor == line.signed_minor
        for line in shared
    )
    return bool(shared) and kept * STABLE_SHARE[1] >= len(shared) * STABLE_SHARE[0]
