"""A thousand random books, every cell exact."""

import pytest

from tests.explain.test_random_books import assert_known
from tieout.testing.books import Shape, planted_books


@pytest.mark.soak
@pytest.mark.req("R295")
@pytest.mark.parametrize("first", range(0, 1000, 50))
def test_a_thousand_seeds(first: int) -> None:
    for seed in range(first, first + 50):
        world = planted_books(seed, Shape(documents=40, plants=1 + seed % 3))
        assert_known(world, world.books())
