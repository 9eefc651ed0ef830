"""Work shared out: threads over blocks of arrays, processes over pieces that are mostly Python.

numpy and Arrow let go of the interpreter while they count, so that threads do for long arrays. Many
small steps hold it: there each further processor needs an interpreter of its own.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TypeVar

WORKERS = 2
PROCESSES_MAX = 4
"""Each holds an interpreter and its libraries: about 100 MB."""
_SERVE = "from tieout.engine.workers import serve; serve()"

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


def apart(made: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What is made of each item, in their order; on all processors, in processes of their own.

    `made`, the items and what is made go from process to process as pickles. This process takes
    part; what another one cannot do, because it does not start or ends, is done here.
    """
    several = list(items)
    answers: dict[int, Made] = {}
    waiting = deque(range(len(several)))
    further = min(processors(), PROCESSES_MAX, len(several)) - 1
    if further < 1:
        return [made(item) for item in several]
    with ThreadPoolExecutor(further) as couriers:
        sent = [couriers.submit(_carry, made, several, waiting, answers) for _ in range(further)]
        while waiting:
            number = waiting.popleft()
            answers[number] = made(several[number])
        for each in sent:
            each.result()
    return [answers[n] if n in answers else made(several[n]) for n in range(len(several))]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _carry(
    made: Callable[[Item], Made],
    items: list[Item],
    waiting: deque[int],
    answers: dict[int, Made],
) -> None:
    """Have another process do one item after the other, until none waits or the process ends."""
    try:
        process = subprocess.Popen(  # noqa: S603  this very program
            [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError:
        return
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            _send(made, process.stdin)
            while waiting:
                number = waiting.popleft()
                _send(items[number], process.stdin)
                answers[number] = pickle.load(process.stdout)  # noqa: S301  of our own process
        except (OSError, EOFError, IndexError):  # it ended, or another took the last item
            process.kill()


def _send(what: object, to: IO[bytes]) -> None:
    pickle.dump(what, to, protocol=5)
    to.flush()


def serve() -> None:
    """What such a process does: a function first, then its items; an answer to each."""
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but answers may go there
    made = pickle.load(asked)  # noqa: S301  of the process that started this one
    while True:
        try:
            answer = made(pickle.load(asked))  # noqa: S301  the same
        except EOFError:
            return
        except Exception:  # noqa: BLE001  who asked does it again, and meets the fault where it is told
            sys.exit(1)
        _send(answer, told)
