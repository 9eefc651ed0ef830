"""Every cause of the ledgers specification, 2.3, planted one at a time with its known share.

A planter makes a new entry (or a posting without one), breaks it in exactly one way, and writes
down what the table of 2.3 says that contributes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tieout.core.explain.books import (
    AuditLine,
    EntryKind,
    LedgerEntry,
    PostingStatus,
    SubLedger,
)
from tieout.testing.books.world import (
    BASE,
    OTHERS,
    SUSPENSE,
    BookWorld,
    Expected,
    Shape,
    to_base,
)

OWN = "own"
"""For the module of whichever ledger is drawn."""
Planter = Callable[[BookWorld], None]
NATURAL_KINDS = (
    EntryKind.INVOICE,
    EntryKind.INVOICE,
    EntryKind.CREDIT_NOTE,
    EntryKind.RECEIPT,
    EntryKind.DISCOUNT,
    EntryKind.REFUND,
)


def clean_books(seed: int, shape: Shape | None = None) -> BookWorld:
    """Books in which nothing is wrong: entries posted one by one, unlinked, and in batches."""
    world = BookWorld(seed, shape or Shape())
    for ledger in world.shape.ledgers:
        forward = [
            world.entry(ledger, day=world.calendar.periods[0].begins_on - timedelta(days=each))
            for each in (5, 40)
        ]
        for entry in forward:
            world.line(
                ledger,
                entry.base_minor,
                entry.doc_minor,
                key=entry.key,
                period=0,
                module="BF",
                currency=entry.currency,
                day=entry.dated_on,
            )
        for _ in range(world.shape.documents):
            _clean(world, world.entry(ledger, _kind(world)))
        for _ in range(3):
            _clean_batch(world, ledger)
        _clean_oddities(world, ledger)
    return world


def _kind(world: BookWorld) -> EntryKind:
    return world.random.choice(NATURAL_KINDS)


def _clean(world: BookWorld, entry: LedgerEntry) -> None:
    """Post it well: in one line or two, with its id or only its reference."""
    style = world.random.choice(("id", "id", "two lines", "reference"))
    if style == "two lines":
        part, part_doc = entry.base_minor // 6, entry.doc_minor // 6
        world.post(
            entry,
            natural=entry.base_minor - part,
            natural_doc=entry.doc_minor - part_doc,
            line_count=2,
        )
        world.post(entry, natural=part, natural_doc=part_doc, line_no=2, line_count=2)
    elif style == "reference":
        world.post(entry, source_id="")
    else:
        world.post(entry)


def _clean_batch(world: BookWorld, ledger: SubLedger) -> None:
    day = world.day(world.period())
    moment = world.entered(day)
    world.post_batch([world.entry(ledger, day=day, entered_on=moment) for _ in range(5)])


def _clean_oddities(world: BookWorld, ledger: SubLedger) -> None:
    """What looks like a fault and is none: the decoys."""
    entry = _entry(world, ledger)
    _opening_journal(world, entry)
    corrected = world.entry(ledger)
    world.post(corrected, key=SUSPENSE)
    _transfer(world, corrected, world.calendar.number_of(corrected.dated_on))
    period = world.period()
    amount, name = world.amount(), world.name("JNL")
    key = world.random.choice(world.controls(ledger, BASE))
    for sign, words in ((1, "Reclassification"), (-1, f"Reversal of {name}")):
        world.line(
            ledger,
            sign * amount,
            sign * amount,
            key=key,
            period=period,
            reference=name,
            narrative=words,
            day=world.day(period),
        )
    twins = world.entry(ledger)
    twin = replace(twins, entry_id=world.name(ledger.module), reference=world.name("REF"))
    world.entries.append(twin)
    world.post(twins)
    world.post(twin)


def _entry(world: BookWorld, ledger: SubLedger) -> LedgerEntry:
    return world.entry(ledger, EntryKind.OPENING_BALANCE)


def _opening_journal(world: BookWorld, entry: LedgerEntry, share: int | None = None) -> None:
    amount = entry.base_minor if share is None else share
    world.line(
        entry.ledger,
        amount,
        entry.doc_minor,
        key=entry.key,
        period=world.calendar.number_of(entry.dated_on),
        reference=entry.reference,
        narrative=f"Opening balance {entry.party}",
        currency=entry.currency,
        day=entry.dated_on,
    )


def _transfer(world: BookWorld, entry: LedgerEntry, period: int) -> None:
    """The journal that takes an entry out of suspense."""
    made = world.line(
        entry.ledger,
        entry.base_minor,
        entry.doc_minor,
        key=entry.key,
        period=period,
        narrative=f"Transfer from suspense {entry.reference}",
        currency=entry.currency,
        day=world.day(period),
    )
    world.postings[-1] = replace(world.other_side(made), key=SUSPENSE)


def planted_books(seed: int, shape: Shape | None = None) -> BookWorld:
    """Clean books, and every cause planted in them with its answer in `expected`."""
    world = clean_books(seed, shape)
    for plant in PLANTS.values():
        for _ in range(world.shape.plants):
            plant(world)
    return world


def _own(world: BookWorld, entry: LedgerEntry) -> int:
    return world.calendar.number_of(entry.dated_on)


def _control_not_in_settings(world: BookWorld) -> None:
    ledger = world.ledger()
    party = world.party(ledger, is_base=True)
    entry = world.entry(ledger, party=party, key=world.outside(ledger))
    world.post(entry)
    world.expect(entry, "control_not_in_settings", entry.base_minor, _own(world, entry))


def _other_control_feature(world: BookWorld) -> None:
    ledger = world.ledger()
    party = world.party(ledger, is_base=True)
    entry = world.entry(ledger, party=party, key=world.outside(ledger, is_feature=True))
    world.post(entry)
    world.expect(entry, "other_control_feature", entry.base_minor, _own(world, entry))


def _not_posted(status: PostingStatus, cause: str) -> Planter:
    def plant(world: BookWorld) -> None:
        entry = world.entry(world.ledger(), _kind(world))
        world.post(entry, status=status)
        world.expect(entry, cause, entry.base_minor, _own(world, entry))

    return plant


def _deferred(world: BookWorld) -> None:
    entry = world.entry(
        world.ledger(), day=world.day(world.last_open + 1), entered_on=world.extracted_on
    )
    world.post(entry, status=PostingStatus.DEFERRED)
    world.expect(entry, "deferred", entry.base_minor, _own(world, entry))


def _suspense(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    own = _own(world, entry)
    world.post(entry, key=SUSPENSE)
    ends = None
    if world.random.random() < 0.5:
        ends = own + 2
        _transfer(world, entry, ends)
    world.expect(entry, "suspense", entry.base_minor, own, ends)


def _late(world: BookWorld) -> tuple[LedgerEntry, int]:
    """An entry made after its period closed for good, and the period that takes it."""
    own = world.period(before_end=3)
    day = world.day(own)
    moment = world.closed_on[own] + timedelta(days=1)
    posted = world.log().roll_forward(world.calendar, day, moment)
    assert posted is not None
    return world.entry(world.ledger(), _kind(world), day=day, entered_on=moment), posted


def _closed_period(world: BookWorld) -> None:
    entry, posted = _late(world)
    world.post(entry, period=posted)
    world.expect(entry, "closed_period", entry.base_minor, _own(world, entry), posted)


def _late_and_wrong(world: BookWorld) -> None:
    """One cause until it lands, another from then on."""
    entry, posted = _late(world)
    wrong = entry.base_minor * 10
    world.post(entry, period=posted, natural=wrong, natural_doc=entry.doc_minor * 10)
    world.expect(entry, "closed_period", entry.base_minor, _own(world, entry), posted)
    world.expect(entry, "slide", entry.base_minor - wrong, posted)


def _date_period_mismatch(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    own = _own(world, entry)
    if own > 1 and world.random.random() < 0.5:
        world.post(entry, period=own - 1)
        world.expect(entry, "date_period_mismatch", -entry.base_minor, own - 1, own)
    else:
        world.post(entry, period=own + 1)
        world.expect(entry, "date_period_mismatch", entry.base_minor, own, own + 1)


def _value_only(world: BookWorld, kind: EntryKind) -> LedgerEntry:
    """An entry that changes only the value in base currency."""
    ledger = world.ledger()
    party = world.party(ledger, is_base=False)
    amount = world.amount(digits=4) * world.random.choice((1, -1))
    return world.entry(ledger, kind, party=party, doc_minor=0, base_minor=amount)


def _currency_adjustment(world: BookWorld) -> None:
    entry = _value_only(world, EntryKind.CURRENCY_ADJUSTMENT)
    own = _own(world, entry)
    day = world.day(own + 1)
    world.post(entry, period=own + 1, entered_on=day, posted_on=day)
    world.expect(entry, "currency_adjustment", entry.base_minor, own, own + 1)


def _revalue_not_posted(world: BookWorld) -> None:
    entry = _value_only(world, EntryKind.REVALUE)
    world.expect(entry, "revalue_not_posted", entry.base_minor, _own(world, entry))


def _revalue_other_period(world: BookWorld) -> None:
    entry = _value_only(world, EntryKind.REVALUE)
    own = _own(world, entry)
    world.post(entry, period=own + 1, reference="Revalue")
    world.expect(entry, "revalue_other_period", entry.base_minor, own, own + 1)


def _opening_balance(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), EntryKind.OPENING_BALANCE)
    short = 0
    if world.random.random() < 0.5:
        short = entry.base_minor // 3
        _opening_journal(world, entry, short)
    world.expect(entry, "opening_balance", entry.base_minor - short, _own(world, entry))


def _alone(world: BookWorld, cause: str, *, is_reversed: bool = False, **fields: object) -> None:
    """A posting on a control account with nothing behind it."""
    ledger = world.ledger()
    currency = str(fields.get("currency", BASE))
    key = world.random.choice(world.controls(ledger, currency))
    if fields.get("module") == OWN:
        fields["module"] = ledger.module
    fields.setdefault("period", world.period())
    period = fields["period"]
    assert isinstance(period, int)
    amount = world.amount() * world.random.choice((1, -1))
    doc = 0 if fields.get("reference") == "Revalue" else amount
    fields.setdefault("reference", world.name("JNL"))
    day = world.day(max(period, 1))
    world.line(ledger, amount, doc, key=key, day=day, **fields)
    ends = None
    if is_reversed:
        ends = period + 1
        words = f"Reversal of {fields['reference']}"
        again = {**fields, "period": ends, "narrative": words}
        world.line(ledger, -amount, -doc, key=key, day=world.day(ends), **again)
    world.expected.append(Expected(ledger, cause, key, currency, -amount, period, ends))


def _manual_journal(world: BookWorld) -> None:
    _alone(world, "manual_journal", is_reversed=world.random.random() < 0.5)


def _revalue_not_in_subledger(world: BookWorld) -> None:
    _alone(
        world,
        "revalue_not_in_subledger",
        is_reversed=world.random.random() < 0.5,
        reference="Revalue",
        currency="EUR",
        module=OWN,
    )


def _brought_forward(world: BookWorld) -> None:
    _alone(world, "brought_forward", period=0, module="BF")


def _year_end_rollover(world: BookWorld) -> None:
    _alone(world, "year_end_rollover", module="BF")


def _contra_one_sided(world: BookWorld) -> None:
    _alone(world, "contra_one_sided", module="CT", line_no=1, line_count=1)


def _foreign_source(world: BookWorld) -> None:
    _alone(world, "foreign_source", module="PR", source_id=world.name("PR"))


def _party_missing(world: BookWorld) -> None:
    _alone(world, "party_missing", has_party=False)


def _deleted(world: BookWorld) -> None:
    name = world.name("GONE")
    _alone(world, "deleted", module=OWN, source_id=name, line_no=1, line_count=1)
    world.audit_lines.append(AuditLine(world.extracted_on, "asmith", "delete", name, "gone"))


def _duplicate(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    world.post(entry)
    again = _own(world, entry) + 1
    world.post(entry, period=again, entered_on=world.day(again) + timedelta(days=40))
    world.expect(entry, "duplicate", -entry.base_minor, again)


def _reversed_only(world: BookWorld) -> None:
    """Posted, and taken back a period later, though the sub-ledger still has it."""
    entry = world.entry(world.ledger(), _kind(world))
    world.post(entry)
    again = _own(world, entry) + 1
    world.post(
        entry,
        natural=-entry.base_minor,
        natural_doc=-entry.doc_minor,
        period=again,
        entered_on=world.day(again) + timedelta(days=40),
    )
    world.expect(entry, "reversed_only", entry.base_minor, again)


def _missing(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    world.expect(entry, "missing", entry.base_minor, _own(world, entry))


def _half_posted(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    world.post(entry)
    del world.postings[-2]
    world.expect(entry, "half_posted", entry.base_minor, _own(world, entry))


def _wrong_account(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    world.post(entry, key=OTHERS["prepayments"])
    world.expect(entry, "wrong_account", entry.base_minor, _own(world, entry))


def _other_key(world: BookWorld, entry: LedgerEntry, cause: str) -> None:
    own = _own(world, entry)
    controls = world.controls(entry.ledger, BASE)
    key = world.random.choice([key for key in controls if key != entry.key])
    world.post(entry, key=key)
    world.expect(entry, cause, entry.base_minor, own)
    world.expect(replace(entry, key=key), cause, -entry.base_minor, own)


def _cross_control(world: BookWorld) -> None:
    ledger = world.ledger()
    _other_key(world, world.entry(ledger, party=world.party(ledger, is_base=True)), "cross_control")


def _control_changed(world: BookWorld) -> None:
    """The party has another control account now, and this entry went there."""
    ledger = world.ledger()
    party = world.party(ledger, is_base=True)
    before = next(key for key in world.controls(ledger, BASE) if key != party.key)
    entry = world.entry(ledger, party=party, key=before)
    own = _own(world, entry)
    world.post(entry, key=party.key)
    world.expect(entry, "control_changed", entry.base_minor, own)
    world.expect(replace(entry, key=party.key), "control_changed", -entry.base_minor, own)


def _wrong_ledger(world: BookWorld) -> None:
    ledger = world.ledger()
    other = next(each for each in world.shape.ledgers if each is not ledger)
    entry = world.entry(ledger, party=world.party(ledger, is_base=True))
    own = _own(world, entry)
    key = world.random.choice(world.controls(other, BASE))
    made = world.post(entry, key=key)
    world.expect(entry, "wrong_ledger", entry.base_minor, own)
    world.expected.append(
        Expected(other, "wrong_ledger", key, entry.currency, -made.natural(other), own, None)
    )


def _control_as_expense(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), party=None)
    made = world.post(entry)
    key = world.random.choice(world.controls(entry.ledger, entry.currency))
    world.postings[-1] = replace(world.postings[-1], key=key)
    amount = made.natural(entry.ledger)
    world.expect(replace(entry, key=key), "control_as_expense", amount, _own(world, entry))


def _amount(world: BookWorld, cause: str, doc: int, base: int, entry: LedgerEntry) -> None:
    world.post(entry, natural=base, natural_doc=doc)
    world.expect(entry, cause, entry.base_minor - base, _own(world, entry))


def _wrong_amount(cause: str, changed: Callable[[int], int]) -> Planter:
    """Posted with another amount in its own currency, converted at its own rate."""

    def plant(world: BookWorld) -> None:
        entry = world.entry(world.ledger(), _kind(world))
        doc = changed(entry.doc_minor)
        rate = int(entry.rate.replace(".", ""))
        _amount(world, cause, doc, to_base(doc, entry.currency, rate), entry)

    return plant


def _digits_exchanged(doc: int) -> int:
    said = str(abs(doc))
    turned = int(said[0] + said[2] + said[1] + said[3:])
    return turned if doc > 0 else -turned


def _partial(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    base, doc = entry.base_minor - entry.base_minor // 6, entry.doc_minor - entry.doc_minor // 6
    world.post(entry, natural=base, natural_doc=doc, line_count=2)
    world.expect(entry, "partial", entry.base_minor - base, _own(world, entry))


def _amount_edited(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    posted = entry.doc_minor + 2 * (1 if entry.doc_minor > 0 else -1) * 11
    rate = int(entry.rate.replace(".", ""))
    _amount(world, "amount_edited", posted, to_base(posted, entry.currency, rate), entry)
    world.audit_lines.append(
        AuditLine(entry.entered_on, "cpatel", "edit", entry.entry_id, f"amount was {posted}")
    )


def _rate(cause: str, away: int) -> Planter:
    def plant(world: BookWorld) -> None:
        ledger = world.ledger()
        entry = world.entry(ledger, _kind(world), party=world.party(ledger, is_base=False))
        _amount(world, cause, entry.doc_minor, entry.base_minor + away, entry)

    return plant


def _voided_other_period(world: BookWorld) -> None:
    own = world.period(before_end=3)
    entry = world.entry(
        world.ledger(), _kind(world), day=world.day(own), voided_on=world.day(own + 1)
    )
    world.post(entry)
    world.post(
        entry,
        natural=-entry.base_minor,
        natural_doc=-entry.doc_minor,
        period=own + 2,
        entered_on=world.day(own + 2) + timedelta(days=40),
        narrative=f"Void {entry.reference}",
    )
    world.expect(entry, "voided_other_period", -entry.base_minor, own + 1, own + 2)


def _corruption(world: BookWorld) -> None:
    entry = world.entry(world.ledger(), _kind(world))
    world.post(entry)
    world.entries.append(replace(entry, is_repeated=True))
    world.expect(entry, "corruption", entry.base_minor, _own(world, entry))


PLANTS: dict[str, Planter] = {
    "control_not_in_settings": _control_not_in_settings,
    "waiting": _not_posted(PostingStatus.WAITING, "waiting"),
    "deferred": _deferred,
    "suspense": _suspense,
    "closed_period": _closed_period,
    "closed_period, then slide": _late_and_wrong,
    "currency_adjustment": _currency_adjustment,
    "opening_balance": _opening_balance,
    "brought_forward": _brought_forward,
    "date_period_mismatch": _date_period_mismatch,
    "revalue_not_in_subledger": _revalue_not_in_subledger,
    "revalue_not_posted": _revalue_not_posted,
    "revalue_other_period": _revalue_other_period,
    "manual_journal": _manual_journal,
    "duplicate": _duplicate,
    "reversed_only": _reversed_only,
    "missing": _missing,
    "wrong_account": _wrong_account,
    "cross_control": _cross_control,
    "wrong_ledger": _wrong_ledger,
    "wrong_sign": _wrong_amount("wrong_sign", lambda doc: -doc),
    "transposition": _wrong_amount("transposition", _digits_exchanged),
    "slide": _wrong_amount("slide", lambda doc: doc * 100),
    "partial": _partial,
    "amount_edited": _amount_edited,
    "rate_mismatch": _rate("rate_mismatch", 317),
    "rounding": _rate("rounding", 1),
    "contra_one_sided": _contra_one_sided,
    "deleted": _deleted,
    "rejected": _not_posted(PostingStatus.REJECTED, "rejected"),
    "draft": _not_posted(PostingStatus.DRAFT, "draft"),
    "control_changed": _control_changed,
    "foreign_source": _foreign_source,
    "control_as_expense": _control_as_expense,
    "other_control_feature": _other_control_feature,
    "half_posted": _half_posted,
    "party_missing": _party_missing,
    "voided_other_period": _voided_other_period,
    "year_end_rollover": _year_end_rollover,
    "corruption": _corruption,
}
"""By cause; `unlinked_pair` is a proposal and has a test of its own."""
