"""What commands share on a terminal: the consoles, symbols with words, progress, plain tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from tieout.core.errors import Problem, Severity

PIPE_WIDTH = 160
"""How wide a page is where no terminal says it."""

OUT = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
ERR = Console(highlight=False, emoji=False, stderr=True)

SYMBOLS = {
    Severity.NOTE: "[dim]·[/] note",
    Severity.DOUBT: "[yellow]![/] doubt",
    Severity.HELD: "[red]✗[/] held",
}


NARROW = 110


def is_narrow() -> bool:
    """Whether wide tables must put two things into one cell, as on a terminal of 80 columns."""
    return OUT.width < NARROW


def plain(text: object) -> str:
    """Text from a file, safe to print: rich's own markup in it is no markup."""
    return str(text).replace("[", r"\[")


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A light table; columns named in `right` hold figures."""
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in columns:
        if name in right:
            made.add_column(name, justify="right", no_wrap=True)
        else:
            made.add_column(name, overflow="fold")
    return made


def hanging(mark: str, text: str, *, indent: int = 2, width: int = 0) -> None:
    """A marked sentence whose further lines stand under its first word; both may hold markup."""
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column(no_wrap=True, width=width or None)
    made.add_column(overflow="fold")
    made.add_row(mark, text)
    OUT.print(Padding(made, (0, 0, 0, indent), expand=False))


def show_problems(problems: tuple[Problem, ...], most: int = 12) -> None:
    """Problems, worst first, each with its next step; repeats of a code are counted."""
    order = {Severity.HELD: 0, Severity.DOUBT: 1, Severity.NOTE: 2}
    by_code: dict[str, list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: order[each.severity]):
        by_code.setdefault(problem.code, []).append(problem)
    for same in list(by_code.values())[:most]:
        said = [plain(same[0])]
        if len(same) > 1:
            said.append(f"[dim]and {len(same) - 1:,} more like it[/]")
        if same[0].severity is not Severity.NOTE:
            said.append(f"[dim]→ {plain(same[0].next_step)}[/]")
        hanging(SYMBOLS[same[0].severity], "\n".join(said), width=7)
    if len(by_code) > most:
        OUT.print(f"  [dim]and {len(by_code) - most:,} more kinds of problem: --json has all[/]")


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error while a long command works; silent where nobody watches."""
    if not (shown and ERR.is_terminal):
        yield lambda _stage, _share: None
        return
    from rich.progress import (  # noqa: PLC0415  start-up time counts
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns: list[Any] = [TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=ERR, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda stage, share: bar.update(task, description=stage, completed=share)
