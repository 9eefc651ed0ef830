"""How far a verb is, for whoever watches its run; does nothing when nobody runs it as a job.

A verb says `report("lines", 2000, 10_000)` where it has got somewhere. The run shows it at once,
while the verb's own transaction is still open; and a run that somebody has asked to stop, or that
another worker has taken over, stops here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Report = Callable[[str, int, int], None]
_REPORT: ContextVar[Report | None] = ContextVar("report", default=None)


def report(step: str, done: int = 0, of: int = 0) -> None:
    """The step that is being taken, and how much of it is done."""
    told = _REPORT.get()
    if told is not None:
        told(step, done, of)


@contextmanager
def reporting_to(told: Report) -> Iterator[None]:
    """What `report` calls inside."""
    token = _REPORT.set(told)
    try:
        yield
    finally:
        _REPORT.reset(token)
