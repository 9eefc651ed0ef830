"""Work shared out among threads.

numpy, Arrow and compiled loops let go of the interpreter while they count; whoever shares out many
small steps instead finds that they hold it, and gains nothing.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2

Item = TypeVar("Item")
Made = TypeVar("Made")


def over(made: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What is made of each item, in their order."""
    several = list(items)
    if len(several) < 2:
        return [made(item) for item in several]
    with ThreadPoolExecutor(WORKERS) as workers:
        return list(workers.map(made, several))


def beside(one: Callable[[], Made], other: Callable[[], Item]) -> tuple[Made, Item]:
    """What two steps make that do not wait for each other."""
    with ThreadPoolExecutor(1) as worker:
        sent = worker.submit(one)
        made = other()
        return sent.result(), made
