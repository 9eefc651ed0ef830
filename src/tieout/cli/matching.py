"""`tieout match`: run, show, write, and say by the exit code whether the two sides agree."""

import contextlib
import ctypes
import json
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from tieout.cli.screen import ERR, OUT, hanging, plain, progress_bar, show_problems, table
from tieout.core.money import format_minor
from tieout.files.bridge import bridges
from tieout.files.matching import MatchRun, match
from tieout.files.outputs import summary_of, write_outputs
from tieout.files.report import (
    PASS_WORDS,
    groups_shown,
    headline,
    passes_of,
    template,
    unmatched_shown,
)

SHOWN_MAX = 6
SUGGESTED_MAX = 4
ARENAS_MAX = -8
"""What GNU's `malloc.h` calls M_ARENA_MAX."""


def run(
    left: Path,
    right: Path,
    *,
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> int:
    """Match two files; 0 when they agree, 1 when something is left."""
    _few_arenas()
    if out:
        Thread(target=template).start()  # what draws the report is loaded while files are read
    with progress_bar(shown=not as_json) as progress:
        made = match(left, right, progress=progress, **settings)
        if out:
            progress("writing", 0.98)
            write_outputs(made, out)
    if as_json:
        json.dump(summary_of(made), sys.stdout, indent=1, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    else:
        show(made)
        if out:
            OUT.print(f"Report: [bold]{plain(out / 'report.html')}[/]")
        else:
            ERR.print("[dim]Add --out FOLDER for the tables and a report to open in a browser.[/]")
    return 0 if made.agreed else 1


def _few_arenas() -> None:
    """Have threads share two places to take memory from, where the system's library is GNU's.

    A place a thread, as that library has it, holds on to what is freed: a tenth more memory at the
    peak of a large match. One for all has them wait for each other.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another library knows no such setting
            ctypes.CDLL(None).mallopt(ARENAS_MAX, 2)


def show(run: MatchRun, *, with_problems: bool = True, examples: bool = False) -> None:
    """A run as a person would want to read it.

    Headline, bridge, passes, examples of what was matched, what waits for a decision, what is
    outstanding, and every problem and guess.
    """
    mark = "[green]✓[/]" if run.agreed else "[yellow]≠[/]"
    OUT.print(f"\n[bold]{plain(run.left.label)}[/] against [bold]{plain(run.right.label)}[/]")
    hanging(mark, plain(headline(run)), indent=0)
    OUT.print()
    _show_bridges(run)
    _show_passes(run)
    if examples:
        _show_groups("Confirmed, for example", groups_shown(run, "confirmed", each_pass=True))
    _show_groups("To decide", groups_shown(run, "suggested", SUGGESTED_MAX))
    _show_outstanding(run)
    if run.problems and with_problems:
        OUT.print(f"\n[bold]Problems found while reading[/] ({len(run.problems):,})")
        show_problems(run.problems)
    if run.notes:
        OUT.print("\n[bold]Notes[/]")
        for note in run.notes:
            hanging("[dim]·[/]", f"[dim]{plain(note)}[/]")
    OUT.print()


def _show_bridges(run: MatchRun) -> None:
    exponents = run.left.exponents
    for bridge in bridges(run):
        exponent = exponents.get(bridge.currency, 2)
        made = table(f"bridge {bridge.currency}", "records", "amount", right=("records", "amount"))
        made.add_row(
            "left total", f"{bridge.left_count:,}", format_minor(bridge.left_minor, exponent)
        )
        for step in bridge.steps:
            made.add_row(
                f"  {step.label}", f"{step.count:,}", format_minor(step.amount_minor, exponent)
            )
        made.add_row(
            "right total", f"{bridge.right_count:,}", format_minor(bridge.right_minor, exponent)
        )
        OUT.print(made)
        OUT.print()


def _show_passes(run: MatchRun) -> None:
    made = table("pass", "status", "groups", "left", "right", right=("groups", "left", "right"))
    for row in passes_of(run):
        mark = "[green]✓[/]" if row["status"] == "confirmed" else "[yellow]?[/]"
        made.add_row(
            PASS_WORDS.get(row["pass"], row["pass"]),
            f"{mark} {row['status']}",
            f"{row['groups']:,}",
            f"{row['left']:,}",
            f"{row['right']:,}",
        )
    OUT.print(made)


def _show_groups(title: str, groups: dict[str, Any]) -> None:
    """Groups in two lines or more: what belongs together, and why."""
    if not groups["total"]:
        return
    OUT.print(f"\n[bold]{title}[/] ({groups['total']:,})")
    for row in groups["rows"]:
        sides = [_few(row[side]) for side in ("left", "right")]
        said = [sides[0], f"= {sides[1]}" if row["right"] else ""]
        why = f"{row['made_by']}: {row['reason']}"
        if row["residual_minor"]:
            why += f" Residual {row['residual']} {row['currency']}: {row['residual_word']}."
        if row["rivals"]:
            why += f" Rivals: {'; '.join(row['rivals'])}."
        mark = "[green]✓[/]" if row["status"] == "confirmed" else "[yellow]?[/]"
        hanging(mark, "\n".join([*filter(None, said), f"[dim]{plain(why)}[/]"]))
    if groups["total"] > len(groups["rows"]):
        OUT.print(f"    [dim]and {groups['total'] - len(groups['rows']):,} more[/]")


def _few(records: list[dict[str, Any]]) -> str:
    """Up to three records on one line."""
    words = [plain(f"{each['on']} {each['amount']} {each['text'][:44]}") for each in records[:3]]
    more = f" and {len(records) - 3:,} more" if len(records) > 3 else ""
    return " + ".join(words) + more


def _show_outstanding(run: MatchRun) -> None:
    """The largest unmatched records of each side, with why not and what came nearest."""
    for side, shown in unmatched_shown(run, SHOWN_MAX).items():
        if not shown["total"]:
            continue
        label = plain((run.left if side == "left" else run.right).label)
        OUT.print(f"\n[bold]Only in the {side}[/], {label} ({shown['total']:,})")
        for row in shown["rows"]:
            near = row["nearest"]
            said = plain(f"{row['on']} {row['amount']:>12} {row['currency']}  {row['text'][:60]}")
            why = row["detail"] or row["reason"]
            if near and row["reason_code"] != "no-candidate":
                why += f" Nearest: {near['on']} {near['amount']} {near['text'][:40]}"
            hanging("[red]✗[/]", f"{said}\n[dim]{plain(why)}[/]")
        if shown["total"] > len(shown["rows"]):
            OUT.print(f"    [dim]and {shown['total'] - len(shown['rows']):,} more[/]")
