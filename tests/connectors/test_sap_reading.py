"""An SAP ledger read: the same books, the same explanation, whatever stands in the way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

import tieout
from tests.connectors.sap_worlds import clean_world, fake_of, fetched, planted_world, span_of
from tieout.core.accounts import AccountKey
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.explaining import explain_ledger
from tieout.core.explain.groups import Share
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


@pytest.mark.parametrize("seed", range(8))
def test_books_read_from_sap_are_explained_as_the_books_themselves(
    seed: int, tmp_path: Path
) -> None:
    world = planted_world(seed)
    books = world.books()
    with fake_of(world) as fake:
        made = tieout.explain(fetched(fake, span_of(world), world, tmp_path / "books"))
    for answer in made.ledgers:
        direct = explain_ledger(books, answer.ledger)
        read = cells(answer.explanation.shares, {}, world.count + 1)
        assert read == cells(direct.shares, codes_of(books), world.count + 1), answer.ledger
        assert answer.explanation.difference() == direct.difference()
        assert UNEXPLAINED not in {share.cause for share in answer.explanation.shares}


def test_clean_books_read_from_sap_agree(tmp_path: Path) -> None:
    world = clean_world(3)
    with fake_of(world) as fake:
        made = tieout.explain(fetched(fake, span_of(world), world, tmp_path / "books"))
    assert made.agreed
    assert {answer.ledger for answer in made.ledgers} == {SubLedger.AR, SubLedger.AP}
