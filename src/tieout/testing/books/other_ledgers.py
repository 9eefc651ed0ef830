"""What only stock, fixed assets and bank have, planted with its known share (2.5)."""

from dataclasses import replace

from tieout.core.explain.books import EntryKind, LedgerEntry, SubLedger
from tieout.core.explain.further import FURTHER
from tieout.testing.books.planting import planted_books
from tieout.testing.books.world import BASE, BookWorld, Shape

STOCK, ASSETS = SubLedger.INVENTORY, SubLedger.FIXED_ASSETS
WEAR, BANK = SubLedger.DEPRECIATION, SubLedger.BANK
OTHER_LEDGERS = (STOCK, ASSETS, WEAR, BANK)


def other_books(seed: int, documents: int = 12) -> BookWorld:
    """Books of the four other ledgers: every cause of 2.3 in them, and those of their own."""
    world = planted_books(seed, Shape(documents=documents, ledgers=OTHER_LEDGERS))
    for ledger, kind in {(each.ledger, each.kind) for each in FURTHER if each.kind is not None}:
        _never_posted(world, ledger, kind)
    for plant in (_rounded, _no_rounding, _run_twice, _one_sided, _both_sides, _dated_ahead):
        plant(world)
    return world


def _own(world: BookWorld, entry: LedgerEntry) -> int:
    return world.calendar.number_of(entry.dated_on)


def _of(world: BookWorld, ledger: SubLedger, kind: EntryKind) -> LedgerEntry:
    return world.entry(ledger, kind, party=world.party(ledger, is_base=True))


def _never_posted(world: BookWorld, ledger: SubLedger, kind: EntryKind) -> None:
    entry = _of(world, ledger, kind)
    world.expect(entry, "missing", entry.base_minor, _own(world, entry))


def _rounded(world: BookWorld) -> None:
    """A value of stock posted a penny off, in base currency."""
    entry = _of(world, STOCK, EntryKind.OTHER)
    off = entry.base_minor + 1
    world.post(entry, natural=off, natural_doc=off)
    world.expect(entry, "rounding", -1, _own(world, entry))


def _no_rounding(world: BookWorld) -> None:
    """The same in the register of assets, where nothing rounds."""
    entry = _of(world, ASSETS, EntryKind.ADDITION)
    off = entry.base_minor + 2
    world.post(entry, natural=off, natural_doc=off)
    world.expect(entry, "amount_edited", -2, _own(world, entry))


def _run_twice(world: BookWorld) -> None:
    entry = _of(world, WEAR, EntryKind.DEPRECIATION)
    world.post(entry)
    world.post(entry, period=_own(world, entry) + 1)
    world.expect(entry, "duplicate", -entry.base_minor, _own(world, entry) + 1)


def _transfer(world: BookWorld) -> tuple[LedgerEntry, LedgerEntry]:
    """Out of one bank account and into another, in one journal."""
    entry = _of(world, BANK, EntryKind.TRANSFER)
    key = next(key for key in world.controls(BANK, BASE) if key != entry.key)
    world.post(entry)
    world.postings[-1] = replace(world.postings[-1], key=key)
    other = replace(
        entry,
        entry_id=world.name(BANK.module),
        related_id=entry.entry_id,
        key=key,
        doc_minor=-entry.doc_minor,
        base_minor=-entry.base_minor,
    )
    return entry, other


def _one_sided(world: BookWorld) -> None:
    entry, other = _transfer(world)
    world.expect(other, "contra_one_sided", entry.base_minor, _own(world, entry))


def _both_sides(world: BookWorld) -> None:
    """No fault: both accounts have their entry."""
    _, other = _transfer(world)
    world.entries.append(other)


def _dated_ahead(world: BookWorld) -> None:
    """A cash-book line of a later period, posted now."""
    entry = _of(world, BANK, EntryKind.PAYMENT)
    own = _own(world, entry)
    if own > 1:
        world.post(entry, period=own - 1)
        world.expect(entry, "date_period_mismatch", -entry.base_minor, own - 1, own)
    else:
        world.post(entry)
