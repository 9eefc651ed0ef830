"""A thousand random books, every cell exact; and a penny changed in every place of many."""

import pytest

from tests.explain.test_correcting import assert_put_right
from tests.explain.test_random_books import (
    assert_a_penny_is_named,
    assert_known,
    explained,
    last_difference,
    pennies,
)
from tieout.core.explain.correcting import Choice, correct
from tieout.core.explain.corrections import Into
from tieout.testing.books import Shape, clean_books, planted_books
from tieout.testing.books.other_ledgers import other_books


@pytest.mark.soak
@pytest.mark.req("R295")
@pytest.mark.parametrize("first", range(0, 1000, 50))
def test_a_thousand_seeds(first: int) -> None:
    for seed in range(first, first + 50):
        world = planted_books(seed, Shape(documents=40, plants=1 + seed % 3))
        assert_known(world, world.books())


@pytest.mark.soak
@pytest.mark.req("R110")
@pytest.mark.parametrize("into", list(Into))
@pytest.mark.parametrize("first", range(0, 500, 50))
def test_five_hundred_seeds_put_right_by_the_products_own_corrections(
    first: int, into: Into
) -> None:
    for seed in range(first, first + 50):
        kept = planted_books(seed, Shape(documents=30, plants=1 + seed % 3)).books()
        assert_put_right(correct(kept, Choice(into=into)), into)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, 300, 50))
def test_three_hundred_seeds_of_stock_assets_and_bank(first: int) -> None:
    for seed in range(first, first + 50):
        world = other_books(seed)
        assert_known(world, world.books())
        assert_put_right(correct(world.books()), Into.ORIGINAL)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, 1000, 50))
def test_one_penny_changed_in_every_place_of_a_thousand_books(first: int) -> None:
    for seed in range(first, first + 50):
        books = clean_books(seed, Shape(documents=5 + seed % 40)).books()
        agreed = last_difference(explained(books).values())
        for after, changed in pennies(books):
            assert_a_penny_is_named(agreed, after, changed)
