"""One plain sentence for each item: what it is, when it was made, and what became of it."""

from datetime import date

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, EntryKind, LedgerEntry, NominalPosting
from tieout.core.explain.groups import Share

_TEMPLATES = {
    "control_not_in_settings": "{entry} belongs to {home}, which the reconciliation settings do not count.",
    "waiting": "{entry} has been waiting in the posting file since {keyed}; the nominal ledger does not have it.",
    "deferred": "{entry} is deferred until {dated_in} is opened; the nominal ledger does not have it.",
    "suspense": "{entry} was posted to the suspense account {account} instead of {home}.",
    "closed_period": "{entry} was entered on {keyed}, after {dated_in} had closed, so the nominal ledger has it in {posted_in}. It clears by itself.",
    "currency_adjustment": "{entry} follows from an allocation in {posted_in}, where the nominal ledger has it; the sub-ledger has it in {dated_in}. It clears by itself.",
    "opening_balance": "{entry} never posts by itself, and its opening journal is missing or short by {amount}.",
    "brought_forward": "What was brought forward on {place} is {amount} away from the entries older than the first period.",
    "date_period_mismatch": "{entry} was put into {posted_in} by hand, though {dated_in} was open on {keyed}.",
    "revalue_not_in_subledger": "{posting} is a revaluation that the sub-ledger does not have.",
    "revalue_not_posted": "{entry} was never posted to the nominal ledger.",
    "revalue_other_period": "{entry} stands in {dated_in} in the sub-ledger and in {posted_in} in the nominal ledger.",
    "manual_journal": "{posting} was keyed onto the control account {account} with no document behind it.",
    "duplicate": "{posting} posts {first_id} once more.",
    "missing": "{entry} was entered on {keyed} and has never been posted.",
    "wrong_account": "{entry} was posted to {account} instead of {home}.",
    "cross_control": "{entry} was posted to the control account {account} instead of {home}; the ledger's total is not affected.",
    "wrong_ledger": "{either} stands on {account}, a control account of the other ledger.",
    "wrong_sign": "{entry} was posted as {posted}, with the sign reversed.",
    "transposition": "{entry} was posted as {posted}: two digits are exchanged.",
    "slide": "{entry} was posted as {posted}: the decimal point has moved.",
    "partial": "{entry} was posted as {posted} only: lines of it are missing.",
    "amount_edited": "{entry} was posted as {posted}{edited}.",
    "rate_mismatch": "{entry} was posted as {posted} at another rate than {rate}.",
    "rounding": "{entry} was posted as {posted}: the two ledgers round {amount} apart.",
    "contra_one_sided": "{posting} is half of a contra whose other half this ledger does not have.",
    "deleted": "{posting} stays in the nominal ledger for {first_source}, which the sub-ledger no longer has{edited}.",
    "rejected": "{entry} was refused by the posting interface.",
    "draft": "{entry} is a draft in the nominal ledger.",
    "control_changed": "{entry} was posted to {account}, the party's control account now, and belongs to {home}.",
    "foreign_source": "{posting} was put onto the control account {account} by another module ({module}).",
    "control_as_expense": "{posting} uses the control account {account} as the other side of a document.",
    "other_control_feature": "{either} is part of {place}, which only one of the two ledgers counts.",
    "half_posted": "{either} was posted without its other half.",
    "party_missing": "{posting} was keyed onto the control account {account} with no customer or supplier.",
    "voided_other_period": "{entry} was voided in one period and reversed in the nominal ledger in another.",
    "year_end_rollover": "{posting} carries a balance into a year that already has it.",
    "corruption": "{either} repeats an id that another record has.",
    "reversed_only": "{posting} takes {first_id} back, which the sub-ledger still has.",
    "unexplained": "{either} has no cause that could be found.",
}  # fmt: skip


_LOWERING = {
    *(EntryKind.RECEIPT, EntryKind.PAYMENT, EntryKind.CREDIT_NOTE),
    *(EntryKind.DISCOUNT, EntryKind.WRITE_OFF),
}


def sentence_of(books: Books, share: Share) -> str:
    """The sentence of a share, ending with a full stop."""
    return _TEMPLATES[share.cause].format_map(_facts(books, share))


