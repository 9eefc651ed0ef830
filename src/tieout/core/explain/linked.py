"""Groups of entries that have postings: status, repeats, period, account, amount (2.2, 4 to 8)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tieout.core.accounts import AccountKey
from tieout.core.explain.amounts import Amounts, amount_cause
from tieout.core.explain.books import LedgerEntry, NominalPosting, PostingStatus, SubLedger
from tieout.core.explain.groups import Group, Scene
from tieout.core.explain.timing import timing_cause

STATUS_CAUSES = {
    PostingStatus.WAITING: "waiting",
    PostingStatus.DEFERRED: "deferred",
    PostingStatus.DRAFT: "draft",
    PostingStatus.REJECTED: "rejected",
}


def linked_groups(
    scene: Scene,
    entries: Sequence[LedgerEntry],
    lines: Iterable[NominalPosting],
    corrections: Sequence[NominalPosting] = (),
) -> list[Group]:
    """The groups of one entry (or one daily total) and its control lines, of which there are any.

    Args:
        scene: The ledger.
        entries: One entry, or those of a batch that belong to one account in one currency.
        lines: Their control lines of every status, on any account.
        corrections: Lines of keyed journals that put them right.
    """
    ordered = sorted(lines, key=_first_come)
    originals, repeats = _repeats_apart(entries, ordered)
    ids = tuple(entry.entry_id for entry in entries)
    made: list[Group] = []
    for cause, lines_again in _apart(originals, repeats):
        names = (*ids, *(each.posting_id for each in lines_again))
        made.append(Group((), tuple(lines_again), cause, names))
    kinds = {(line.status, line.key, line.period) for line in originals}
    judge = _uniform if len(kinds) == 1 else _mixed
    group = judge(scene, entries, originals)
    if corrections:
        group = replace(group, corrections=tuple(corrections))
    return [*made, _voided(scene, group) if entries[0].voided_on is not None else group]


def _voided(scene: Scene, group: Group) -> Group:
    """The group of an entry that was voided: its reversal, or that there is none."""
    entry = group.entries[0]
    if len({line.direction for line in group.postings}) > 1:
        return replace(
            group, cause="voided_other_period", early_cause="", early_until=0, elsewhere=""
        )
    until = scene.books.calendar.number_of(entry.voided_on or entry.dated_on)
    cause = group.early_cause or group.cause
    return replace(group, cause="deleted", early_cause=cause, early_until=until, elsewhere="")


def _first_come(line: NominalPosting) -> tuple[bool, object, str]:
    return line.status is not PostingStatus.POSTED, line.entered_on, line.posting_id


def _repeats_apart(
    entries: Sequence[LedgerEntry], ordered: Sequence[NominalPosting]
) -> tuple[list[NominalPosting], list[NominalPosting]]:
    """The first line of each number, and the later ones that were posted as well.

    The reversal of an entry voided in the sub-ledger is no repeat. Lines of a daily total are
    told apart by account and currency too.
    """
    is_voided = any(entry.voided_on is not None for entry in entries)
    of_batch = any(line.source_id == entries[0].batch_id for line in ordered if line.source_id)
    originals: list[NominalPosting] = []
    repeats: list[NominalPosting] = []
    seen: dict[object, NominalPosting] = {}
    for line in ordered:
        number: object = line.line_no
        if of_batch:
            number = line.line_no, line.key, line.currency
        elif not line.source_id:
            number = line.posting_id
        first = seen.setdefault(number, line)
        is_reversal = is_voided and line.direction is not first.direction
        if first is line or is_reversal:
            originals.append(line)
        elif line.status is PostingStatus.POSTED:
            repeats.append(line)
    return originals, repeats


def _apart(
    originals: Sequence[NominalPosting], repeats: Sequence[NominalPosting]
) -> list[tuple[str, list[NominalPosting]]]:
    """Repeats that take an original back on its own account, and those that post it again."""
    back = [line for line in repeats if any(_takes_back(line, each) for each in originals)]
    again = [line for line in repeats if all(line is not each for each in back)]
    found = (("reversed_only", back), ("duplicate", again))
    return [(cause, lines) for cause, lines in found if lines]


def _takes_back(line: NominalPosting, original: NominalPosting) -> bool:
    return (
        line.line_no == original.line_no
        and line.key == original.key
        and line.base_minor == original.base_minor
        and line.direction is not original.direction
    )


def _uniform(
    scene: Scene,
    entries: Sequence[LedgerEntry],
    lines: Sequence[NominalPosting],
) -> Group:
    """All lines have one status, one account and one period: the chain of 2.1."""
    first, entry = lines[0], entries[0]
    ids = tuple(each.entry_id for each in entries)
    if first.status is not PostingStatus.POSTED:
        return Group(tuple(entries), tuple(lines), STATUS_CAUSES[first.status], ids)
    account = account_cause(scene, entry, first.key)
    cause = account or _amount(scene, entries, lines)
    early, until = _early(scene, entry, lines)
    crossed = account in {"cross_control", "control_changed"}
    if crossed:
        ids = (*ids, first.posting_id)
    return Group(
        tuple(entries),
        tuple(lines),
        cause,
        ids,
        early,
        until,
        elsewhere=account if crossed else "",
    )


def _early(scene: Scene, entry: LedgerEntry, lines: Sequence[NominalPosting]) -> tuple[str, int]:
    """The timing cause and the period in which it ends; blank where the periods agree."""
    dated_in, posted_in = scene.period_of(entry), lines[0].period
    if dated_in == posted_in:
        return "", 0
    moment = max(line.entered_on for line in lines)
    cause = timing_cause(scene, entry, dated_in, posted_in, moment)
    return cause, max(dated_in, posted_in)


def account_cause(scene: Scene, entry: LedgerEntry, key: AccountKey) -> str:
    """The cause of a posting on that account; blank where it belongs there."""
    if key == entry.key:
        return ""
    if key in scene.books.suspense:
        return "suspense"
    if key in scene.other_controls:
        return "wrong_ledger"
    party = scene.books.parties.get((entry.ledger, entry.party))
    if party is not None and party.key == key:
        return "control_changed"
    return "cross_control" if key in scene.counted else "wrong_account"


def _amount(scene: Scene, entries: Sequence[LedgerEntry], lines: Sequence[NominalPosting]) -> str:
    """The cause of a difference in amount, were there one."""
    present = len({line.line_no for line in lines})
    if present < max(line.line_count for line in lines):
        return "partial"
    ledger = scene.ledger
    entry = entries[0]
    amounts = Amounts(
        entry_base=sum(each.base_minor for each in entries),
        posted_base=sum(line.natural(ledger) for line in lines),
        entry_doc=sum(each.doc_minor for each in entries),
        posted_doc=sum(line.natural_doc(ledger) for line in lines),
        is_foreign=entry.currency != scene.books.base_currency,
        rounds_base=ledger is SubLedger.INVENTORY,
        line_pairs=_line_pairs(scene, entry, lines) if len(entries) == 1 else (),
    )
    if amounts.entry_base == amounts.posted_base:
        return "amount_edited"
    return amount_cause(amounts, scene.books.tolerance_minor)


def _line_pairs(
    scene: Scene, entry: LedgerEntry, lines: Sequence[NominalPosting]
) -> tuple[tuple[int, int], ...]:
    """Net and tax as they should be and as they are, where an entry was posted in those two."""
    if len(lines) != 2 or not entry.tax_minor:
        return ()
    posted = [line.natural(scene.ledger) for line in sorted(lines, key=lambda each: each.line_no)]
    return ((entry.base_minor - entry.tax_minor, posted[0]), (entry.tax_minor, posted[1]))


def _mixed(
    scene: Scene,
    entries: Sequence[LedgerEntry],
    lines: Sequence[NominalPosting],
) -> Group:
    """Lines of one entry went different ways: what is wrong with the first wrong one is said."""
    entry = entries[0]
    ids = tuple(each.entry_id for each in entries)
    dated_in = scene.period_of(entry)
    everything = tuple(lines)
    posted = [line for line in lines if line.status is PostingStatus.POSTED]
    early, until = "", 0
    late = [line for line in posted if line.period != dated_in]
    if late:
        moment = max(line.entered_on for line in late)
        last = max(late, key=lambda line: line.period)
        early = timing_cause(scene, entry, dated_in, last.period, moment)
        until = max(dated_in, last.period)
    causes = [
        STATUS_CAUSES.get(line.status) or account_cause(scene, entry, line.key) for line in lines
    ]
    cause = next(filter(None, causes), "") or _amount(scene, entries, lines)
    crossed = {"cross_control", "control_changed"}.intersection(causes)
    return Group(
        tuple(entries), everything, cause, ids, early, until, elsewhere=min(crossed, default="")
    )


def batch_shares(
    entries: Iterable[LedgerEntry], lines: Iterable[NominalPosting]
) -> list[tuple[list[LedgerEntry], list[NominalPosting]]]:
    """A daily total taken apart by account and currency, each with the lines that post it.

    A line on an account that no entry belongs to goes to the part that has the same amount, or
    else to the first that has no line yet.
    """
    parts: dict[tuple[AccountKey, str], tuple[list[LedgerEntry], list[NominalPosting]]]
    parts = defaultdict(lambda: ([], []))
    for entry in entries:
        parts[entry.key, entry.currency][0].append(entry)
    astray: list[NominalPosting] = []
    for line in sorted(lines, key=_first_come):
        part = parts.get((line.key, line.currency))
        if part is None:
            astray.append(line)
        else:
            part[1].append(line)
    for line in astray:
        without = [part for part in parts.values() if not part[1]]
        alike = [
            part
            for part in without or list(parts.values())
            if abs(sum(entry.base_minor for entry in part[0])) == line.base_minor
        ]
        (alike or without or list(parts.values()))[0][1].append(line)
    return list(parts.values())
