"""Seconds and peak memory of whole processes, and the machine they ran on.

The measuring process itself stays small: on Linux a child's peak memory counts its parent's size
at the moment of its birth. Worlds are therefore made and judged in processes of their own.
"""

import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("duckdb", "pyarrow", "numpy", "numba")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one command."""

    seconds: float
    peak_mb: float
    code: int
    out: str
    err: str
    cpu_seconds: float = 0.0
    """User and system time: what a busy machine adds to `seconds` is not in it."""

    @property
    def last_words(self) -> str:
        """The last line of what the command complained of."""
        lines = [each for each in self.err.strip().splitlines() if each.strip()]
        return lines[-1][:300] if lines else f"exit code {self.code}"


def run(command: Sequence[str], seconds_max: float = 600.0) -> Measured:
    """Run a command to its end, or kill it when its time is over (code 124)."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        child = subprocess.Popen(list(command), stdout=out, stderr=err, cwd=ROOT)
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            child.kill()

        timer = threading.Timer(seconds_max, stop)
        timer.start()
        together = [0]
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(child.pid, ended, together))
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        ended.set()
        seconds = time.perf_counter() - began
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        out.seek(0)
        err.seek(0)
        code = 124 if is_late.is_set() else child.returncode
        watch.join()
        peak = max(usage.ru_maxrss * unit, together[0]) / 1e6
        used = usage.ru_utime + usage.ru_stime
        return Measured(seconds, peak, code, out.read(), err.read(), used)


def _watch(pid: int, ended: threading.Event, together: list[int]) -> None:
    """Note the greatest memory of a process and those it started, ten times a second."""
    while not ended.wait(0.1):
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(pid)
            tree = [first, *first.children(recursive=True)]
            together[0] = max(together[0], sum(each.memory_info().rss for each in tree))


def must(command: Sequence[str], codes: tuple[int, ...] = (0,)) -> Measured:
    """Run a command that has to succeed."""
    done = run(command)
    if done.code not in codes:
        raise RuntimeError(f"{' '.join(command[:4])} ended with {done.code}: {done.err[-2000:]}")
    return done


def alternate(
    commands: Mapping[str, Sequence[str]], rounds: int, codes: tuple[int, ...] = (0, 1)
) -> dict[str, list[Measured]]:
    """Run the commands in turn, so that a busy minute of the machine hits all alike."""
    runs: dict[str, list[Measured]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(must(command, codes))
    return runs


def ratio(ours: Sequence[Measured], theirs: Sequence[Measured]) -> float:
    """The median of the rounds' ratios of seconds."""
    return median(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True))


def cpu_ratio(ours: Sequence[Measured], theirs: Sequence[Measured]) -> float:
    """The median of the rounds' ratios of processor time."""
    return median(a.cpu_seconds / b.cpu_seconds for a, b in zip(ours, theirs, strict=True))


def cpu_seconds(runs: Sequence[Measured]) -> float:
    """The median seconds of processor time."""
    return round(median(each.cpu_seconds for each in runs), 3)


def seconds(runs: Sequence[Measured]) -> float:
    """The median seconds."""
    return round(median(each.seconds for each in runs), 3)


def peak_mb(runs: Sequence[Measured]) -> float:
    """The greatest peak memory in megabytes (10^6 bytes)."""
    return round(max(each.peak_mb for each in runs), 1)


def machine() -> dict[str, object]:
    """What ran this, when and how asked; without names or paths."""
    asked = ["python -m benchmarks", *(each for each in sys.argv[1:] if os.sep not in each)]
    return {
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
        "command": " ".join(asked),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
        "versions": {name: metadata.version(name) for name in PACKAGES},
    }
