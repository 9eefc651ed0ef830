"""`record_entries`: journal entries of books, recorded once; what does not balance is held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.accounts import Account as CoreAccount
from tieout.core.errors import Problem
from tieout.core.journal import JournalEntry as CoreEntry
from tieout.core.journal import KnownEntry, compared, digests, imbalance, later_id
from tieout.core.money import Currency
from tieout.store.ledger.entries import NUL, add_entries
from tieout.store.ledger.models import Account, JournalEntry
from tieout.store.postgres.plans import plan_anew
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.recheck_sign_offs import recheck_sign_offs

BLOCK = 5000
TOLD = 100
"""So many changed entries are named one by one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Entries in = added + known + changed + held."""

    added: int
    known: int
    """Entries of these books that were recorded before."""
    changed: int
    """Recorded before and saying something else now: a problem each, and nothing recorded."""
    held: tuple[Problem, ...]
    """One for every entry that does not balance."""
    problems: tuple[Problem, ...]
    """What is doubtful beside those."""
    suspended: tuple[str, ...]
    """Sign-offs that no longer hold."""


def record_entries(
    caller: Caller,
    *,
    source: str,
    entries: Sequence[CoreEntry],
    accounts: Sequence[CoreAccount] = (),
    now: datetime,
) -> Recorded:
    """Record the entries of books named `source`, with the accounts they use."""
    with acting(caller, Action.IMPORT, "record_entries", now) as act:
        act.alone("import")
        recorded = record(act, source, entries, accounts)
        act.record(f"journal:{source}", after=told(recorded))
        act.follow_up("entries_recorded", source=source)
    return recorded


def told(recorded: Recorded) -> dict[str, int | tuple[str, ...]]:
    """What an audit event says of it."""
    return {
        "added": recorded.added,
        "known": recorded.known,
        "changed": recorded.changed,
        "held": len(recorded.held),
        "suspended": recorded.suspended,
    }


def record(
    act: Act, source: str, entries: Sequence[CoreEntry], accounts: Sequence[CoreAccount]
) -> Recorded:
    """The entries that are new among these, recorded; part of a verb that holds the import lock."""
    seen = compared(entries, _known(source, entries))
    held = tuple(
        Problem(
            "entry.unbalanced",
            f"{each.entry_id}: {left}",
            "postings that add up to zero",
            each.place,
        )
        for each in seen.fresh
        if (left := _fault(each))
    )
    good = [each for each in seen.fresh if not _fault(each)]
    charted = _charted(act, good, accounts)
    plan_anew()
    added = add_entries(act.caller.organisation_id, source, good, charted, act.at)
    if good:
        act.adds(f"journal:{source}", entries=len(good), digests=added)
    _add_up(act, good, charted)
    suspended = recheck_sign_offs(act, account_ids=charted.values())
    problems = (*_changed(seen.changed), *_renamed(seen.renamed))
    return Recorded(
        len(good), seen.known_count, len(seen.changed), held, tuple(problems), suspended
    )


def _known(source: str, entries: Sequence[CoreEntry]) -> list[KnownEntry]:
    """What was recorded from these books under the ids or with the content of these entries."""
    kept: dict[str, KnownEntry] = {}
    columns = ("entry_id", "digest", "booked_on")
    of_source = JournalEntry.objects.filter(source=source)
    if not of_source.exists():
        return []
    for at in range(0, len(entries), BLOCK):
        some = entries[at : at + BLOCK]
        for rows in (
            of_source.filter(
                entry_id__in=[
                    one.translate(NUL) for each in some for one in (each.entry_id, later_id(each))
                ]
            ),
            of_source.filter(digest__in=[one for each in some for one in digests(each)]),
        ):
            for entry_id, said, booked_on in rows.values_list(*columns):
                kept[entry_id] = KnownEntry(entry_id, bytes(said), booked_on)
    return list(kept.values())


def _changed(entries: Sequence[CoreEntry]) -> list[Problem]:
    expected = "what was recorded under that id"
    problems = [
        Problem("entry.changed", f"{each.entry_id}: {_in_words(each)}", expected, each.place)
        for each in entries[:TOLD]
    ]
    if len(entries) > TOLD:
        more = f"{len(entries) - TOLD} more entries"
        problems.append(Problem("entry.changed", more, "what was recorded under their ids"))
    return problems


def _in_words(entry: CoreEntry) -> str:
    texts = " ".join(each for each in (entry.counterparty, entry.narrative) if each)
    return f"{entry.booked_on or 'no day'}, {texts or 'no text'}, {len(entry.postings)} postings"


def _renamed(ids: Sequence[str]) -> list[Problem]:
    if not ids:
        return []
    found = f"{len(ids)} ids of entries of other days, such as {ids[0]!r}"
    return [Problem("record.id-repeated", found, "ids that name one entry for ever")]


def _fault(entry: CoreEntry) -> str:
    if not entry.postings:
        return "no postings"
    left = imbalance(entry.postings)
    return ", ".join(f"{minor} {code}" for code, minor in sorted(left.items()))


def _add_up(act: Act, entries: Sequence[CoreEntry], accounts: Mapping[str, int]) -> None:
    """For the event: what the entries post to each account, by direction and currency."""
    found: dict[tuple[str, str, Currency], list[int]] = {}
    for entry in entries:
        for posting in entry.postings:
            known = found.setdefault((posting.account, posting.direction, posting.currency), [0, 0])
            known[0] += 1
            known[1] += posting.amount_minor
    for (code, direction, currency), (count, minor) in found.items():
        total = {f"{direction}_minor {currency.code} {currency.exponent}": minor}
        act.adds(f"ledger_account:{accounts[code]}", postings=count, **total)


def _charted(
    act: Act, entries: Sequence[CoreEntry], accounts: Sequence[CoreAccount]
) -> dict[str, int]:
    """The id of every account the entries use; accounts that are not there yet are added."""
    described = {each.code: each for each in accounts}
    codes = sorted({posting.account for entry in entries for posting in entry.postings})
    organisation_id = act.caller.organisation_id
    kept = [code.translate(NUL) for code in codes]
    there = set(Account.objects.filter(code__in=kept).values_list("code", flat=True))
    Account.objects.bulk_create(
        [
            Account(
                organisation_id=organisation_id,
                code=each.code.translate(NUL),
                name=each.name.translate(NUL),
                kind=each.kind,
                currency=each.currency,
                is_bank=each.is_bank,
            )
            for each in (described.get(code, CoreAccount(code)) for code in codes)
        ],
        ignore_conflicts=True,
    )
    found = list(Account.objects.filter(code__in=kept))
    act.keeps(*(each for each in found if each.code not in there))
    known = {each.code: each.pk for each in found}
    return {code: known[name] for code, name in zip(codes, kept, strict=True)}
