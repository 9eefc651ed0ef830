"""Which ways each cause has: the action column of the ledgers specification, 2.3, as data."""

from collections.abc import Callable, Collection, Iterable, Mapping

from tieout.core.explain.books import Books, EntryKind, SubLedger
from tieout.core.explain.cases import case_of
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.corrections import ActionKind, Correction, Into, Way
from tieout.core.explain.desk import Desk
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.groups import Group, Scene, Share
from tieout.core.explain.journal_ways import (
    by_journal,
    by_reversal,
    partner_of,
    redated,
    to_entry_of_other_ledger,
)
from tieout.core.explain.posting_ways import (
    by_completing,
    by_entry,
    by_leaving_out,
    by_moving,
    by_opening,
    by_posting_again,
    by_posting_it,
    by_restoring,
    by_settings,
)
from tieout.core.explain.ways import Trouble, nothing

Ways = Callable[[Trouble], tuple[Way, ...]]
SELF_CLEARING = frozenset({"closed_period", "currency_adjustment"})
REDATED = frozenset({"date_period_mismatch", "revalue_other_period", "voided_other_period"})
"""Causes of time that an action puts right; the others clear by themselves."""


def corrections_of(
    books: Books,
    made: Iterable[LedgerExplanation],
    into: Into = Into.ORIGINAL,
    certified: Mapping[str, Collection[int]] | None = None,
) -> tuple[Correction, ...]:
    """Every case of the explanations with the ways to put it right; none for what has no cause.

    Args:
        books: All of the books that were explained.
        made: Their explanations.
        into: Where a correction goes whose own period is closed.
        certified: By ledger, the periods that somebody has signed.
    """
    drafted: list[Correction] = []
    for each in made:
        signed = frozenset((certified or {}).get(each.ledger.value, ()))
        desk = Desk(Scene(books, each.ledger), into, signed)
        drafted += [_correction(trouble) for trouble in _troubles(desk, each.shares)]
    covered: set[str] = set()
    kept: list[Correction] = []
    for correction in drafted:
        if correction.case not in covered:
            covered |= correction.covers
            kept.append(correction)
    return tuple(kept)


def _troubles(desk: Desk, shares: Iterable[Share]) -> list[Trouble]:
    """Shares of one group with one cause together; those of an account not counted as well."""
    parts: dict[object, list[Share]] = {}
    for share in shares:
        if share.cause == UNEXPLAINED:
            continue
        place: object = (case_of(share.group), bool(share.group.entries))
        if _is_of_settings(desk, share.group, share.cause):
            place = share.key
        is_repeat = any(entry.is_repeated for entry in share.group.entries)
        name = place, share.cause, share.ends is None, is_repeat
        parts.setdefault(name, []).append(share)
    return [Trouble(desk, same[0].group, same[0].cause, tuple(same)) for same in parts.values()]


def _is_of_settings(desk: Desk, group: Group, cause: str) -> bool:
    is_outside = any(entry.key not in desk.scene.counted for entry in group.entries)
    is_feature = cause == "other_control_feature"
    return (cause == "control_not_in_settings" and is_outside) or is_feature


def _correction(trouble: Trouble) -> Correction:
    ways = _ways(trouble)
    is_key = _is_of_settings(trouble.desk, trouble.group, trouble.cause)
    return Correction(
        str(trouble.shares[0].key) if is_key else trouble.case,
        trouble.desk.ledger,
        trouble.cause,
        trouble.shares,
        ways,
        _covers(trouble),
    )


def _covers(trouble: Trouble) -> frozenset[str]:
    """Cases of other ledgers, or of the other side of a journal, that this one puts right."""
    if trouble.cause == "wrong_ledger":
        if trouble.group.entries:
            return frozenset(line.posting_id for line in trouble.posted)
        return frozenset({trouble.posted[0].source_id})
    partner = partner_of(trouble)
    return frozenset({partner.posting_id} if partner else ())


def _ways(trouble: Trouble) -> tuple[Way, ...]:
    if all(share.ends is not None for share in trouble.shares):
        if trouble.cause in SELF_CLEARING:
            other = redated(trouble)
            return (
                (nothing(trouble),)
                if other.kind is ActionKind.NONE
                else (
                    nothing(trouble),
                    other,
                )
            )
        return (redated(trouble),) if trouble.cause in REDATED else (nothing(trouble),)
    return _WAYS[trouble.cause](trouble)


def _journal(name: str, verb: str, *others: Ways) -> Ways:
    def ways(trouble: Trouble) -> tuple[Way, ...]:
        first = by_journal(trouble, name, verb)
        return (first, *(way for other in others for way in other(trouble)))

    return ways


def _entry(name: str, kind: EntryKind, verb: str) -> Ways:
    return lambda trouble: (by_entry(trouble, name, kind, verb),)


def _reversal(*others: Ways) -> Ways:
    return lambda trouble: (by_reversal(trouble), *(w for each in others for w in each(trouble)))


