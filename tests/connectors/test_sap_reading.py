"""An SAP ledger read: the same books, the same explanation, whatever stands in the way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tieout
from tests.connectors.sap_worlds import HELD, clean_world, fake_of, fetched, planted_world, span_of
from tieout.core.accounts import AccountKey
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.explaining import explain_ledger
from tieout.core.explain.groups import Share
from tieout.testing.books import BookWorld
from tieout.testing.sap.of_books import codes_of

Cells = dict[tuple[str, str, str, int], int]


def cells(shares: Iterable[Share], codes: Mapping[AccountKey, str], count: int) -> Cells:
    """Cause, account, currency and period to contribution, without those that are zero."""
    made: Cells = defaultdict(int)
    for share in shares:
        account = codes.get(share.key, share.key.code)
        for period in range(share.begins, count if share.ends is None else share.ends):
            made[share.cause, account, share.currency, period] += share.amount_minor
    return {cell: amount for cell, amount in made.items() if amount}


def assert_same(world: BookWorld, folder: Path) -> None:
    """Books written into the fake and read again, against the books themselves."""
    books = world.books()
    with fake_of(world) as fake:
        made = tieout.explain(fetched(fake, span_of(world), world, folder))
    for answer in made.ledgers:
        direct = explain_ledger(books, answer.ledger)
        read = cells(answer.explanation.shares, {}, world.count + 1)
        assert read == cells(direct.shares, codes_of(books), world.count + 1), answer.ledger
        assert answer.explanation.difference() == direct.difference()
        assert UNEXPLAINED not in {share.cause for share in answer.explanation.shares}


@pytest.mark.parametrize("seed", range(4))
def test_books_read_from_sap_are_explained_as_the_books_themselves(
    seed: int, tmp_path: Path
) -> None:
    assert_same(planted_world(seed), tmp_path / "books")


@pytest.mark.req("R113")
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1_000_000), plants=st.lists(st.sampled_from(HELD), max_size=12))
def test_any_books_that_sap_can_hold_keep_their_causes(seed: int, plants: list[str]) -> None:
    with TemporaryDirectory() as folder:
        assert_same(planted_world(seed, tuple(plants)), Path(folder) / "books")


def test_clean_books_read_from_sap_agree(tmp_path: Path) -> None:
    world = clean_world(3)
    with fake_of(world) as fake:
        made = tieout.explain(fetched(fake, span_of(world), world, tmp_path / "books"))
    assert made.agreed
    assert {answer.ledger for answer in made.ledgers} == {SubLedger.AR, SubLedger.AP}
