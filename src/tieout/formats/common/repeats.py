"""Records that repeat: one bank id on different records, or records alike in everything."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tieout.core.errors import NOWHERE, Problem
from tieout.core.statements import StatementLine

NAMED_MAX = 5
"""So many are named; the others are counted."""


def repeats(lines: Sequence[StatementLine]) -> list[Problem]:
    """At most one problem of each kind, naming the first few; nothing is taken out."""
    by_id: dict[str, list[StatementLine]] = defaultdict(list)
    for line in lines:
        if line.bank_id:
            by_id[line.bank_id].append(replace(line, place=NOWHERE))
    different = [key for key, group in by_id.items() if any(each != group[0] for each in group)]
    alike = [
        key
        for key, group in by_id.items()
        if len(group) > 1 and all(each == group[0] for each in group)
    ]
    found = []
    for code, ids in (("record.id-repeated", different), ("record.repeated", alike)):
        if ids:
            named = ", ".join(f"{key!r} on {len(by_id[key])} records" for key in ids[:NAMED_MAX])
            more = f" and {len(ids) - NAMED_MAX} more" if len(ids) > NAMED_MAX else ""
            found.append(Problem(code, named + more, "each id once"))
    return found
