"""`record_entries`: journal entries of books, recorded once; what does not balance is held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.accounts import Account as CoreAccount
from tieout.core.errors import Problem
from tieout.core.journal import JournalEntry as CoreEntry
from tieout.core.journal import Posting as CorePosting
from tieout.core.journal import imbalance
from tieout.core.statements import Direction
from tieout.store.banking.lines import NUL
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.workflows.acting import Act, Caller, acting


@dataclass(frozen=True, slots=True)
class Recorded:
    """Entries in = added + known + held."""

    added: int
    known: int
    """Entries of this source that were recorded before, under the same id."""
    held: tuple[Problem, ...]


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
        ids = [each.entry_id for each in entries]
        known = set(
            JournalEntry.objects.filter(source=source, entry_id__in=ids).values_list(
                "entry_id", flat=True
            )
        )
        fresh = [each for each in entries if each.entry_id not in known]
        held = tuple(
            Problem("entry.unbalanced", f"{each.entry_id}: {left}", "postings that add up to zero")
            for each in fresh
            if (left := _fault(each))
        )
        good = [each for each in fresh if not _fault(each)]
        _added(act, source, good, _charted(act, good, accounts))
        recorded = Recorded(len(good), len(entries) - len(fresh), held)
        act.record(
            f"books:{source}",
            after={"added": recorded.added, "known": recorded.known, "held": len(held)},
        )
        act.follow_up("entries_recorded", source=source)
    return recorded


def _fault(entry: CoreEntry) -> str:
    if not entry.postings:
        return "no postings"
    left = imbalance(entry.postings)
    return ", ".join(f"{minor} {code}" for code, minor in sorted(left.items()))


def _charted(
    act: Act, entries: Sequence[CoreEntry], accounts: Sequence[CoreAccount]
) -> dict[str, int]:
    """The id of every account the entries use; accounts that are not there yet are added."""
    described = {each.code: each for each in accounts}
    codes = sorted({posting.account for entry in entries for posting in entry.postings})
    organisation_id = act.caller.organisation_id
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
    known = dict(Account.objects.filter(code__in=codes).values_list("code", "id"))
    return {code: known[code.translate(NUL)] for code in codes}


def _added(act: Act, source: str, entries: Sequence[CoreEntry], accounts: dict[str, int]) -> None:
    organisation_id = act.caller.organisation_id
    made = JournalEntry.objects.bulk_create(
        [
            JournalEntry(
                organisation_id=organisation_id,
                source=source,
                entry_id=each.entry_id,
                booked_on=each.booked_on,
                counterparty=each.counterparty.translate(NUL),
                narrative=each.narrative.translate(NUL),
                references=[one.translate(NUL) for one in each.references],
                recorded_at=act.at,
            )
            for each in entries
        ],
        batch_size=1000,
    )
    Posting.objects.bulk_create(
        [
            _row(kept, position, posting, accounts[posting.account])
            for kept, entry in zip(made, entries, strict=True)
            for position, posting in enumerate(entry.postings, 1)
        ],
        batch_size=2000,
    )


def _row(entry: JournalEntry, position: int, posting: CorePosting, account_id: int) -> Posting:
    weight, currency = posting.weight_minor, posting.weight_currency
    if weight is None or currency is None:
        weight, currency = posting.signed_minor, posting.currency
    return Posting(
        organisation_id=entry.organisation_id,
        entry=entry,
        position=position,
        account_id=account_id,
        amount_minor=posting.amount_minor,
        direction=Direction(posting.direction),
        currency=posting.currency.code,
        exponent=posting.currency.exponent,
        weight_minor=weight,
        weight_currency=currency.code,
        weight_exponent=currency.exponent,
        posted_on=posting.posted_on,
        narrative=posting.narrative.translate(NUL),
        reference=posting.reference.translate(NUL),
    )