def _facts(books: Books, share: Share) -> dict[str, str]:
    group = share.group
    entry = group.entries[0] if group.entries else None
    posting = group.postings[0] if group.postings else None
    entry_words = entry_phrase(books, entry, len(group.entries)) if entry else "An entry"
    posting_words = posting_phrase(books, posting) if posting else "A posting"
    home = entry.key if entry else share.key
    ledger = entry.ledger if entry else None
    posted = sum(line.natural(ledger) for line in group.postings) if ledger else 0
    return {
        "entry": entry_words,
        "posting": posting_words,
        "either": entry_words if entry else posting_words,
        "home": account_phrase(books, home),
        "account": account_phrase(books, posting.key if posting else share.key),
        "place": account_phrase(books, share.key),
        "amount": money(books, abs(share.amount_minor)),
        "posted": money(books, -posted if entry and is_lowering(entry) else posted),
        "keyed": day(_moment(entry, posting)),
        "dated_in": period_phrase(books, books.calendar.number_of(entry.dated_on) if entry else 0),
        "posted_in": period_phrase(books, posting.period if posting else 0),
        "first_id": group.ids[0] if group.ids else "",
        "first_source": posting.source_id if posting else "",
        "module": posting.module if posting else "",
        "rate": entry.rate if entry and entry.rate else "the ledger's",
        "edited": _edited(books, entry, posting),
    }


def _moment(entry: LedgerEntry | None, posting: NominalPosting | None) -> date | None:
    return posting.entered_on if posting else entry.entered_on if entry else None


def _edited(books: Books, entry: LedgerEntry | None, posting: NominalPosting | None) -> str:
    """What the audit log says of it, as the end of a sentence."""
    name = entry.entry_id if entry else posting.source_id if posting else ""
    said = next((line for line in books.audit_lines if name and line.entry_id == name), None)
    if said is None:
        return ""
    return f" ({said.action} by {said.user} on {day(said.on)}: {said.detail})"


def is_lowering(entry: LedgerEntry) -> bool:
    """Whether its kind says already that it lowers the balance: its amount needs no sign then."""
    return entry.kind in _LOWERING and (entry.doc_minor or entry.base_minor) < 0


def entry_phrase(books: Books, entry: LedgerEntry, count: int = 1) -> str:
    """An entry in words: kind, reference, party, amount, date; of a daily total the first."""
    sign = -1 if is_lowering(entry) else 1
    own = money(books, sign * entry.doc_minor, entry.currency)
    said = own if entry.doc_minor else money(books, sign * entry.base_minor)
    more = f" and {count - 1} more of its daily total" if count > 1 else ""
    reference = entry.reference or entry.entry_id
    return (
        f"{entry.kind.called} {reference} of {entry.party} for {said}, "
        f"dated {day(entry.dated_on)}{more},"
    )


def posting_phrase(books: Books, posting: NominalPosting) -> str:
    """A posting in words: journal, narrative, amount, direction, date."""
    said = f" ({posting.narrative})" if posting.narrative else ""
    return (
        f"Journal {posting.journal_id}{said} of {money(books, posting.base_minor)} "
        f"{posting.direction.value}, dated {day(posting.dated_on)},"
    )


def money(books: Books, amount_minor: int, currency: str = "") -> str:
    """An amount with its currency: the base currency, or the one that is named."""
    return f"{books.decimal(amount_minor, currency)} {currency or books.base_currency}"


def account_phrase(books: Books, key: AccountKey) -> str:
    """An account by its name, where it has one, and its key without empty parts."""
    name, shown = books.account_names.get(key), str(key).rstrip("/")
    return f"{name} ({shown})" if name else shown


def period_phrase(books: Books, number: int) -> str:
    """A period by its month where it is one, else by its number."""
    found = next((each for each in books.calendar.periods if each.number == number), None)
    if found is None:
        return "the time before the first period" if number < 1 else f"period {number}"
    begins, ends = found.begins_on, found.ends_on
    is_month = begins.day == 1 and begins.month == ends.month and found.days >= 28
    return f"{begins:%B %Y}" if is_month else f"period {number}"


def day(said: date | None) -> str:
    """A date as people write it."""
    return f"{said.day} {said:%B %Y}" if said is not None else "an unknown day"
