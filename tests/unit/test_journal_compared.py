"""A later export beside what is known: nothing is lost, nothing recorded twice, nothing silent."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.errors import Place
from tieout.core.journal import (
    JournalEntry,
    KnownEntry,
    Posting,
    compared,
    digest,
    digests,
    named_by_content,
)
from tieout.core.money import Currency
from tieout.core.statements import Direction

EUR = Currency.of("EUR")


def an_entry(ident: str, day: int, minor: int) -> JournalEntry:
    postings = (
        Posting("bank", minor, Direction.DEBIT, EUR),
        Posting("sales", minor, Direction.CREDIT, EUR),
    )
    return JournalEntry(ident, date(2026, 9, day), postings)


entries = st.lists(
    st.builds(an_entry, st.sampled_from("abcdefg"), st.integers(1, 3), st.integers(0, 2)),
    max_size=12,
)
own = entries.map(lambda several: list({each.entry_id: each for each in several}.values()))


def as_known(several: list[JournalEntry]) -> list[KnownEntry]:
    return [KnownEntry(each.entry_id, digest(each), each.booked_on) for each in several]


@given(own, own)
def test_every_entry_is_fresh_changed_or_known(
    before: list[JournalEntry], later: list[JournalEntry]
) -> None:
    seen = compared(later, as_known(before))
    assert len(seen.fresh) + len(seen.changed) + seen.known_count == len(later)
    ids = {each.entry_id for each in before}
    assert not ids & {each.entry_id for each in seen.fresh}
    assert all(each.entry_id in ids for each in seen.changed)


@given(st.lists(entries, max_size=4))
def test_whatever_comes_under_whatever_ids_no_id_is_ever_given_twice(
    exports: list[list[JournalEntry]],
) -> None:
    known: list[KnownEntry] = []
    for each in exports:
        seen = compared(each, known)
        assert len(seen.fresh) + len(seen.changed) + seen.known_count == len(each)
        known += as_known(list(seen.fresh))
        assert len({one.entry_id for one in known}) == len(known)


def test_an_id_that_comes_twice_in_an_export_is_known_or_changed_the_second_time() -> None:
    twice = [an_entry("a", 1, 1), an_entry("a", 1, 1), an_entry("a", 1, 2)]
    seen = compared(twice, ())
    assert (seen.fresh, seen.known_count, seen.changed) == ((twice[0],), 1, (twice[2],))


def test_an_id_given_out_anew_that_says_something_else_later_is_changed() -> None:
    first, anew, other = an_entry("1", 1, 1), an_entry("1", 2, 1), an_entry("1", 2, 2)
    known = as_known([first])
    [fresh] = compared([anew], known).fresh
    assert fresh.entry_id == "1 of 2026-09-02"
    known += as_known([fresh])
    assert compared([other], known).changed == (other,)
    assert compared([anew], known).known_count == 1


@given(own)
def test_the_same_export_again_adds_and_changes_nothing(several: list[JournalEntry]) -> None:
    seen = compared(several, as_known(several))
    assert (seen.fresh, seen.changed, seen.known_count) == ((), (), len(several))


@given(entries, entries)
def test_books_named_by_content_keep_their_entries_whatever_stands_between(
    before: list[JournalEntry], added: list[JournalEntry]
) -> None:
    known = list(named_by_content(before))
    later = list(named_by_content([*added, *before]))
    assert len({each.entry_id for each in later}) == len(later)
    seen = compared(later, as_known(known))
    assert (len(seen.fresh), seen.changed) == (len(added), ())


def test_the_digest_is_of_what_is_said_in_whatever_count() -> None:
    coarse = an_entry("a", 1, 25)
    fine = Currency("EUR", 4)
    finer = JournalEntry(
        "b",
        coarse.booked_on,
        tuple(
            Posting(each.account, each.amount_minor * 100, each.direction, fine)
            for each in coarse.postings
        ),
    )
    assert digest(coarse) == digest(finer)
    assert digest(coarse) != digest(an_entry("a", 2, 25))
    assert digest(coarse) != digest(an_entry("a", 1, 26))


postings = st.builds(
    Posting,
    st.sampled_from(["bank", "sales", "rent"]),
    st.integers(0, 10**6),
    st.sampled_from(list(Direction)),
    st.sampled_from([EUR, Currency.of("USD")]),
    posted_on=st.none() | st.dates(),
    narrative=st.text(max_size=5),
    reference=st.text(max_size=5),
)
said = st.builds(
    JournalEntry,
    st.just("1"),
    st.none() | st.dates(),
    st.lists(postings, min_size=1, max_size=4).map(tuple),
    st.text(max_size=5),
    st.text(max_size=5),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
OTHER: dict[str, Callable[[Posting], Posting]] = {
    "account": lambda each: replace(each, account=each.account + "x"),
    "amount_minor": lambda each: replace(each, amount_minor=each.amount_minor + 1),
    "direction": lambda each: replace(
        each, direction=each.direction.opposite, amount_minor=each.amount_minor or 1
    ),
    "currency": lambda each: replace(each, currency=Currency.of("GBP")),
    "weight_minor": lambda each: replace(
        each, weight_minor=each.signed_minor + 1, weight_currency=each.currency
    ),
    "posted_on": lambda each: replace(
        each, posted_on=date.max if each.posted_on != date.max else date.min
    ),
    "narrative": lambda each: replace(each, narrative=each.narrative + "x"),
    "reference": lambda each: replace(each, reference=each.reference + "x"),
}


@pytest.mark.req("R082")
@given(said, st.data())
def test_one_field_changed_is_another_hash(entry: JournalEntry, data: st.DataObject) -> None:
    assert {each.name for each in fields(Posting)} - set(OTHER) == {
        "weight_currency", "status", "place"
    }, "a new field of a posting is hashed too"  # fmt: skip
    changes = [
        replace(entry, booked_on=date(1999, 1, 1) if not entry.booked_on else None),
        replace(entry, counterparty=entry.counterparty + "x"),
        replace(entry, narrative=entry.narrative + "x"),
        replace(entry, references=(*entry.references, "x")),
        replace(entry, postings=entry.postings[1:]),
    ]
    at = data.draw(st.integers(0, len(entry.postings) - 1))
    for name, change in OTHER.items():
        before = entry.postings[at]
        after = change(before)
        if name == "direction" and not before.amount_minor:
            continue  # nothing has no direction
        changed = (*entry.postings[:at], after, *entry.postings[at + 1 :])
        changes.append(replace(entry, postings=changed))
    hashes = {digest(each) for each in changes}
    assert digest(entry) not in hashes
    assert digest(replace(entry, entry_id="another", place=Place(7))) == digest(entry)


@pytest.mark.req("R082")
@given(said, st.lists(said, max_size=4), st.data())
def test_order_is_not_hashed(
    entry: JournalEntry, others: list[JournalEntry], data: st.DataObject
) -> None:
    moved = replace(
        entry,
        postings=tuple(data.draw(st.permutations(entry.postings))),
        references=tuple(data.draw(st.permutations(entry.references))),
    )
    assert digest(moved) == digest(entry)
    known = as_known(list(named_by_content([entry, *others])))
    again = data.draw(st.permutations([moved, *others]))
    seen = compared(list(named_by_content(again)), known)
    assert (seen.fresh, seen.changed, seen.known_count) == ((), (), len(again))


@given(said)
def test_what_version_0_1_recorded_in_order_is_still_known(entry: JournalEntry) -> None:
    in_order = digests(entry)[1]
    known = [KnownEntry(in_order.hex()[:32], in_order, entry.booked_on)]
    seen = compared(list(named_by_content([entry])), known)
    assert seen.known_count == 1
