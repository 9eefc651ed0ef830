"""Loops over arrays, compiled: one loop where a step would take many passes over a column.

A loop is plain Python over numpy arrays and numbers, `@compiled`. It is compiled when it is first
called and kept beside the module, and lets go of the interpreter while it runs, so that threads
share it. A machine that the compiler has no build for runs the same loop as it stands: the same
answer, slowly.

Whoever calls sees to it that indices are inside: a compiled loop does not look. The tests have it
look (`NUMBA_BOUNDSCHECK`). Numbers of 64 bits without a sign stay apart from those with one:
together they would become floats.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

try:
    from numba import njit
except ImportError:  # no build for this machine
    njit = None


def compiled(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop as machine code."""
    if njit is None:
        return interpreted(loop)
    try:
        made: Callable[P, R] = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # neither beside the module nor at home may anything be kept
        made = njit(nogil=True)(loop)
    return made


def interpreted(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop as it stands; numbers of 64 bits go round as they do in a processor."""

    @wraps(loop)
    def made(*given: P.args, **named: P.kwargs) -> R:
        with np.errstate(over="ignore"):
            return loop(*given, **named)

    return made
