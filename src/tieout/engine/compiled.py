"""Loops over arrays, compiled: one loop where a step would take many passes over a column.

A loop is plain Python over numpy arrays and numbers, `@compiled`. It is compiled when it is first
called and kept beside the module, and lets go of the interpreter while it runs, so that threads
share it. The compiler is loaded then, and not before: it takes a quarter of a second and 100 MB.
A machine that the compiler has no build for runs the same loop as it stands: the same answer,
slowly.

Whoever calls sees to it that indices are inside: a compiled loop does not look. The tests have it
look (`NUMBA_BOUNDSCHECK`). Numbers of 64 bits without a sign stay apart from those with one:
together they would become floats.
"""

from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")
_ONE_AT_A_TIME = RLock()


class Loop(Generic[P, R]):
    """A loop that is compiled when it is first called."""

    def __init__(self, plain: Callable[P, R]) -> None:
        self.plain = plain
        self._made: Callable[P, R] | None = None
        update_wrapper(self, plain)

    def __call__(self, *given: P.args, **named: P.kwargs) -> R:
        made = self._made or self.made()
        return made(*given, **named)

    def made(self) -> Callable[P, R]:
        """The compiled loop; the plain one where there is no compiler."""
        with _ONE_AT_A_TIME:
            if self._made is None:
                self._made = self._compiled()
            return self._made

    def _compiled(self) -> Callable[P, R]:
        try:
            from numba import njit  # noqa: PLC0415  only who matches much pays for it
        except ImportError:  # no build for this machine
            return self._wrapping_round
        loop = _calling_compiled(self.plain)
        try:
            made: Callable[P, R] = njit(cache=True, nogil=True)(loop)
        except RuntimeError:  # neither beside the module nor at home may anything be kept
            made = njit(nogil=True)(loop)
        return made

    def _wrapping_round(self, *given: P.args, **named: P.kwargs) -> R:
        """The plain loop, with numbers of 64 bits that go round as they do in a processor."""
        with np.errstate(over="ignore"):
            return self.plain(*given, **named)


def compiled(loop: Callable[P, R]) -> Loop[P, R]:
    """The loop as machine code."""
    return Loop(loop)


def _calling_compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, which finds the loops that it calls compiled too."""
    assert isinstance(loop, FunctionType)
    seen = {
        name: value.made() if isinstance(value, Loop) else value
        for name, value in loop.__globals__.items()
        if not isinstance(value, Loop) or (name in loop.__code__.co_names and value.plain != loop)
    }
    made = FunctionType(loop.__code__, seen, loop.__name__, loop.__defaults__, loop.__closure__)
    made.__qualname__ = loop.__qualname__
    return made
