"""Matching at scale: the plan, the passes, the reference and the embedded back end."""

from tieout.engine.result import MatchResult
from tieout.engine.run import match

__all__ = ["MatchResult", "match"]
