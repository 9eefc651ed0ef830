"""Compile what matching runs, so that nobody waits for it.

`python -m tieout.testing.compile_loops` matches a made-up world with every loop compiled. Where
machine code can be kept for calling without the compiler (`engine/machine_code.py`), it is written
down there; elsewhere the compiler keeps its own. Both lie beside the modules, and are made anew by
themselves when a loop or the processor is another.
"""

import os

from tieout.core.matching.rules import MatchRules
from tieout.engine import compiled, match
from tieout.engine.compiled_kept import kept_in
from tieout.engine.machine_code import is_able
from tieout.testing.worlds import make_world

RECORDS = 2_000


def compile_loops() -> None:
    """Run every loop once, compiled: with equal amounts, and within a tolerance."""
    compiled.FEW = -1
    folder = kept_in(os.environ.get("NUMBA_CACHE_DIR", ""))
    if folder is None or not is_able():
        match_twice()
        return
    from tieout.testing.machine_code import watched, write  # noqa: PLC0415  has the compiler

    compiled.KEEPS = False  # what was kept no longer shows what it was made of
    asked = watched()
    match_twice()
    write(folder, asked)


def match_twice() -> None:
    """Whatever matching asks of its loops."""
    compiled.get_ready()
    world = make_world(1, RECORDS)
    for rules in (MatchRules(), MatchRules(amount_tolerance_bp=100)):
        match(world.left, world.right, rules)


if __name__ == "__main__":
    compile_loops()
