"""Files in, everything accounted for: the offline door behind the CLI and the Python functions.

No function needs a database or a server.
"""

from tieout.files.explaining import Explanation, explain
from tieout.files.ledger_reporting import Asked, compare_total, ledger_reports
from tieout.files.matching import MatchRun, match
from tieout.files.reading import read

__all__ = [
    "Asked",
    "Explanation",
    "MatchRun",
    "compare_total",
    "explain",
    "ledger_reports",
    "match",
    "read",
]
