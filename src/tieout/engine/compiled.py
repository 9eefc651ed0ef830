"""Loops over arrays, compiled: one loop where a step would take many passes over a column.

A loop is plain Python over numpy arrays and numbers, `@compiled`. It is compiled when it is first
called with much, kept for the next time, and lets go of the interpreter while it runs, so that
threads share it. The compiler is loaded then, and not before: it takes two thirds of a second and
100 MB. Until then little is done by the loop as it stands, which gives the same answer; so is all
on a machine that the compiler has no build for, slowly.

Whoever calls sees to it that indices are inside: a compiled loop does not look. The tests have it
look (`NUMBA_BOUNDSCHECK`). Numbers of 64 bits without a sign stay apart from those with one:
together they would become floats.
"""

import os
from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from tieout.engine.compiled_kept import kept_in

P = ParamSpec("P")
R = TypeVar("R")
FEW = 5_000
"""So many elements in all that is given are looked at as quickly as the compiler is loaded."""
_ONE_AT_A_TIME = RLock()


class Loop(Generic[P, R]):
    """A loop that is compiled when there is much to do."""

    def __init__(self, plain: Callable[P, R]) -> None:
        self.plain = plain
        self._made: Callable[P, R] | None = None
        self._stood: Callable[P, R] | None = None
        update_wrapper(self, plain)

    def __call__(self, *given: P.args, **named: P.kwargs) -> R:
        if self._made is None and not is_much(*given, *named.values()):
            return self.going_round(*given, **named)
        return self.made()(*given, **named)

    def made(self) -> Callable[P, R]:
        """The compiled loop; the plain one where there is no compiler."""
        if self._made is None:
            with _ONE_AT_A_TIME:
                self._made = self._made or self._compiled()
        return self._made

    def _compiled(self) -> Callable[P, R]:
        try:
            import numba  # noqa: PLC0415  only who matches much pays for it
        except ImportError:  # no build for this machine
            return self.going_round
        folder = kept_in(os.environ.get("NUMBA_CACHE_DIR", ""))
        numba.config.CACHE_DIR = str(folder or "")
        made: Callable[P, R] = numba.njit(cache=folder is not None, nogil=True)(self.plain)
        return made

    @property
    def _numba_type_(self) -> object:
        """What the compiler takes the loop for where another calls it: only then is it made too."""
        made: Any = self.made()
        return made._numba_type_

    def going_round(self, *given: P.args, **named: P.kwargs) -> R:
        """The plain loop, with numbers of 64 bits that go round as they do in a processor."""
        with np.errstate(over="ignore"):
            return self.stood()(*given, **named)

    def stood(self) -> Callable[P, R]:
        """The loop as it stands, which finds the loops that it calls as they stand too.

        One that is compiled would hand it numbers that no longer know how many bits they have.
        """
        self._stood = self._stood or _standing(self.plain)
        return self._stood


def compiled(loop: Callable[P, R]) -> Loop[P, R]:
    """The loop as machine code."""
    return Loop(loop)


def _standing(loop: Callable[P, R]) -> Callable[P, R]:
    """The same function, which finds the loops that it calls as they stand."""
    assert isinstance(loop, FunctionType)
    seen = {
        name: value.stood() if isinstance(value, Loop) else value
        for name, value in loop.__globals__.items()
        if not isinstance(value, Loop) or (name in loop.__code__.co_names and value.plain != loop)
    }
    made = FunctionType(loop.__code__, seen, loop.__name__, loop.__defaults__, loop.__closure__)
    made.__qualname__ = loop.__qualname__
    return made


def is_much(*given: object) -> bool:
    """Whether that is more than a loop as it stands would be given."""
    return _size(given) > FEW


def _size(given: tuple[Any, ...]) -> int:
    """The elements of all arrays."""
    arrays = (each for each in given if isinstance(each, np.ndarray))
    tuples = (each for each in given if isinstance(each, tuple))
    return sum(each.size for each in arrays) + sum(map(_size, tuples))


@compiled
def _first(numbers: np.ndarray) -> int:
    return int(numbers[0])


def get_ready() -> None:
    """Load the compiler, for whoever has something else to do meanwhile."""
    _first.made()(np.zeros(1, np.int64))
