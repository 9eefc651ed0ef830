"""Two files in, every record accounted for: the offline door behind the CLI and `tieout.match`.

Neither function needs a database or a server.
"""

from tieout.files.matching import MatchRun, match
from tieout.files.reading import read

__all__ = ["MatchRun", "match", "read"]
