"""Groups of entries without postings, and of postings without entries (2.2, steps 3, 9 and 10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tieout.core.explain.books import EntryKind, LedgerEntry, NominalPosting
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.groups import Group, Scene
from tieout.core.statements import Direction

REVALUE = "revalue"
"""The reference of revaluation postings, in small letters."""


def absent_cause(scene: Scene, entry: LedgerEntry, *, has_other_half: bool) -> str:
    """Why an entry that has no control line at all has none."""
    if entry.kind is EntryKind.OPENING_BALANCE:
        return "opening_balance"
    if scene.period_of(entry) < 1:
        return "brought_forward"
    if entry.kind is EntryKind.REVALUE:
        return "revalue_not_posted"
    return "half_posted" if has_other_half else "missing"


def opening_groups(
    entries: Sequence[LedgerEntry], lines: Sequence[NominalPosting]
) -> tuple[list[Group], list[NominalPosting]]:
    """Opening balances with their journals, and the journal lines that are left over.

    A journal carries the entry's reference and names its party; one that does not may be the
    total of all parties of an account, and is paired with what is left there.
    """
    made: list[Group] = []
    by_reference: dict[tuple[str, str], list[NominalPosting]] = defaultdict(list)
    for line in lines:
        by_reference[line.reference, line.currency].append(line)
    taken: set[str] = set()
    left: dict[object, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        own = [
            line
            for line in by_reference[entry.reference, entry.currency]
            if line.posting_id not in taken and entry.party in line.narrative.split()
        ]
        taken.update(line.posting_id for line in own)
        if own:
            made.append(Group((entry,), tuple(own), "opening_balance", (entry.entry_id,)))
        else:
            left[entry.key, entry.currency].append(entry)
    over: list[NominalPosting] = []
    totals: dict[object, list[NominalPosting]] = defaultdict(list)
    for line in lines:
        if line.posting_id not in taken:
            totals[line.key, line.currency].append(line)
    for place, without in left.items():
        total = totals.pop(place, [])
        if total:
            ids = (*(line.posting_id for line in total), *(each.entry_id for each in without))
            made.append(Group(tuple(without), tuple(total), "opening_balance", ids))
        else:
            made += [Group((entry,), (), "opening_balance", (entry.entry_id,)) for entry in without]
    for lines_left in totals.values():
        over += lines_left
    return made, over


def forward_groups(entries: Iterable[LedgerEntry], lines: Iterable[NominalPosting]) -> list[Group]:
    """Entries from before the first period against the lines brought forward, per account."""
    parts: dict[object, tuple[list[LedgerEntry], list[NominalPosting]]]
    parts = defaultdict(lambda: ([], []))
    for entry in entries:
        parts[entry.key, entry.currency][0].append(entry)
    for line in lines:
        parts[line.key, line.currency][1].append(line)
    return [
        Group(
            tuple(old),
            tuple(forward),
            "brought_forward",
            (*(line.posting_id for line in forward), *(entry.entry_id for entry in old)),
        )
        for old, forward in parts.values()
    ]


def stranger_groups(scene: Scene, lines: Iterable[NominalPosting]) -> list[Group]:
    """Postings that name an entry which this ledger does not have."""
    others = {
        each
        for entry in scene.books.entries
        if entry.ledger is not scene.ledger
        for each in (entry.entry_id, entry.batch_id)
    }
    parts: dict[tuple[str, str], list[NominalPosting]] = defaultdict(list)
    for line in lines:
        parts[stranger_cause(scene, line, others), line.source_id].append(line)
    return [
        Group((), tuple(same), cause, tuple(line.posting_id for line in same))
        for (cause, _), same in parts.items()
    ]


def stranger_cause(scene: Scene, line: NominalPosting, others: set[str]) -> str:
    """Why a posting stands here whose entry is in another ledger, or in none."""
    if line.source_id in others:
        return "wrong_ledger" if line.line_no else "control_as_expense"
    return "foreign_source" if _is_foreign(scene, line) else "deleted"


def _is_foreign(scene: Scene, line: NominalPosting) -> bool:
    own = {ledger.module for ledger in scene.books.ledgers}
    return line.module not in {*own, "CT", "NL", "BF"}


def loose_groups(
    scene: Scene, lines: Iterable[NominalPosting], unbalanced: frozenset[str]
) -> list[Group]:
    """Postings that nothing names: each with its reversal, where one names the other."""
    forward: list[NominalPosting] = []
    parts: dict[str, list[NominalPosting]] = defaultdict(list)
    for line in lines:
        cause = loose_cause(scene, line, unbalanced)
        if cause == "brought_forward":
            forward.append(line)
        else:
            parts[cause].append(line)
    contras = {
        entry.reference: entry.entry_id
        for entry in scene.books.entries
        if entry.kind is EntryKind.CONTRA and entry.ledger is not scene.ledger
    }
    made: list[Group] = []
    for cause, same in parts.items():
        for pair in _with_reversals(same):
            ids = tuple(line.posting_id for line in pair)
            half = contras.get(pair[0].reference) if cause == "contra_one_sided" else None
            made.append(Group((), pair, cause, (*ids, half) if half else ids))
    return [*made, *forward_groups((), forward)]


def loose_cause(scene: Scene, line: NominalPosting, unbalanced: frozenset[str]) -> str:
    """Why a posting stands on a control account with no entry behind it."""
    use = scene.books.accounts.get(line.key)
    tests = (
        (line.period < 1, "brought_forward"),
        (line.module == "BF", "year_end_rollover"),
        (line.module == "CT", "contra_one_sided"),
        (line.reference.casefold() == REVALUE, "revalue_not_in_subledger"),
        (use is not None and use.is_feature, "other_control_feature"),
        (_is_foreign(scene, line), "foreign_source"),
        (line.journal_id in unbalanced, "half_posted"),
        (line.module == "NL" and not line.has_party, "party_missing"),
        (line.module == "NL", "manual_journal"),
    )
    return next((cause for holds, cause in tests if holds), UNEXPLAINED)


def _with_reversals(lines: Sequence[NominalPosting]) -> list[tuple[NominalPosting, ...]]:
    """Each posting alone, or with the one that takes it back and says so."""
    open_lines: dict[object, list[NominalPosting]] = defaultdict(list)
    made: list[tuple[NominalPosting, ...]] = []
    reversals = [line for line in lines if "reversal" in line.narrative.casefold()]
    for line in lines:
        if "reversal" not in line.narrative.casefold():
            open_lines[_opposed(line, line.direction.opposite)].append(line)
    for reversal in sorted(reversals, key=lambda line: (line.period, line.posting_id)):
        candidates = open_lines[_opposed(reversal, reversal.direction)]
        named = [line for line in candidates if line.reference == reversal.reference]
        if named:
            candidates.remove(named[0])
            made.append((named[0], reversal))
        else:
            made.append((reversal,))
    return [*made, *((line,) for left in open_lines.values() for line in left)]


def _opposed(line: NominalPosting, direction: Direction) -> object:
    return line.key, line.currency, line.base_minor, direction
