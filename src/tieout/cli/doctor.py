"""`tieout doctor`: can this machine do the work? One line a check, with the next step."""

import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import tieout
from tieout.cli.screen import OUT, plain

NEEDED = (
    "duckdb",
    "pyarrow",
    "numpy",
    "lxml",
    "python-calamine",
    "jinja2",
    "rich",
    "click",
)


class Fault(Exception):  # noqa: N818  a check's own word
    """A check that failed: what was found, and what to do."""

    def __init__(self, found: str, next_step: str) -> None:
        super().__init__(found)
        self.next_step = next_step


Result = dict[str, str | bool]
"""What one check found: `check`, `ok`, `found`, `next_step`."""


def run(*, as_json: bool, of_server: Callable[[], Sequence[Result]]) -> int:
    """Run every check, then those of the server; 0 when all pass, 1 otherwise."""
    results: list[Result] = []
    for name, check in CHECKS.items():
        try:
            results.append({"check": name, "ok": True, "found": check(), "next_step": ""})
        except Fault as fault:
            results.append(
                {"check": name, "ok": False, "found": str(fault), "next_step": fault.next_step}
            )
    results += of_server()
    if as_json:
        sys.stdout.write(json.dumps(results, indent=1) + "\n")
    else:
        for each in results:
            mark = "[green]✓[/]" if each["ok"] else "[red]✗[/]"
            OUT.print(f"{mark} {each['check']:<12} {plain(each['found'])}")
            if each["next_step"]:
                OUT.print(f"               → {each['next_step']}")
    return 0 if all(each["ok"] for each in results) else 1


def _python() -> str:
    found = ".".join(map(str, sys.version_info[:3]))
    return f"Python {found}, tieout {tieout.__version__}"


def _libraries() -> str:
    versions = []
    for name in NEEDED:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            raise Fault(f"{name} is missing", "Run `make demo` once: it installs it.") from None
    return ", ".join(versions)


def _engine() -> str:
    import duckdb  # noqa: PLC0415  its absence is what this check may find

    answer = duckdb.sql("select 6 * 7").fetchall()
    if answer != [(42,)]:
        raise Fault(f"DuckDB answers {answer}", "Install the locked version: `make clean demo`.")
    return "the embedded engine answers"


def _memory() -> str:
    import psutil  # noqa: PLC0415  the same

    free = psutil.virtual_memory().available / 2**30
    if free < 0.5:
        raise Fault(f"{free:.1f} GiB free", "Close other programs: a million lines need 1.5 GiB.")
    return f"{free:.1f} GiB free, {os.cpu_count()} processors"


def _disk() -> str:
    folder = Path(tempfile.gettempdir())
    free = shutil.disk_usage(folder).free / 2**30
    if free < 1:
        raise Fault(f"{free:.1f} GiB free for temporary files", "Free some space or set TMPDIR.")
    return f"{free:.0f} GiB free for temporary files"


def _permission() -> str:
    try:
        with tempfile.NamedTemporaryFile(dir=Path.cwd()):
            return "this folder can be written to"
    except OSError as error:
        raise Fault(
            f"this folder cannot be written to ({error.strerror})",
            "Reading works; name another folder with --out.",
        ) from error


def _formats() -> str:
    from tieout.formats.registry import FORMATS, format_named  # noqa: PLC0415  start-up time

    return f"{len([format_named(name) for name in FORMATS])} formats can be read"


CHECKS: dict[str, Callable[[], str]] = {
    "version": _python,
    "libraries": _libraries,
    "engine": _engine,
    "formats": _formats,
    "memory": _memory,
    "disk": _disk,
    "permission": _permission,
}