def _settings(trouble: Trouble) -> tuple[Way, ...]:
    entries = trouble.group.entries
    key = entries[0].key if entries else trouble.shares[0].key
    if not entries:
        return (by_settings(trouble, key, is_counted=False), by_reversal(trouble))
    return (by_settings(trouble, key, is_counted=True),)


def _posting(name: str, kind: ActionKind, verb: str) -> Ways:
    return lambda trouble: (by_posting_it(trouble, name, kind, verb),)


def _draft(trouble: Trouble) -> tuple[Way, ...]:
    return (
        by_posting_it(trouble, "post", ActionKind.POST_WAITING, "Post the draft"),
        by_leaving_out(
            trouble, "leave_out", "Leave the draft out of the sub-ledger:", ActionKind.ENTRY
        ),
    )


def _deleted(trouble: Trouble) -> tuple[Way, ...]:
    return (by_reversal(trouble), by_restoring(trouble))


def _wrong_ledger(trouble: Trouble) -> tuple[Way, ...]:
    if trouble.group.entries:
        return (by_journal(trouble, "journal", "Journal"),)
    entry = trouble.desk.entries.get(trouble.posted[0].source_id)
    return (to_entry_of_other_ledger(trouble, entry) if entry else by_reversal(trouble),)


def _half(trouble: Trouble) -> tuple[Way, ...]:
    has_entry = bool(trouble.group.entries)
    return (by_posting_again(trouble) if has_entry else by_completing(trouble),)


def _broken(trouble: Trouble) -> tuple[Way, ...]:
    verb = "Take out the repeated record of"
    return (by_leaving_out(trouble, "repair", verb, ActionKind.REPAIR),)


def _contra(trouble: Trouble) -> tuple[Way, ...]:
    is_bank = trouble.desk.ledger is SubLedger.BANK
    kind = EntryKind.TRANSFER if is_bank else EntryKind.CONTRA
    entered = by_entry(trouble, "other_half", kind, "Enter the other half of")
    return (entered, by_reversal(trouble))


def _again(trouble: Trouble) -> tuple[Way, ...]:
    return (by_posting_again(trouble),)


def _of_period(trouble: Trouble) -> tuple[Way, ...]:
    """A cause of time that has no end yet: what is out goes into its own period."""
    return (by_journal(trouble, "redate", "Re-date"),)


_IN_SUBLEDGER = _entry("sub_ledger", EntryKind.OTHER, "Enter in the sub-ledger")
_WAYS: Mapping[str, Ways] = {
    "control_not_in_settings": _settings,
    "waiting": _posting("post", ActionKind.POST_WAITING, "Update the waiting posting"),
    "deferred": lambda trouble: (by_opening(trouble), by_moving(trouble)),
    "suspense": _journal("journal", "Journal out of suspense"),
    "closed_period": _of_period,
    "currency_adjustment": _of_period,
    "opening_balance": _journal("journal", "Post the opening balance journal of"),
    "brought_forward": _journal("write_off", "Write off, if approved,", _IN_SUBLEDGER),
    "date_period_mismatch": _of_period,
    "revalue_not_in_subledger": _reversal(
        _entry("run", EntryKind.REVALUE, "Run the revaluation in the sub-ledger:")
    ),
    "revalue_not_posted": _again,
    "revalue_other_period": _of_period,
    "manual_journal": _reversal(_IN_SUBLEDGER),
    "duplicate": _reversal(),
    "missing": _again,
    "wrong_account": _journal("journal", "Reclassify"),
    "cross_control": _journal("journal", "Journal between control accounts"),
    "wrong_ledger": _wrong_ledger,
    "wrong_sign": _journal("journal", "Reverse and post again"),
    "transposition": _journal("journal", "Correct by the difference"),
    "slide": _journal("journal", "Correct by the difference"),
    "partial": _journal("journal", "Post the rest of"),
    "amount_edited": _journal("nominal", "Correct in the nominal ledger", _IN_SUBLEDGER),
    "rate_mismatch": _journal("nominal", "Adjust in the nominal ledger", _IN_SUBLEDGER),
    "rounding": _journal("nominal", "Journal the rounding of", _IN_SUBLEDGER),
    "contra_one_sided": _contra,
    "deleted": _deleted,
    "rejected": _posting("post", ActionKind.REPOST, "Mend and post again"),
    "draft": _draft,
    "control_changed": _journal("journal", "Journal the open item"),
    "foreign_source": _reversal(_IN_SUBLEDGER),
    "control_as_expense": _journal("recode", "Recode", _IN_SUBLEDGER),
    "other_control_feature": _settings,
    "half_posted": _half,
    "party_missing": _reversal(_IN_SUBLEDGER),
    "voided_other_period": _of_period,
    "year_end_rollover": _reversal(),
    "corruption": _broken,
    "reversed_only": _reversal(_IN_SUBLEDGER),
}
"""By cause; `unlinked_pair` is a proposal: what it links needs no posting."""
