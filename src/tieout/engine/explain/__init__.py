"""Control accounts at scale: balances and what may differ, found by DuckDB over the files.

Most entries are plainly well posted. The steps in `sql/` add up all of them, set the plain ones
aside, and hand the rest to `core.explain`, which gives every cause. What the two say is compared
in every period, account and currency, so a step that set aside too much cannot go unseen.

The engine itself is in `triage` and `keeping`; where work was kept, neither is loaded.
"""

from tieout.engine.explain.frame import NOMINAL, Frame, Move, Triage
from tieout.engine.explain.kept_file import DamagedError, KeptFile

__all__ = ["NOMINAL", "DamagedError", "Frame", "KeptFile", "Move", "Triage"]
