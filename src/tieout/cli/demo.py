"""`tieout demo`: the whole loop on a small firm's files, or on a folder of one's own."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tieout.cli.matching import show as show_run
from tieout.cli.reading import span_of
from tieout.cli.screen import OUT, hanging, is_narrow, plain, progress_bar, show_problems, table
from tieout.core.errors import InvalidInput
from tieout.core.money import format_minor
from tieout.core.reading import Reading
from tieout.files.explained_words import headline
from tieout.files.explaining import explain
from tieout.files.folder import Folder, combined, read_folder
from tieout.files.matching import MatchRun, match
from tieout.files.outputs import summary_of, write_outputs

FIRM = Path(__file__).parent / "demo_files"
BOOKS = Path(__file__).parent / "demo_books"


def run(*, once: bool, folder: Path | None, out: Path | None, as_json: bool) -> int:
    """Show a folder's files, match bank with books, write the report. 0 when it ran."""
    where = folder or FIRM
    if not where.is_dir():
        raise InvalidInput("file.not-found", str(where), "a folder with bank files and books")
    target = out or _own_folder()
    with progress_bar(shown=not as_json) as progress:
        found = read_folder(where, progress)
        made = _match(found, progress)
    paths = write_outputs(made, target) if made else []
    if as_json:
        json.dump(_as_data(found, made, paths), sys.stdout, indent=1, default=str)
        sys.stdout.write("\n")
        return 0
    _show(where, found, is_own=folder is not None)
    if made:
        show_run(made, with_problems=False, examples=True)
        OUT.print("The whole of it, to open in a browser:")
        OUT.print(f"  [bold]{plain((target / 'report.html').resolve())}[/]", soft_wrap=True)
    if not folder:
        _control_accounts()
        _what_next()
    if folder and not once and sys.stdin.isatty():
        OUT.input("\nPress Enter to end. ")
    return 0


def _control_accounts() -> None:
    """The other half: sub-ledgers against the general ledger, one sentence each."""
    made = explain(BOOKS)
    OUT.print("\n[bold]Harbour Supplies, control accounts[/]\n")
    for each in made.ledgers:
        hanging("[yellow]·[/]", plain(headline(made, each)))
    OUT.print("\nThe causes, the items behind each, and what to do about them:")
    OUT.print(f"  .venv/bin/tieout explain {plain(_short(BOOKS))}", soft_wrap=True)


def _short(path: Path) -> Path:
    """The path as somebody would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _own_folder() -> Path:
    """A folder for the reports that is this user's own, the same at every run."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"tieout-demo-{user}"


def _match(found: Folder, progress: Callable[[str, float], None]) -> MatchRun | None:
    if not (found.bank and found.books):
        return None
    bank = combined(found.bank, f"{len(found.bank)} bank files")
    books = combined(found.books, f"{len(found.books)} books files")
    return match(bank, books, progress=progress)


def _show(where: Path, found: Folder, *, is_own: bool) -> None:
    title = plain(where) if is_own else "Larkfield Joinery, September and October 2026"
    OUT.print(f"\n[bold]{title}[/]\n")
    rows = [row for reading in (*found.bank, *found.books) for row in _rows(reading)]
    rows += [(plain(each.file), *[""] * 5, "[red]✗ unreadable[/]") for each in found.refused]
    if is_narrow():
        made = table("file, account and span", "lines", "sum", "ties", right=("lines", "sum"))
        for file, _, account, span, count, total, mark in rows:
            below = [f"  [dim]{each}[/]" for each in (account, span) if each]
            made.add_row("\n".join([file, *below]), count, total, mark)
    else:
        made = table(
            "file", "format", "account", "span", "lines", "sum", "ties", right=("lines", "sum")
        )
        for row in rows:
            made.add_row(*row)
    OUT.print(made)
    _show_findings(found)
    if not found.books:
        OUT.print("\nNo books were found here, so there is nothing to match the bank lines with.")
        OUT.print(
            "[dim]Put a cash book beside them (CSV, beancount, ledger, GnuCash, SAF-T, IIF),\n"
            "or name two files: .venv/bin/tieout match BANK BOOKS[/]"
        )
    elif not found.bank:
        OUT.print("\nNo bank file was found here, so there is nothing to match the books with.")


def _rows(reading: Reading) -> list[tuple[str, ...]]:
    if reading.entries or not reading.statements:
        count = f"{len(reading.entries):,} entries"
        return [(plain(reading.file), reading.format, "", "", count, "", _mark(reading))]
    rows: list[tuple[str, ...]] = []
    for each in reading.statements[:6]:
        exponent = each.currency.exponent if each.currency else 2
        code = each.currency.code if each.currency else ""
        ties = {True: "[green]✓ ties[/]", False: "[red]✗ does not tie[/]", None: "[dim]–[/]"}
        rows.append(
            (
                plain(reading.file),
                reading.format,
                plain(each.account),
                span_of(each),
                f"{len(each.lines):,}",
                f"{format_minor(each.booked_minor, exponent)} {code}",
                ties[each.ties],
            )
        )
    if len(reading.statements) > 6:
        rows.append((f"  and {len(reading.statements) - 6} more statements", *[""] * 6))
    return rows


def _mark(reading: Reading) -> str:
    return "[green]✓ read[/]" if reading.is_clean else "[yellow]! problems[/]"


def _show_findings(found: Folder) -> None:
    """What was odd about the files, file by file, before anything is matched."""
    is_clean = all(each.is_clean for each in (*found.bank, *found.books))
    if is_clean and not (found.refused or found.repeats or found.problems):
        return
    OUT.print("\n[bold]What was found in the files[/]")
    for each in found.refused:
        said = f"{plain(each.file)}: {plain(each.error)}\n[dim]→ {plain(each.error.next_step)}[/]"
        hanging("[red]✗[/]", said)
    for sentence in found.repeats:
        hanging("[green]✓[/]", plain(sentence))
    for reading in (*found.bank, *found.books):
        problems = tuple(p for p in reading.all_problems() if p.severity.value != "note")
        if problems:
            OUT.print(f"  {plain(reading.file)}")
            show_problems(problems, most=5)
    if found.problems:
        OUT.print("  Between the files")
        show_problems(found.problems, most=5)


def _what_next() -> None:
    OUT.print("\nNow with files of your own:")
    OUT.print("  .venv/bin/tieout read FILE                       what a file holds")
    OUT.print("  .venv/bin/tieout match BANK BOOKS --out FOLDER   match two files")
    OUT.print("  .venv/bin/tieout demo --with FOLDER              all of this on a folder")


def _as_data(found: Folder, made: MatchRun | None, paths: list[Path]) -> dict[str, Any]:
    return {
        "read": [each.file for each in (*found.bank, *found.books)],
        "refused": [{"file": each.file, "code": each.error.code} for each in found.refused],
        "repeats": list(found.repeats),
        "problems": [str(each) for each in found.problems],
        "summary": summary_of(made) if made else None,
        "files": [str(path) for path in paths],
    }
