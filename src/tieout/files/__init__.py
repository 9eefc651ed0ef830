"""Files in, everything accounted for: the offline door behind the CLI and the Python functions.

No function needs a database or a server.
"""

from tieout.files.explaining import Explanation, explain
from tieout.files.matching import MatchRun, match
from tieout.files.reading import read

__all__ = ["Explanation", "MatchRun", "explain", "match", "read"]
