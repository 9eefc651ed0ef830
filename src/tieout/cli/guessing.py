"""`tieout explain FOLDER --guess`: the mapping proposed, what is open, and what to write for it."""

from pathlib import Path
from typing import Any

from tieout.cli.screen import ERR, OUT, hanging, plain, table
from tieout.core.errors import InvalidInput
from tieout.files.answers import write_json
from tieout.files.guessing_books import guess_books_mapping, guess_data, save_books_mapping
from tieout.formats.books.guessed import BooksGuess, Gap, Sureness

_COLOURS = {
    Sureness.GIVEN: "dim",
    Sureness.CERTAIN: "green",
    Sureness.LIKELY: "yellow",
    Sureness.GUESS: "red",
}


def run(
    folder: Path,
    *,
    is_guess: bool,
    save_map: Path | None,
    mapping: Path | None,
    json_file: Path | None,
    **others: Any,
) -> int:
    """Show a proposal; 0 when it is complete, 1 when something is missing or ambiguous."""
    if not is_guess:
        raise InvalidInput("command.invalid", "--save-map alone", "--guess --save-map FILE")
    asked = sorted(
        name for name, value in others.items() if value not in (None, (), False, "original")
    )
    if asked:
        found = f"--guess with {', '.join(asked)}"
        raise InvalidInput("command.invalid", found, "--guess, --map, --save-map and --json only")
    guess = guess_books_mapping(folder, mapping=mapping)
    _show(guess)
    if json_file is not None:
        write_json(guess_data(guess), json_file)
        ERR.print(f"The proposal is in {plain(json_file)}")
    if save_map is not None:
        ERR.print(f"written {plain(save_books_mapping(guess, save_map))}")
    _show_end(guess, save_map)
    return 0 if guess.is_complete else 1


def _show(guess: BooksGuess) -> None:
    for made in guess.tables:
        OUT.print(f"\n[bold]{made.name}[/] from {plain(made.called)}")
        shown = table("what", "from", "how sure", "why")
        for each in made.choices:
            sure = f"[{_COLOURS[each.sureness]}]{each.sureness.value}[/]"
            shown.add_row(plain(each.what), plain(each.chosen), sure, plain(each.reason))
        OUT.print(shown)
        if made.not_found:
            OUT.print(f"  [dim]not there, not needed: {', '.join(made.not_found)}[/]")
    if guess.unused:
        OUT.print("\n[bold]Files not used[/]")
        for file, reason in guess.unused:
            hanging("[dim]·[/]", f"{plain(file)}: [dim]{plain(reason)}[/]")
    for is_ambiguous, title in ((True, "Ambiguous: not chosen"), (False, "Missing")):
        gaps = [gap for gap in guess.gaps if gap.is_ambiguous is is_ambiguous]
        if gaps:
            OUT.print(f"\n[bold]{title}[/]")
        for gap in gaps:
            _show_gap(gap)


def _show_gap(gap: Gap) -> None:
    """What was found, and each line that may be written with what it would mean."""
    lines = [plain(f"{gap.table} {gap.what}: {gap.found}".strip())]
    for at, write in enumerate(gap.write):
        reading = f"[dim], if {plain(gap.readings[at])}[/]" if gap.readings else ""
        lines.append(f"→ {plain(write.removeprefix('# ').replace(chr(10), ' and '))}{reading}")
    hanging("[red]✗[/]", "\n".join(lines))


def _show_end(guess: BooksGuess, save_map: Path | None) -> None:
    OUT.print()
    if guess.is_complete:
        file = plain(save_map) if save_map else "FILE"
        OUT.print(f"The mapping is complete: tieout explain {plain(guess.folder)} --map {file}")
        return
    count = len(guess.gaps)
    OUT.print(
        f"{count} {'thing is' if count == 1 else 'things are'} open. Write the lines under their "
        "table in a file (--save-map makes it), then: --guess --map FILE"
    )
