"""`tieout match`: run, show, write, and say by the exit code whether the two sides agree."""

import json
import sys
from pathlib import Path
from typing import Any

from tieout.cli.screen import ERR, OUT, plain, progress_bar, show_problems, table
from tieout.core.money import format_minor
from tieout.files.bridge import bridges
from tieout.files.matching import MatchRun, match
from tieout.files.outputs import summary_of, write_outputs
from tieout.files.report import PASS_WORDS, headline, passes_of, unmatched_shown

SHOWN_MAX = 8


def run(
    left: Path,
    right: Path,
    *,
    out: Path | None,
    as_json: bool,
    **settings: Any,
) -> int:
    """Match two files; 0 when they agree, 1 when something is left."""
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


def show(run: MatchRun) -> None:
    """A run as a person would want to read it: headline, bridge, passes, what is outstanding."""
    mark = "[green]✓[/]" if run.agreed else "[yellow]≠[/]"
    OUT.print(f"\n[bold]{plain(run.left.label)}[/] against [bold]{plain(run.right.label)}[/]")
    OUT.print(f"{mark} {headline(run)}\n")
    _show_bridges(run)
    _show_passes(run)
    _show_outstanding(run)
    if run.problems:
        OUT.print(f"\nProblems found while reading ({len(run.problems)}):")
        show_problems(run.problems)
    for note in run.notes:
        OUT.print(f"  [dim]· {plain(note)}[/]")
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


def _show_outstanding(run: MatchRun) -> None:
    """The largest unmatched records of each side, with why not and what came nearest."""
    for side, shown in unmatched_shown(run, SHOWN_MAX).items():
        if not shown["total"]:
            continue
        OUT.print(f"\nOnly in the {side} ({shown['total']:,}):")
        for row in shown["rows"]:
            text = plain(row["text"])[:70]
            OUT.print(f"  [red]✗[/] {row['on']}  {row['amount']:>14} {row['currency']}  {text}")
            near = (
                f"; nearest {row['nearest']['on']} {row['nearest']['amount']}"
                if row["nearest"]
                else ""
            )
            OUT.print(f"      [dim]{plain(row['detail'] or row['reason'])}{near}[/]")
        if shown["total"] > len(shown["rows"]):
            OUT.print(f"      [dim]and {shown['total'] - len(shown['rows']):,} more[/]")
