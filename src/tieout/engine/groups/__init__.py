"""Group search: which records of one side sum to which of the other, and how far to believe it.

Pure functions on columns; they know no database and may run on any worker, one (account,
currency) block or many at a time. `docs/internals/algorithms/sum-search.md` tells the method.
"""

from tieout.engine.groups.find import find_groups
from tieout.engine.groups.learning import learn_groups
from tieout.engine.groups.records import (
    NO_DAY,
    FoundGroup,
    FreeRecords,
    GroupsFound,
    Undecided,
)
from tieout.engine.groups.weights import GroupWeights

__all__ = [
    "NO_DAY",
    "FoundGroup",
    "FreeRecords",
    "GroupWeights",
    "GroupsFound",
    "Undecided",
    "find_groups",
    "learn_groups",
]
