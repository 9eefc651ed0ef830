"""`tieout explain` on a copy: what-ifs, corrections, posting files, the proof, the guide."""

from pathlib import Path

from tieout.cli.screen import ERR, OUT, hanging, plain, table
from tieout.core.explain.books import Books
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.findings import GuideStep, stops_of
from tieout.core.explain.proving import Proof
from tieout.core.explain.sentences import money, period_phrase
from tieout.core.explain.whatifs import Tried
from tieout.files.investigating import Investigation

SHOWN_MAX = 12


def show_investigation(made: Investigation, period: int) -> None:
    """Each what-if, then the corrections, then every difference before and after."""
    for each in made.tried:
        _show_tried(each, period)
    if made.corrected is not None:
        _show_corrections(made)
    _show_before_after(made.books, made.before, made.after)
    for ledger, ask in made.alone_enough().items():
        hanging("[green]✓[/]", plain(f"{ledger.called}: {ask} alone makes it zero everywhere."))
    OUT.print(f"  [dim]snapshot {made.snapshot}\n  copy     {made.copy_digest}[/]")


def _show_tried(each: Tried, period: int) -> None:
    OUT.print(f"\n[bold]What if: {plain(each.ask)}[/]")
    OUT.print(f"  {plain(each.sentence)}")
    for before, after in zip(each.before, each.after, strict=True):
        was, is_now = (made.difference()[period] for made in (before, after))
        name = before.ledger.called
        said = f"{name}: {money(each.books, was)} before, {money(each.books, is_now)} after"
        hanging("·", plain(said))
    for ledger in each.agreed:
        hanging("[green]✓[/]", plain(f"{ledger.called} now agrees in every period."))
    _some([*each.warnings, *_brought_in(each)])


def _brought_in(each: Tried) -> list[str]:
    return [
        f"It brings in {' '.join(share.group.ids[:2])}: {share.cause}, "
        f"{money(each.books, share.amount_minor)}."
        for share in each.brought_in
    ]


def _some(said: list[str]) -> None:
    for each in said[:SHOWN_MAX]:
        hanging("[yellow]![/]", plain(each))
    if len(said) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(said) - SHOWN_MAX:,} more: --json FILE has all[/]")


def _show_corrections(made: Investigation) -> None:
    accepted = made.corrected.accepted if made.corrected else ()
    OUT.print(f"\n[bold]Corrections on the copy[/] ({len(accepted):,})")
    for each in accepted[:SHOWN_MAX]:
        others = [way.name for way in each.correction.ways if way.name != each.way.name]
        other = f" [dim]or ={plain(', ='.join(others))}[/]" if others else ""
        mark = "[yellow]![/]" if each.way.warnings else "·"
        hanging(mark, f"{plain(each.correction.cause)}: {plain(each.way.sentence)}{other}")
    if len(accepted) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(accepted) - SHOWN_MAX:,} more: --json FILE has all[/]")
    _some(list(dict.fromkeys(said for each in accepted for said in each.way.warnings)))


def _show_before_after(
    books: Books, before: tuple[LedgerExplanation, ...], after: tuple[LedgerExplanation, ...]
) -> None:
    for was, is_now in zip(before, after, strict=True):
        shown = table(
            f"{was.ledger.value} difference", "before", "after", right=("before", "after")
        )
        for period, (one, other) in enumerate(
            zip(was.difference(), is_now.difference(), strict=False)
        ):
            if one or other:
                name = period_phrase(books, period)
                shown.add_row(plain(name), money(books, one), money(books, other))
        OUT.print(shown)


def show_guide(steps: tuple[GuideStep, ...]) -> None:
    """The procedure, step by step."""
    for step in steps:
        OUT.print(f"\n[bold]{step.number}. {plain(step.title)}[/]")
        for finding in step.findings:
            mark = "[yellow]![/]" if finding.stops else "·"
            name = f"{finding.ledger.called}: " if finding.ledger else ""
            hanging(mark, plain(f"{name}{finding.sentence}"))
            for said in finding.details[:SHOWN_MAX]:
                hanging("   ", f"[dim]{plain(said)}[/]")
            if len(finding.details) > SHOWN_MAX:
                more = len(finding.details) - SHOWN_MAX
                OUT.print(f"      [dim]and {more:,} more: --json FILE has all[/]")
    OUT.print(f"\n{stops_of(steps)} findings to look at, marked !\n", highlight=False)


def show_proof(proof: Proof, file: Path) -> None:
    """Whether the books are what was accepted, and where not."""
    if proof.holds and not proof.is_posted:
        OUT.print(
            f"[yellow]![/] These books do not hold the corrections of {plain(file)} yet. "
            f"Once its {proof.agreeing:,} lines are posted, they give what was accepted."
        )
        return
    if proof.holds:
        OUT.print(f"[green]✓[/] {proof.agreeing:,} lines of {plain(file)} stand as accepted.")
        return
    count = len(proof.departures)
    ERR.print(f"{proof.agreeing:,} lines stand as accepted; {count:,} departures:")
    _some([str(each) for each in proof.departures])
