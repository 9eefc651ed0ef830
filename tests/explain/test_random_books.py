"""Random books with every cause planted: each cell is the known one; clean books give none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

import tieout
from tieout.core.errors import Corruption
from tieout.core.explain.books import Books, EntryKind, SubLedger
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger, prove
from tieout.core.explain.groups import Share
from tieout.core.explain.items import items_of
from tieout.core.explain.proposals import proposals_of
from tieout.testing.books import (
    PLANTS,
    BookWorld,
    Expected,
    Shape,
    clean_books,
    planted_books,
    write_books,
)

SEEDS = range(24)
Cells = dict[tuple[str, str, str, int], int]


def cells(shares: Iterable[Share | Expected], count: int) -> Cells:
    """Cause, account, currency and period to contribution, without those that are zero."""
    made: Cells = defaultdict(int)
    for share in shares:
        for period in range(share.begins, count if share.ends is None else share.ends):
            made[share.cause, str(share.key), share.currency, period] += share.amount_minor
    return {cell: amount for cell, amount in made.items() if amount}


def explained(books: Books) -> dict[SubLedger, LedgerExplanation]:
    return {ledger: explain_ledger(books, ledger) for ledger in books.ledgers}


def assert_known(world: BookWorld, books: Books) -> None:
    count = world.count + 1
    for ledger, made in explained(books).items():
        known = [each for each in world.expected if each.ledger is ledger]
        assert cells(made.shares, count) == cells(known, count), (world.seed, ledger)


@pytest.mark.req("R248", "R249", "R250", "R253", "R263", "R264", "R294", "R295")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_cause_is_found_with_its_amount_in_every_period(seed: int) -> None:
    world = planted_books(seed)
    assert_known(world, world.books())


@pytest.mark.req("R125")
@pytest.mark.parametrize("seed", range(4))
def test_every_difference_is_one_sentence_with_amount_document_and_action(seed: int) -> None:
    world = planted_books(seed)
    books = world.books()
    told = set()
    for made in explained(books).values():
        for item in items_of(books, made):
            said, share = item.sentence, item.share
            told.add(share.cause)
            assert said.endswith(".")
            assert item.action.endswith(".")
            entry = next(iter(share.group.entries), None)
            amounts = {share.amount_minor, *(line.base_minor for line in share.group.postings)}
            shown = {books.decimal(abs(each)) for each in amounts}
            names = {line.journal_id for line in share.group.postings}
            if entry:
                shown |= {books.decimal(abs(entry.doc_minor), entry.currency)}
                names |= {entry.reference, entry.entry_id}
            if share.cause == "brought_forward":  # older than every document
                names = {str(share.key).rstrip("/")}
            assert any(f"{each} " in said for each in shown), said
            assert any(each and each in said for each in names), said
            if entry and entry.kind is EntryKind.RECEIPT and entry.doc_minor < 0:
                assert "for -" not in said, said
    assert told >= {each.cause for each in world.expected}


@pytest.mark.req("R258", "R283")
@pytest.mark.parametrize("seed", SEEDS)
def test_clean_books_have_no_cause_and_no_difference(seed: int) -> None:
    for made in explained(clean_books(seed).books()).values():
        assert not made.shares
        assert not any(made.difference())


def test_every_cause_of_the_specification_is_planted() -> None:
    planted = {each.cause for seed in SEEDS for each in planted_books(seed).expected}
    assert planted == set(CAUSES) - {"unlinked_pair"}
    assert len(PLANTS) >= len(planted)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_read_from_a_folder_is_what_was_written(seed: int, tmp_path: Path) -> None:
    world = planted_books(seed)
    books = world.books()
    made = tieout.explain(write_books(books, tmp_path))
    read = made.books
    assert read.calendar.periods[0].begins_on == books.calendar.periods[0].begins_on
    assert {entry for entry in read.entries if not entry.is_repeated} == {
        entry for entry in books.entries if not entry.is_repeated
    }
    assert set(read.postings) == set(books.postings)
    assert_known(world, replace(books, entries=read.entries, postings=read.postings))
    assert not made.agreed


def assert_a_penny_is_named(agreed: int, after: Books, changed: set[object]) -> None:
    """Of books that agreed: shares of one penny alone, and one of them names what was changed.

    `agreed` is the difference before, over all ledgers in the last period, in minor units.
    """
    made = explained(after).values()
    shares = [share for each in made for share in each.shares]
    assert {abs(share.amount_minor) for share in shares} == {1} or len(shares) == 2, changed
    named = [
        {*share.group.entries, *share.group.postings, *share.group.corrections} for share in shares
    ]
    assert any(each & changed for each in named), changed
    assert abs(agreed - last_difference(made)) == 1, changed


def last_difference(made: Iterable[LedgerExplanation]) -> int:
    """Over all ledgers, in the last period, in base minor units."""
    return sum(each.difference()[-1] for each in made)


def pennies(books: Books) -> Iterator[tuple[Books, set[object]]]:
    """The books with a penny more, once on each line of a counted account and on each entry."""
    counted = set().union(*(each.counted for each in books.settings.values()))
    for place, posting in enumerate(books.postings):
        if posting.key in counted:
            moved = replace(posting, base_minor=posting.base_minor + 1)
            postings = (*books.postings[:place], moved, *books.postings[place + 1 :])
            yield replace(books, postings=postings), {posting, moved}
    for place, entry in enumerate(books.entries):
        raised = replace(entry, base_minor=entry.base_minor + 1)
        entries = (*books.entries[:place], raised, *books.entries[place + 1 :])
        yield replace(books, entries=entries), {entry, raised}


@pytest.mark.parametrize("seed", range(6))
def test_one_penny_changed_anywhere_is_found_and_named(seed: int) -> None:
    """Every seventh place here; `make soak` changes every one, of many more books."""
    books = clean_books(seed, Shape(documents=20)).books()
    agreed = last_difference(explained(books).values())
    for after, changed in islice(pennies(books), seed, None, 7):
        assert_a_penny_is_named(agreed, after, changed)


@pytest.mark.req("R286")
def test_errors_that_offset_one_another_are_reported_although_the_difference_is_zero() -> None:
    world = clean_books(5, Shape(documents=10))
    day = world.day(3)
    entries = [world.entry(SubLedger.AR, day=day, entered_on=day) for _ in range(2)]
    one, other = entries
    world.entries[-1] = replace(
        other,
        kind=EntryKind.RECEIPT,
        base_minor=-one.base_minor,
        doc_minor=-one.doc_minor,
        key=one.key,
        currency=one.currency,
    )
    made = explain_ledger(world.books(), SubLedger.AR)
    assert not any(made.difference())
    assert made.last_matched == world.last_open
    assert made.offsetting == 2 * one.base_minor
    assert [share.cause for share in made.shares] == ["missing", "missing"]


def test_a_missing_document_and_a_journal_of_its_amount_are_proposed_never_decided() -> None:
    world = clean_books(7, Shape(documents=10))
    entry = world.entry(SubLedger.AR)
    period = world.calendar.number_of(entry.dated_on)
    line = world.line(
        SubLedger.AR,
        entry.base_minor,
        entry.doc_minor,
        key=entry.key,
        period=period,
        currency=entry.currency,
        day=entry.dated_on,
    )
    made = explain_ledger(world.books(), SubLedger.AR)
    assert {share.cause for share in made.shares} == {"missing", "manual_journal"}
    (proposal,) = proposals_of(made)
    assert proposal.code == "unlinked_pair"
    assert set(proposal.ids) == {entry.entry_id, line.posting_id}


def test_what_has_no_cause_is_listed_line_by_line_with_a_proposal() -> None:
    world = clean_books(8, Shape(documents=10))
    entry = world.entry(SubLedger.AR, party=world.party(SubLedger.AR, is_base=True))
    half = entry.base_minor // 2
    for amount in (half, entry.base_minor - half):
        world.line(
            SubLedger.AR,
            amount,
            amount,
            key=entry.key,
            period=world.calendar.number_of(entry.dated_on),
            module="SL",
            line_no=1,
            line_count=1,
            day=entry.dated_on,
        )
    made = explain_ledger(world.books(), SubLedger.AR)
    causes = sorted(share.cause for share in made.shares)
    assert causes == ["missing", "unexplained", "unexplained"]
    assert {proposal.code for proposal in proposals_of(made)} == {"combination"}


def test_an_explanation_that_does_not_add_up_is_refused() -> None:
    made = explain_ledger(planted_books(1).books(), SubLedger.AR)
    with pytest.raises(Corruption, match=r"explain\.identity-broken"):
        prove(replace(made, shares=made.shares[1:]))
