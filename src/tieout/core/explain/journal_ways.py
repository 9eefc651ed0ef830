"""Journals that put a case right: between accounts, taken back, moved to another period."""

from dataclasses import replace

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import LedgerEntry, NominalPosting
from tieout.core.explain.changes import Change
from tieout.core.explain.corrections import ActionKind, Way
from tieout.core.explain.desk import Amount, Part, negative
from tieout.core.explain.ways import Trouble, nothing, own_parts, total


def by_journal(
    trouble: Trouble, name: str, verb: str, kind: ActionKind = ActionKind.JOURNAL
) -> Way:
    """A journal that brings the control accounts to where the sub-ledger is.

    The other side is the account on which it was posted wrongly; what is left over goes to the
    account that the group's own journal stands against.
    """
    desk = trouble.desk
    period = desk.place(trouble.begins)
    parts = [*own_parts(trouble), *_taken_back(trouble)]
    rest = total(parts)
    if rest.base_minor:
        currency = trouble.shares[0].currency
        parts.append(Part(_rest_goes_to(trouble), currency, negative(rest)))
    lines = desk.journal(trouble.journal_id(period), parts, period, trouble.said)
    return trouble.way(name, kind, verb, Change(lines=lines), (period,))


def _taken_back(trouble: Trouble) -> list[Part]:
    """What clears the accounts that hold the lines and are not counted."""
    desk = trouble.desk
    astray = [line for line in trouble.posted if line.key not in desk.scene.counted]
    if astray and trouble.group.corrections:
        amount = negative(total(own_parts(trouble)))
        return [Part(astray[0].key, astray[0].currency, amount)]
    others = desk.scene.other_controls
    return [
        Part(
            line.key,
            line.currency,
            Amount(-line.natural(desk.ledger), -line.natural_doc(desk.ledger)),
            line.posting_id if line.key in others else "",
        )
        for line in astray
    ]


def _rest_goes_to(trouble: Trouble) -> AccountKey:
    entries = trouble.group.entries
    if trouble.cause in {"cross_control", "control_changed"} and entries:
        return entries[0].key
    return trouble.desk.opposite(trouble.group)


def by_reversal(trouble: Trouble, name: str = "reverse", verb: str = "Reverse") -> Way:
    """A journal that takes back a posting without a document.

    Where its other side is a control account too, that line is taken back as its own case.
    """
    desk = trouble.desk
    partner = partner_of(trouble)
    if partner is None:
        return by_journal(trouble, name, verb, ActionKind.REVERSAL)
    period = desk.place(trouble.begins)
    parts = own_parts(trouble)
    parts.append(Part(partner.key, partner.currency, negative(total(parts)), partner.posting_id))
    lines = desk.journal(trouble.journal_id(period), parts, period, trouble.said)
    return trouble.way(name, ActionKind.REVERSAL, verb, Change(lines=lines), (period,))


def partner_of(trouble: Trouble) -> NominalPosting | None:
    """The other side of a keyed journal, where it stands on a control account as well."""
    desk = trouble.desk
    if trouble.group.entries or len(trouble.posted) != 1:
        return None
    line = trouble.posted[0]
    alike = [
        each
        for each in desk.by_journal[line.journal_id]
        if each.key in desk.counted_by_any
        and each.direction is not line.direction
        and each.base_minor == line.base_minor
        and not each.source_id
    ]
    is_alone = len(desk.by_journal[line.journal_id]) == 2 and not line.source_id
    return alike[0] if is_alone and len(alike) == 1 else None


def to_entry_of_other_ledger(trouble: Trouble, entry: LedgerEntry) -> Way:
    """A journal from this control account to the one of the entry's own ledger."""
    desk = trouble.desk
    period = desk.place(trouble.begins)
    parts = own_parts(trouble)
    parts.append(Part(entry.key, entry.currency, negative(total(parts)), entry.entry_id))
    lines = desk.journal(trouble.journal_id(period), parts, period, trouble.said)
    return trouble.way("journal", ActionKind.JOURNAL, "Journal", Change(lines=lines), (period,))


def redated(trouble: Trouble) -> Way:
    """Two journals that move what was posted into the document's own period."""
    desk = trouble.desk
    parts = own_parts(trouble)
    ends = max(share.ends or 0 for share in trouble.shares)
    period = desk.place(trouble.begins)
    if period >= ends:
        return nothing(trouble)
    rest = Part(desk.opposite(trouble.group), trouble.shares[0].currency, negative(total(parts)))
    there = [*parts, rest]
    back = [replace(part, amount=negative(part.amount)) for part in there]
    lines = desk.journal(trouble.journal_id(period), there, period, trouble.said)
    lines += desk.journal(trouble.journal_id(ends), back, ends, trouble.said)
    kind = ActionKind.JOURNAL
    return trouble.way("redate", kind, "Re-date", Change(lines=lines), (period, ends))
