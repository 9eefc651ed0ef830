"""Stock, fixed assets, depreciation and bank: the same machinery, every cell known."""

from pathlib import Path

import pytest

import tieout
from tests.explain.test_random_books import assert_known, explained
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.correcting import correct
from tieout.core.explain.further import FURTHER, called_in, not_tested
from tieout.core.explain.items import items_of
from tieout.testing.books import Shape, clean_books, write_books
from tieout.testing.books.other_ledgers import OTHER_LEDGERS, other_books


@pytest.mark.parametrize("seed", range(6))
def test_every_cause_in_every_other_ledger_has_its_amount_in_every_period(seed: int) -> None:
    world = other_books(seed)
    assert_known(world, world.books())
    assert set(world.books().ledgers) == set(OTHER_LEDGERS)


@pytest.mark.parametrize("seed", range(3))
def test_clean_books_of_other_ledgers_have_no_difference(seed: int) -> None:
    kept = clean_books(seed, Shape(documents=15, ledgers=OTHER_LEDGERS)).books()
    for made in explained(kept).values():
        assert not made.shares


@pytest.mark.parametrize("seed", range(3))
def test_corrections_put_other_ledgers_right_too(seed: int) -> None:
    made = correct(other_books(seed).books())
    assert not any(share.ends is None for each in made.after for share in each.shares)
    assert not made.new_causes


@pytest.mark.parametrize("seed", range(2))
def test_other_ledgers_are_read_alike_by_both_engines(seed: int, tmp_path: Path) -> None:
    world = other_books(seed)
    folder = write_books(world.books(), tmp_path)
    plain = tieout.explain(folder, engine="reference")
    fast = tieout.explain(folder, engine="duckdb")
    assert fast.engine == "duckdb"
    for one, other in zip(plain.ledgers, fast.ledgers, strict=True):
        assert one.explanation.by_cause() == other.explanation.by_cause()
        assert one.explanation.difference() == other.explanation.difference()
    why = {each.cause: each.why for each in plain.untested}
    for ledger in OTHER_LEDGERS:
        for each in not_tested(ledger):
            assert why[f"{ledger.value}: {each.words}"] == each.why_not


def test_every_further_cause_is_a_cause_or_says_why_it_is_not_tested() -> None:
    for each in FURTHER:
        assert bool(each.code) != bool(each.why_not)
        assert not each.code or each.code in CAUSES
        assert (
            called_in(each.ledger, each.code, each.kind) if each.code else not_tested(each.ledger)
        )
    assert {each.ledger for each in FURTHER} == set(OTHER_LEDGERS)
    assert not called_in(SubLedger.AR, "missing", None)


def test_items_say_what_the_cause_is_called_in_their_ledger() -> None:
    kept = other_books(1).books()
    said: dict[SubLedger, list[str]] = {}
    for ledger, made in explained(kept).items():
        said[ledger] = [item.sentence for item in items_of(kept, made)]
    for ledger, words in (
        (SubLedger.INVENTORY, "In the stock ledger: rounding of item values."),
        (SubLedger.INVENTORY, "their expected cost not posted."),
        (SubLedger.FIXED_ASSETS, "In the fixed asset register: a disposal in the register only."),
        (SubLedger.DEPRECIATION, "a depreciation run posted twice."),
        (SubLedger.BANK, "In the cash book: a transfer of which the cash book has one side."),
    ):
        assert [each for each in said[ledger] if each.endswith(words)]
