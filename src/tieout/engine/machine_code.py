"""Compiled loops called without the compiler: what set-up made is read, and that is all.

The compiler takes half a second and a hundred megabytes to load, although the machine code it
would find is there already. Set-up (`testing/machine_code.py`) therefore writes that down once
more, all loops in one object file with a list of what each takes and gives. Here the file is
loaded by the linker of llvmlite, and a loop is called as the compiler itself would call it
(numba's calling convention: a place for the result, a place for what went wrong, then every
number; an array is seven or more of them).

The list says for which processor and which llvmlite it was made; on any other, and for values of
another kind than were thought of, there is nothing here and the compiler is loaded after all.
"""

import ctypes
import json
import pickle
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from llvmlite.binding import ExecutionEngine, TargetMachine

OBJECT, LIST = "loops.o", "loops.json"
Found = str | list[Any]
"""What a loop gives: "none", a type of number, ["array", its type, dimensions], ["tuple", ...]."""
_NUMBERS: dict[str, type[Any]] = {
    "<i8": ctypes.c_int64,
    "<u8": ctypes.c_uint64,
    "<f8": ctypes.c_double,
    "|b1": ctypes.c_bool,
}
_FREE = ctypes.CDLL(None).free if sys.platform == "linux" else None
if _FREE is not None:
    _FREE.argtypes, _FREE.restype = [ctypes.c_void_p], None


def is_able() -> bool:
    """Whether machine code is kept on such a machine: where it has been seen to work."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def kind_of(value: object) -> str:
    """What numba tells values apart by: machine code is for one kind of each."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        place, may = "a" if flags.aligned else "u", "w" if flags.writeable else "r"
        return f"{value.dtype.str}:{value.ndim}:{layout}:{place}:{may}"
    if isinstance(value, tuple):
        return f"({' '.join(map(kind_of, value))})"
    if isinstance(value, np.generic):
        return value.dtype.str
    return {bool: "|b1", int: "<i8", float: "<f8"}.get(type(value), "?")


def is_good_for(kept: str, given: str) -> bool:
    """Whether machine code for one kind of values does for another that promises more."""
    pairs = list(zip(kept.split(), given.split(), strict=False))
    is_alike = len(kept.split()) == len(given.split())
    return is_alike and all(one == other or _promises(one, other) for one, other in pairs)


def _promises(kept: str, given: str) -> bool:
    """Whether an array lies in order, where any order does; may be written to, if need be."""
    one, other = kept.split(":"), given.split(":")
    if len(one) != len(_ARRAY) or len(other) != len(_ARRAY) or one[:2] != other[:2]:
        return False
    is_ordered = one[2] in {other[2], "A"} and one[3] in {other[3], "u"}
    return is_ordered and one[4] in {other[4], other[4].replace("w", "r")}


_ARRAY = ("its numbers", "dimensions", "order", "aligned or not", "written to or read")


@dataclass(frozen=True)
class Call:
    """One loop for one kind of values, ready to be called; any thread may, without the others."""

    name: str
    address: int
    given: tuple[type, ...]
    found: Found

    @cached_property
    def _function(self) -> Callable[..., int]:
        pointer = ctypes.c_void_p
        return ctypes.CFUNCTYPE(ctypes.c_int32, pointer, pointer, *self.given)(self.address)

    @cached_property
    def _place(self) -> type[Any]:
        return _room_of([("found", _place_of(self.found))])

    def __call__(self, *given: object) -> object:
        """Run it on values of its kind."""
        place, failed = self._place(), ctypes.pointer(_Failed())
        leaves = _leaves(given)
        if self._function(ctypes.addressof(place), ctypes.addressof(failed), *leaves):
            kind, arguments, *_ = pickle.loads(  # noqa: S301  our own machine code says it
                ctypes.string_at(failed.contents.told, failed.contents.long)
            )
            raise kind(*arguments or (), f"in {self.name}")
        return _value_of(place.found, self.found)


class _Failed(ctypes.Structure):
    """What a loop says when it cannot go on, no memory being the likeliest: an error, pickled."""

    _fields_ = (("told", ctypes.c_void_p), ("long", ctypes.c_int32))


class Calls:
    """One loop for every kind of values that was thought of."""

    def __init__(self) -> None:
        self._kept: dict[str, Call] = {}
        self._known: dict[str, Call | None] = {}

    def keep(self, kinds: str, call: Call) -> None:
        """Machine code for values of these kinds."""
        self._kept[kinds] = call

    def of(self, kinds: str) -> Call | None:
        """What does for values of these kinds; None where the compiler must make it."""
        if kinds not in self._known:
            good = (call for kept, call in self._kept.items() if is_good_for(kept, kinds))
            self._known[kinds] = self._kept.get(kinds) or next(good, None)
        return self._known[kinds]


