"""Records that repeat: one bank id on different records, or records alike in everything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tieout.core.errors import NOWHERE, Problem
from tieout.core.statements import StatementLine

NAMED_MAX = 5
"""So many are named; the others are counted."""


def repeats(lines: Sequence[StatementLine]) -> list[Problem]:
    """At most one problem of each kind, naming the first few; nothing is taken out."""
    times = Counter(line.bank_id for line in lines)
    groups: dict[str, list[StatementLine]] = {}
    for line in lines:
        if line.bank_id and times[line.bank_id] > 1:
            groups.setdefault(line.bank_id, []).append(line)
    different: list[str] = []
    alike: list[str] = []
    for key, group in groups.items():
        first, *others = (replace(line, place=NOWHERE) for line in group)
        (different if any(each != first for each in others) else alike).append(key)
    found = []
    for code, ids in (("record.id-repeated", different), ("record.repeated", alike)):
        if ids:
            named = ", ".join(f"{key!r} on {times[key]} records" for key in ids[:NAMED_MAX])
            more = f" and {len(ids) - NAMED_MAX} more" if len(ids) > NAMED_MAX else ""
            second = groups[ids[0]][1]
            found.append(Problem(code, named + more, "an id of its own", second.place))
    return found
