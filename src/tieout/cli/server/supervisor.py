"""Keeps processes alive until it is told to stop, and takes all of them along when it goes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

TICK_SECONDS = 0.2
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
SETTLED_SECONDS = 30.0
"""Who lived so long is started again at once."""
LEAVE_SECONDS = 8.0
"""How long children may take to go before they are killed: what they hold is undone, not lost."""
LEASH = "tieout.cli.server.leash"


@dataclass
class Child:
    """One process, started again whenever it ends."""

    name: str
    module: Sequence[str]
    """A Python module and its arguments."""
    is_led: bool = True
    """Ended with the supervisor; if not, it is given the pipe and looks itself."""
    process: subprocess.Popen[bytes] | None = None
    born_at: float = 0.0
    due_at: float = 0.0
    wait: float = 0.0
    deaths: int = 0


@dataclass
class Supervisor:
    """The children of one server."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    _pipe: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """The pipe whose end tells the children that this process is gone."""
        self._pipe = os.pipe()

    def keep(self) -> None:
        """Start what is due; called again and again."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._mourn(child, child.process.returncode, now)
            if child.process is None and now >= child.due_at:
                self._start(child, now)

    def stop(self) -> None:
        """Ask all to go, the latest first; kill who does not."""
        living = [each.process for each in reversed(self.children) if each.process is not None]
        for process in living:
            process.terminate()
        until = time.monotonic() + LEAVE_SECONDS
        for process in living:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for end in self._pipe:
            os.close(end)

    def _start(self, child: Child, now: float) -> None:
        reading = self._pipe[0]
        led = [LEASH, str(reading), *child.module]
        words = [sys.executable, "-m", *(led if child.is_led else [*child.module, str(reading)])]
        child.process = subprocess.Popen(  # noqa: S603  our own modules
            words, env=dict(self.environment), pass_fds=[reading], start_new_session=True
        )
        child.born_at = now

    def _mourn(self, child: Child, code: int, now: float) -> None:
        """Start it again: at once if it lived for long, else after twice the wait before."""
        settled = now - child.born_at > SETTLED_SECONDS
        doubled = min(max(2 * child.wait, FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
        child.wait = 0.0 if settled else doubled
        child.process, child.due_at = None, now + child.wait
        child.deaths = 1 if settled else child.deaths + 1
        self.say(f"{child.name} ended ({code}); started again in {child.wait:.1f} s")
