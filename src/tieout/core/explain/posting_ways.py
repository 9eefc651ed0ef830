"""What is done without a journal: postings that wait or are run again, entries, settings."""

from collections.abc import Iterable
from dataclasses import replace

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import (
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    more_debit,
)
from tieout.core.explain.cases import naming
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.changes import Change, now
from tieout.core.explain.corrections import ActionKind, Way
from tieout.core.explain.desk import Amount, Desk, Part, in_place, negative
from tieout.core.explain.journal_ways import by_reversal
from tieout.core.explain.sentences import account_phrase
from tieout.core.explain.ways import Trouble, own_parts, total


def by_posting_it(trouble: Trouble, name: str, kind: ActionKind, verb: str) -> Way:
    """Its lines that wait are posted, with their other sides."""
    desk = trouble.desk
    period = desk.place(trouble.begins)
    return trouble.way(name, kind, verb, Change(moved=_posted_in(trouble, period)), (period,))


def _posted_in(trouble: Trouble, period: int) -> tuple[NominalPosting, ...]:
    desk = trouble.desk
    pending = [line for line in trouble.group.postings if line.status is not PostingStatus.POSTED]
    journals = dict.fromkeys(line.journal_id for line in pending)
    return tuple(
        in_place(each, period, desk.day_in(period, each.dated_on), now(desk.books))
        for journal_id in journals
        for each in desk.by_journal[journal_id]
        if each.status is not PostingStatus.POSTED
    )


def by_opening(trouble: Trouble) -> Way:
    """Open its period, then post it there."""
    desk = trouble.desk
    period = min(trouble.begins, desk.books.calendar.periods[-1].number)
    change = Change(moved=_posted_in(trouble, period), opened=desk.reopens((period,)))
    return trouble.way(
        "open", ActionKind.POST_WAITING, "Open the period and post", change, (period,)
    )


def by_moving(trouble: Trouble) -> Way:
    """Move it to the last open period before its own: date and period then differ."""
    desk = trouble.desk
    period = desk.next_open(min(desk.books.last_period, trouble.begins))
    change = Change(moved=_posted_in(trouble, period))
    return trouble.way("move", ActionKind.POST_WAITING, "Move and post", change, (period,))


def by_posting_again(trouble: Trouble) -> Way:
    """The posting from the sub-ledger, as it should have been made."""
    desk, entry = trouble.desk, trouble.group.entries[0]
    period = desk.place(trouble.begins)
    amount = total(own_parts(trouble))
    journal_id = trouble.journal_id(period)
    parts = [Part(entry.key, entry.currency, amount)]
    half = _half_of(trouble, amount)
    if half:
        journal_id = half
    else:
        parts.append(Part(desk.opposite(trouble.group), entry.currency, negative(amount)))
    reference = "Revalue" if entry.kind is EntryKind.REVALUE else entry.reference
    keyed = desk.journal(journal_id, parts, period, trouble.said)
    lines = tuple(
        replace(
            line,
            posting_id=f"{trouble.journal_id(period)}-{number}",
            module=entry.ledger.module,
            source_id=entry.entry_id,
            line_no=1 if number == 1 else 0,
            line_count=1 if number == 1 else 0,
            reference=reference,
            narrative="",
            dated_on=entry.dated_on,
        )
        for number, line in enumerate(keyed, 1)
    )
    verb = "Complete the posting of" if half else "Run the posting again for"
    kind = ActionKind.REPAIR if half else ActionKind.REPOST
    return trouble.way("repost", kind, verb, Change(lines=lines), (period,))


def _half_of(trouble: Trouble, amount: Amount) -> str:
    """The journal that lacks just this line; blank where there is none."""
    desk, entry = trouble.desk, trouble.group.entries[0]
    named = (line for name in (entry.entry_id, entry.batch_id) for line in desk.by_source[name])
    journals = {line.journal_id for line in named}
    for journal_id in sorted(journals):
        if -_natural(desk, desk.by_journal[journal_id]) == amount.base_minor:
            return journal_id
    return ""


def _natural(desk: Desk, lines: Iterable[NominalPosting]) -> int:
    return sum(line.natural(desk.ledger) for line in lines if line.status is PostingStatus.POSTED)