def load(folder: Path) -> dict[str, Calls]:
    """By name of a loop what can be called; empty where nothing fits this machine."""
    try:
        told = json.loads((folder / LIST).read_text())
        code = (folder / OBJECT).read_bytes()
        import llvmlite.binding as llvm  # noqa: PLC0415  only who matches much pays for it
    except (OSError, ValueError, ImportError):
        return {}
    if told["for"] != machine(llvm) or told["code"] != sha256(code).hexdigest():
        return {}
    engine = _engine(llvm)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    calls: dict[str, Calls] = defaultdict(Calls)
    for name, kinds, symbol, given, found in told["loops"]:
        address = engine.get_function_address(symbol)
        types = tuple(_NUMBERS[each] for each in given)
        calls[name].keep(kinds, Call(name, address, types, found))
    return dict(calls)


_ENGINES: list[Any] = []
"""Who holds the code in memory: as long as the process lives."""


def _engine(llvm: ModuleType) -> "ExecutionEngine":
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    made = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine(llvm))
    _ENGINES.append(made)
    return made


def target_machine(llvm: ModuleType) -> "TargetMachine":
    """This processor, told to llvmlite as numba tells it."""
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="static",
        codemodel="jitdefault",
        jit=True,
    )


def machine(llvm: ModuleType) -> list[str]:
    """What machine code depends on, and who reads it."""
    import llvmlite  # noqa: PLC0415  loaded already

    triple, cpu = llvm.get_process_triple(), llvm.get_host_cpu_name()
    return [llvmlite.__version__, triple, cpu, llvm.get_host_cpu_features().flatten()]


def _leaves(given: Iterable[object]) -> Iterator[object]:
    """Every number of the values, in the order in which a loop takes them."""
    for value in given:
        if isinstance(value, np.ndarray):
            yield 0  # nobody's: numba neither keeps nor frees it
            yield 0
            yield value.size
            yield value.itemsize
            yield value.__array_interface__["data"][0]
            yield from value.shape
            yield from value.strides
        elif isinstance(value, tuple):
            yield from _leaves(value)
        else:
            yield value.item() if isinstance(value, np.generic) else value


def _place_of(found: Found) -> type[Any]:
    """The room that a result takes."""
    if isinstance(found, str):
        return ctypes.c_void_p if found == "none" else _NUMBERS[found]
    if found[0] == "tuple":
        return _room_of((f"at{at}", _place_of(each)) for at, each in enumerate(found[1:]))
    dimensions = ctypes.c_int64 * found[2]
    return _room_of(
        [
            *((name, ctypes.c_void_p) for name in ("memory", "parent")),
            *((name, ctypes.c_int64) for name in ("items", "itemsize")),
            ("data", ctypes.c_void_p),
            *((name, dimensions) for name in ("shape", "strides")),
        ]
    )


def _room_of(fields: Iterable[tuple[str, type[Any]]]) -> type[Any]:
    return type("Room", (ctypes.Structure,), {"_fields_": list(fields)})


def _value_of(place: Any, found: Found) -> object:  # noqa: ANN401  as ctypes made it
    """What a loop has left there."""
    if isinstance(found, str):
        return None if found == "none" else place
    if found[0] == "tuple":
        parts = enumerate(found[1:])
        return tuple(_value_of(getattr(place, f"at{at}"), each) for at, each in parts)
    made = np.asarray(_Held(place, found[1]))
    return made if place.memory else made.copy()  # of what was given: not to be kept


class _Held:
    """Memory that a loop has made, freed when no array looks at it any more."""

    __slots__ = ("__array_interface__", "_memory")

    def __init__(self, place: Any, kind: str) -> None:  # noqa: ANN401  as ctypes made it
        self._memory = place.memory
        self.__array_interface__ = {
            "data": (place.data, False),
            "shape": tuple(place.shape),
            "strides": tuple(place.strides),
            "typestr": kind,
            "version": 3,
        }

    def __del__(self) -> None:
        """The first number of the memory is how many hold it."""
        if not self._memory:
            return
        holders = ctypes.c_int64.from_address(self._memory)
        holders.value -= 1
        if not holders.value and _FREE is not None:
            _FREE(self._memory)
