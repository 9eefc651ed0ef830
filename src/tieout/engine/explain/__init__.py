"""Control accounts at scale: balances and what may differ, found by DuckDB over the files.

Most entries are plainly well posted. The steps in `sql/` add up all of them, set the plain ones
aside, and hand the rest to `core.explain`, which gives every cause. What the two say is compared
in every period, account and currency, so a step that set aside too much cannot go unseen.
"""

from tieout.engine.explain.keeping import grown, save, state_of
from tieout.engine.explain.triage import Frame, Move, Triage, triage

__all__ = ["Frame", "Move", "Triage", "grown", "save", "state_of", "triage"]
