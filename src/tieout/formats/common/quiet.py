"""Reading without the cycle collector: a reading is many values and no cycles.

Python's collector looks through all values again and again while they are made, and finds
nothing; on a file of 50,000 records that is a third of the time. Afterwards they count as old, or
the first value made outside would set off a search through all of them. Values that are let go
are freed at once all the same, by their count of references, so memory stays what the reading
needs.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cycles inside; afterwards as it was before."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