def by_completing(trouble: Trouble) -> Way:
    """The lost half of a keyed journal put back on the same account, so that nothing is left."""
    desk = trouble.desk
    (line,) = trouble.posted
    own = own_parts(trouble)
    of_journal = desk.by_journal[line.journal_id]
    is_whole = -_natural(desk, of_journal) == total(own).base_minor
    if not is_whole or not more_debit(of_journal):
        return by_reversal(trouble)
    added = desk.journal(line.journal_id, own, line.period, trouble.said)
    lines = tuple(
        replace(each, posting_id=f"{trouble.journal_id(line.period)}-{number}")
        for number, each in enumerate(added, 1)
    )
    change = Change(lines=lines)
    return trouble.way("repair", ActionKind.REPAIR, "Complete", change, (line.period,))


def by_entry(trouble: Trouble, name: str, kind: EntryKind, verb: str) -> Way:
    """An entry in the sub-ledger, with no posting of its own: the nominal ledger has it."""
    desk, said = trouble.desk, trouble.said
    of_entry = [(entry.party, entry.rate) for entry in trouble.group.entries]
    party, rate = of_entry[0] if of_entry else ("", "")
    made: list[LedgerEntry] = []
    period = desk.place(trouble.begins)
    day = desk.day_in(period, said.day)
    for number, share in enumerate(trouble.shares, 1):
        amount = negative(desk.amount_of(trouble.group, share))
        made.append(
            LedgerEntry(
                entry_id=f"TE{CAUSES[trouble.cause].number}-{trouble.case}-{number}",
                ledger=desk.ledger,
                kind=kind,
                party=party,
                reference=naming(trouble.case, trouble.cause, said.reference),
                dated_on=day,
                entered_on=now(desk.books),
                currency=share.currency,
                doc_minor=amount.doc_minor,
                base_minor=amount.base_minor,
                key=share.key,
                rate=rate,
            )
        )
    change = Change(entries=tuple(made))
    return trouble.way(name, ActionKind.ENTRY, verb, change, (period,))


def by_leaving_out(trouble: Trouble, name: str, verb: str, kind: ActionKind) -> Way:
    """The entry is taken out of the sub-ledger, or the repeated lines out of the books."""
    group = trouble.group
    journals = {line.journal_id for line in group.postings if line.is_repeated}
    again = tuple(
        line
        for journal_id in sorted(journals)
        for line in trouble.desk.by_journal[journal_id]
        if line.is_repeated
    )
    change = Change(without=group.entries, without_lines=again)
    return trouble.way(name, kind, verb, change, ())


def by_restoring(trouble: Trouble) -> Way:
    """The entry is made again in the sub-ledger as it was posted."""
    desk, group = trouble.desk, trouble.group
    if group.entries:
        entry = group.entries[0]
        change = Change(without=(entry,), entries=(replace(entry, voided_on=None),))
    else:
        line = group.postings[0]
        entry = LedgerEntry(
            entry_id=line.source_id,
            ledger=desk.ledger,
            kind=EntryKind.OTHER,
            party="",
            reference=line.reference,
            dated_on=line.dated_on,
            entered_on=line.entered_on,
            currency=line.currency,
            doc_minor=sum(each.natural_doc(desk.ledger) for each in group.postings),
            base_minor=sum(each.natural(desk.ledger) for each in group.postings),
            key=line.key,
        )
        change = Change(entries=(entry,))
    return trouble.way("restore", ActionKind.ENTRY, "Restore in the sub-ledger", change, ())


def by_settings(trouble: Trouble, key: AccountKey, *, is_counted: bool) -> Way:
    """The account is counted from now on, or no longer."""
    desk = trouble.desk
    pair = ((desk.ledger, key),)
    change = Change(counted=pair) if is_counted else Change(not_counted=pair)
    name = "count" if is_counted else "leave_out"
    place = account_phrase(desk.books, key)
    verb = "Count" if is_counted else "Leave out"
    said = f"{verb} {place} in the reconciliation settings; no journal is needed."
    return Way(name, ActionKind.SETTINGS, said, change)
