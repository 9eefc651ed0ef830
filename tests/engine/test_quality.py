"""The gates of quality, on worlds with known truth: a silent wrong match is the worst thing."""

import pytest

from tieout.engine import match
from tieout.testing.quality import Quality, evaluate
from tieout.testing.worlds import make_world
from tieout.testing.worlds.setting import Density


def quality_of(seed: int, lines: int, density: Density = "normal") -> Quality:
    world = make_world(seed, lines, density=density)
    return evaluate(world, match(world.left, world.right))


@pytest.mark.parametrize("density", ["sparse", "normal", "dense"])
def test_twenty_thousand_lines_a_side(density: Density) -> None:
    quality = quality_of(11, 20_000, density)
    assert quality.precision >= 0.9999, quality
    assert quality.recall >= 0.98, quality


def test_a_hundred_thousand_lines_a_side() -> None:
    quality = quality_of(12, 100_000)
    assert quality.precision >= 0.9999, quality
    assert quality.recall >= 0.98, quality
    for each in quality.calibration:
        if each.count >= 100:
            # Never surer than right by more than a tenth; weak pairs are still said to be
            # weaker than they are, which costs a question and no wrong match.
            assert each.said - each.right <= 0.1, (each, quality)


def test_what_has_no_partner_is_left_alone() -> None:
    quality = quality_of(13, 20_000)
    unmatched = next(each for each in quality.kinds if each.kind == "unmatched")
    assert unmatched.confirmed_wrong <= 1, quality
