"""The machine code of loops, written down for calling them without the compiler.

What numba has compiled is taken as the LLVM modules that it shows, given the few functions for the
memory of arrays that would need Python otherwise, and made into one object file that needs the C
library and nothing else; beside it lies a list of what each loop takes and gives. It is read by
`engine/machine_code.py`.
"""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import types

from tieout.engine import compiled
from tieout.engine.machine_code import LIST, OBJECT, Found, kind_of, machine, target_machine

ENTRY = "tieout_loop_{}"
MAY_BE_CALLED = {"malloc", "free", "memcpy", "memset", "memmove", "sqrt", "abort"}
MEMORY = """
; The memory of numba's arrays: a head that counts who holds it, then the numbers.
declare ptr @malloc(i64)
declare void @free(ptr)

define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %wide = zext i32 %align to i64
  %more = add i64 %size, %wide
  %room = add i64 %more, 48
  %made = call ptr @malloc(i64 %room)
  %is_none = icmp eq ptr %made, null
  br i1 %is_none, label %failed, label %filled
failed:
  ret ptr null
filled:
  %begin = ptrtoint ptr %made to i64
  %after = add i64 %begin, 47
  %beyond = add i64 %after, %wide
  %mask = sub i64 0, %wide
  %at = and i64 %beyond, %mask
  %data = inttoptr i64 %at to ptr
  %destroy = getelementptr i8, ptr %made, i64 8
  %told = getelementptr i8, ptr %made, i64 16
  %where = getelementptr i8, ptr %made, i64 24
  %long = getelementptr i8, ptr %made, i64 32
  %other = getelementptr i8, ptr %made, i64 40
  store i64 1, ptr %made
  store ptr null, ptr %destroy
  store ptr null, ptr %told
  store ptr %data, ptr %where
  store i64 %size, ptr %long
  store ptr null, ptr %other
  ret ptr %made
}

define ptr @NRT_MemInfo_alloc(i64 %size) {
  %made = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 16)
  ret ptr %made
}

define void @NRT_MemInfo_call_dtor(ptr %memory) {
  call void @free(ptr %memory)
  ret void
}

define ptr @NRT_Allocate(i64 %size) {
  %made = call ptr @malloc(i64 %size)
  ret ptr %made
}

define void @NRT_Free(ptr %memory) {
  call void @free(ptr %memory)
  ret void
}
"""


Asked = dict[tuple[str, str], tuple[compiled.Loop[Any, Any], tuple[Any, ...]]]


def watched() -> Asked:
    """By loop and kind of values: the loop, and the types it was asked for from now on."""
    asked: Asked = {}

    def watch(loop: compiled.Loop[Any, Any]) -> None:
        def run(*given: object) -> object:
            name = (loop.name, " ".join(map(kind_of, given)))
            if name not in asked:
                asked[name] = loop, tuple(numba.typeof(each) for each in given)
            return loop.dispatcher()(*given)

        loop.made = lambda: run  # type: ignore[method-assign]

    for loop in compiled.LOOPS.values():
        watch(loop)
    return asked


def write(folder: Path, asked: Asked) -> None:
    """The machine code of all of them and the list of what each takes and gives, whole or not."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    whole = llvm.parse_assembly(MEMORY)
    loops = []
    for place, ((name, kinds), (loop, signature)) in enumerate(sorted(asked.items(), key=_by_name)):
        dispatcher: Any = loop.dispatcher()
        dispatcher.compile(signature)
        made = dispatcher.overloads[signature]
        module = llvm.parse_assembly(dispatcher.inspect_llvm(signature))
        symbol = ENTRY.format(place)
        module.get_function(made.fndesc.llvm_func_name).name = symbol
        whole.link_in(module)
        given = [leaf for each in signature for leaf in leaves_of(each)]
        loops.append((name, kinds, symbol, given, found_of(made.signature.return_type)))
    _without_what_nobody_calls(whole)
    code = target_machine(llvm).emit_object(whole)
    told = {"for": machine(llvm), "code": sha256(code).hexdigest(), "loops": loops}
    _replace(folder / OBJECT, code)
    _replace(folder / LIST, json.dumps(told).encode())


def _by_name(item: tuple[tuple[str, str], object]) -> tuple[str, str]:
    return item[0]


def _without_what_nobody_calls(whole: llvm.ModuleRef) -> None:
    """Only loops are seen from outside; what would need Python goes with whoever called it."""
    for each in whole.functions:
        if not each.is_declaration and not each.name.startswith(ENTRY.format("")):
            each.linkage = "internal"
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    tuning = llvm.create_pipeline_tuning_options(speed_level=0)
    passes.run(whole, llvm.create_pass_builder(target_machine(llvm), tuning))
    needed = {each.name for each in whole.functions if each.is_declaration}
    unknown = {each for each in needed if not each.startswith("llvm.")} - MAY_BE_CALLED
    if unknown:
        raise RuntimeError(f"loops call what only Python has: {sorted(unknown)}")


def leaves_of(kind: types.Type) -> list[str]:
    """The numbers that a value is handed over as (`machine_code._leaves`)."""
    if isinstance(kind, types.Array):
        return ["<i8"] * (5 + 2 * kind.ndim)
    if isinstance(kind, types.BaseTuple):
        return [leaf for each in kind for leaf in leaves_of(each)]
    return [number_of(kind)]


def found_of(kind: types.Type) -> Found:
    """What is given back, as `machine_code` tells it."""
    if isinstance(kind, types.NoneType):
        return "none"
    if isinstance(kind, types.Array):
        return ["array", number_of(kind.dtype), kind.ndim]
    if isinstance(kind, types.BaseTuple):
        return ["tuple", *(found_of(each) for each in kind)]
    return number_of(kind)


def number_of(kind: types.Type) -> str:
    """The type of a number as numpy writes it."""
    return str(numba.np.numpy_support.as_dtype(kind).str)


def _replace(path: Path, told: bytes) -> None:
    """Whole when others see it."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_bytes(told)
    new.replace(path)
