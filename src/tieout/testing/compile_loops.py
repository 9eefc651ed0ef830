"""Compile what matching runs, so that nobody waits for it.

`python -m tieout.testing.compile_loops` matches a made-up world with every loop compiled; what is
made is kept beside the modules, and is made anew by itself when a loop or the processor is another.
"""

from tieout.core.matching.rules import MatchRules
from tieout.engine import compiled, match
from tieout.testing.worlds import make_world

RECORDS = 2_000


def compile_loops() -> None:
    """Run every loop once, compiled: with equal amounts, and within a tolerance."""
    compiled.FEW = -1
    world = make_world(1, RECORDS)
    for rules in (MatchRules(), MatchRules(amount_tolerance_bp=100)):
        match(world.left, world.right, rules)


if __name__ == "__main__":
    compile_loops()
