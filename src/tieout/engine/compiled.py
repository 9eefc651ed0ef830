"""Loops over arrays, compiled: one loop where a step would take many passes over a column.

A loop is plain Python over numpy arrays and numbers, `@compiled`. When it is first called with
much, its machine code is loaded: what set-up kept (`machine_code.py`), else by the compiler, which
keeps what it makes for the next time but takes half a second and 100 MB to load. Either lets go of
the interpreter while it runs, so that threads share it. Until then little is done by the loop as
it stands, which gives the same answer; so is all on a machine that the compiler has no build for,
slowly.

Whoever calls sees to it that indices are inside: a compiled loop does not look. The tests have it
look (`NUMBA_BOUNDSCHECK`). Numbers of 64 bits without a sign stay apart from those with one:
together they would become floats.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache, update_wrapper
from pathlib import Path
from threading import RLock
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

from tieout.engine import machine_code
from tieout.engine.compiled_kept import kept_in
from tieout.engine.machine_code import Calls, kind_of

P = ParamSpec("P")
R = TypeVar("R")
FEW = 5_000
"""So many elements in all that is given are looked at as quickly as machine code is loaded."""
KEEPS = True
"""Whether the compiler keeps what it makes, and reads what was kept."""
_ONE_AT_A_TIME = RLock()


class Loop(Generic[P, R]):
    """A loop that is compiled when there is much to do."""

    def __init__(self, plain: Callable[P, R]) -> None:
        self.plain = plain
        self._made: Callable[P, R] | None = None
        self._dispatcher: Callable[P, R] | None = None
        self._stood: Callable[P, R] | None = None
        update_wrapper(self, plain)

    def __call__(self, *given: P.args, **named: P.kwargs) -> R:
        if self._made is None and not is_much(*given, *named.values()):
            return self.going_round(*given, **named)
        return self.made()(*given, **named)

    @property
    def name(self) -> str:
        """By which it is kept."""
        return f"{self.plain.__module__}.{self.plain.__qualname__}"

    def made(self) -> Callable[P, R]:
        """The compiled loop; the plain one where there is no compiler."""
        if self._made is None:
            with _ONE_AT_A_TIME:
                self._made = self._made or self._as_kept() or self.dispatcher()
        return self._made

    def _as_kept(self) -> Callable[P, R] | None:
        """What set-up has made of it; the compiler makes it for values of another kind."""
        calls = _kept().get(self.name)
        if calls is None:
            return None

        def run(*given: P.args, **named: P.kwargs) -> R:
            call = None if named else calls.of(" ".join(map(kind_of, given)))
            if call is None:
                return self.dispatcher()(*given, **named)
            found: Any = call(*given)
            return cast("R", found)

        return run

    def dispatcher(self) -> Callable[P, R]:
        """The compiler, ready to compile it."""
        if self._dispatcher is None:
            with _ONE_AT_A_TIME:
                self._dispatcher = self._dispatcher or self._compiled()
        return self._dispatcher

    def _compiled(self) -> Callable[P, R]:
        try:
            import numba  # noqa: PLC0415  only where nothing was kept
        except ImportError:  # no build for this machine
            return self.going_round
        folder = _folder()
        numba.config.CACHE_DIR = str(folder or "")
        made: Callable[P, R] = numba.njit(cache=folder is not None, nogil=True)(self.plain)
        return made

    @property
    def _numba_type_(self) -> object:
        """What the compiler takes the loop for where another calls it: only then is it made too."""
        made: Any = self.dispatcher()
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


LOOPS: dict[str, Loop[Any, Any]] = {}
"""All there are, by name."""


def compiled(loop: Callable[P, R]) -> Loop[P, R]:
    """The loop as machine code."""
    made = LOOPS[f"{loop.__module__}.{loop.__qualname__}"] = Loop(loop)
    return made


def _folder() -> Path | None:
    """Where machine code is kept, if it is."""
    return kept_in(os.environ.get("NUMBA_CACHE_DIR", "")) if KEEPS else None


@cache
def _kept() -> Mapping[str, Calls]:
    """What set-up has made, unless indices shall be looked at."""
    folder = _folder()
    if folder is None or os.environ.get("NUMBA_BOUNDSCHECK") or not machine_code.is_able():
        return {}
    return machine_code.load(folder)


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
    """Load the machine code, for whoever has something else to do meanwhile."""
    _first.made()(np.zeros(1, np.int64))
