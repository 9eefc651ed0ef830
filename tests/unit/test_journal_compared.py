"""A later export beside what is known: nothing is lost, nothing recorded twice, nothing silent."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tieout.core.journal import (
    JournalEntry,
    KnownEntry,
    Posting,
    compared,
    digest,
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
