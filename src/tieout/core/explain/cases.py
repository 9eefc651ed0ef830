"""Cases: how a correction says what it corrects, so that books read again find it.

A case is the id of an entry, or of a posting that no entry stands behind. A line of a keyed
journal names its case and cause in its narrative, an entry made to put something right in its
reference: `Correction of SL00000012 (transposition): INV0000034`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tieout.core.explain.books import LedgerEntry, NominalPosting
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.groups import Group

WORDS = "Correction of "


def naming(case: str, cause: str, reference: str = "") -> str:
    """The words that name a case, its cause and, for people, the document's reference."""
    said = f"{WORDS}{case} ({cause})"
    return f"{said}: {reference}" if reference else said


def named(said: str) -> tuple[str, str]:
    """The case and the cause that such words name; blank both for all others."""
    if said[: len(WORDS)].casefold() != WORDS.casefold():
        return "", ""
    case, found, rest = said[len(WORDS) :].partition(" (")
    while found:
        cause = rest.partition(")")[0]
        if cause in CAUSES:
            return case, cause
        more, found, rest = rest.partition(" (")
        case = f"{case} ({more}"
    return "", ""


def case_named(said: str) -> str:
    """The case that such words name; blank for all others, and where the cause is none."""
    return named(said)[0]


def is_correcting(posting: NominalPosting) -> bool:
    """Whether it is a line of a keyed journal that names a case."""
    return (
        posting.module == "NL"
        and not posting.line_no
        and not posting.source_id
        and bool(case_named(posting.narrative))
    )


def case_of(group: Group) -> str:
    """The id by which a correction names the group."""
    if group.entries:
        return group.entries[0].entry_id
    return group.postings[0].posting_id if group.postings else group.ids[0]


def joined(
    groups: Sequence[Group],
    lines: Iterable[NominalPosting],
    entries: Iterable[tuple[LedgerEntry, Sequence[NominalPosting]]],
) -> tuple[list[Group], list[NominalPosting], list[tuple[LedgerEntry, Sequence[NominalPosting]]]]:
    """The groups with the corrections that name them, and those that name nothing there is.

    An entry's id comes first, then a posting that no entry stands behind, then the id of an
    entry in another ledger that such a posting is of.
    """
    places = _places(groups)
    made = list(groups)
    lines_over: list[NominalPosting] = []
    entries_over: list[tuple[LedgerEntry, Sequence[NominalPosting]]] = []
    for line in lines:
        at = places.get(case_named(line.narrative))
        if at is None:
            lines_over.append(line)
        else:
            made[at] = replace(made[at], corrections=(*made[at].corrections, line))
    for entry, own in entries:
        at = places.get(case_named(entry.reference))
        if at is None:
            entries_over.append((entry, own))
        else:
            kept = replace(made[at], corrections=(*made[at].corrections, *own))
            made[at] = replace(kept, added=(*kept.added, entry))
    return made, lines_over, entries_over


def _places(groups: Sequence[Group]) -> dict[str, int]:
    """By every name that a case has, which group it is."""
    places: dict[str, int] = {}
    for place, group in enumerate(groups):
        for entry in group.entries:
            if not entry.is_repeated:
                places[entry.entry_id] = place
    for name_of in (_posting_id, _source_id):
        for place, group in enumerate(groups):
            for line in group.postings if not group.entries else ():
                if not line.is_repeated and name_of(line):
                    places.setdefault(name_of(line), place)
    return places


def _posting_id(line: NominalPosting) -> str:
    return line.posting_id


def _source_id(line: NominalPosting) -> str:
    return line.source_id
