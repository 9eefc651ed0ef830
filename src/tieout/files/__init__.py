"""Files in, everything accounted for: the offline door behind the CLI and the Python functions.

No function needs a database or a server.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.files.delivering import Choices, deliver
    from tieout.files.explaining import Explanation, explain
    from tieout.files.fetching import fetch_books
    from tieout.files.guessing_books import guess_books_mapping, save_books_mapping
    from tieout.files.ledger_reporting import Asked, compare_total, ledger_reports
    from tieout.files.matching import MatchRun, match
    from tieout.files.reading import read

__all__ = [
    "Asked",
    "Choices",
    "Explanation",
    "MatchRun",
    "compare_total",
    "deliver",
    "explain",
    "fetch_books",
    "guess_books_mapping",
    "ledger_reports",
    "match",
    "read",
    "save_books_mapping",
]
_HOMES = {
    "Asked": "ledger_reporting",
    "Choices": "delivering",
    "Explanation": "explaining",
    "MatchRun": "matching",
    "compare_total": "ledger_reporting",
    "deliver": "delivering",
    "explain": "explaining",
    "fetch_books": "fetching",
    "guess_books_mapping": "guessing_books",
    "ledger_reports": "ledger_reporting",
    "match": "matching",
    "read": "reading",
    "save_books_mapping": "guessing_books",
}


def __getattr__(name: str) -> object:
    """Import on first use: what only explains needs no matching."""
    if name in _HOMES:
        return getattr(import_module(f"tieout.files.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'tieout.files' has no attribute {name!r}")
