"""Matching at scale: the plan, the passes, the reference and the embedded back end."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.engine.result import MatchResult
    from tieout.engine.run import match

__all__ = ["MatchResult", "match"]


def __getattr__(name: str) -> object:
    """Import on first use: what only explains needs no matching."""
    if name == "match":
        from tieout.engine.run import match  # noqa: PLC0415  start-up time counts

        return match
    if name == "MatchResult":
        from tieout.engine.result import MatchResult  # noqa: PLC0415  as above

        return MatchResult
    raise AttributeError(f"module 'tieout.engine' has no attribute {name!r}")
