"""Two threads over blocks of arrays: numpy and Arrow let go of the interpreter while they count."""

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
