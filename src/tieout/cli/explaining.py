"""`tieout explain`: one sentence first, then the bridge by cause, then the largest items."""

from dataclasses import dataclass
from pathlib import Path

from tieout.cli.screen import ERR, OUT, hanging, plain, progress_bar, show_problems, table
from tieout.core.accounts import AccountKey
from tieout.core.explain.causes import UNEXPLAINED, title_of
from tieout.core.explain.explaining import is_active
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import account_phrase, money
from tieout.files.answers import answer_of, write_answer, write_json
from tieout.files.explained_page import headline, write_page
from tieout.files.explained_report import since_words
from tieout.files.explaining import Explanation, LedgerAnswer, explain

SHOWN_MAX = 8


def run(
    folder: Path,
    *,
    ledger: tuple[str, ...],
    period: int | None,
    mapping: Path | None,
    json_file: Path | None,
    out: Path | None,
    excel_file: Path | None = None,
    pdf_file: Path | None = None,
) -> int:
    """Explain a books folder; 0 when all agrees, 1 when something differs."""
    with progress_bar(shown=json_file is None) as progress:
        made = explain(folder, ledger=ledger, period=period, mapping=mapping, progress=progress)
    if json_file is not None or out is not None:
        answer = answer_of(made)
        if json_file is not None:
            write_json(answer, json_file)
            ERR.print(f"The answer is in {plain(json_file)}")
        if out is not None:
            for path in (*write_answer(answer, out), write_page(made, out)):
                ERR.print(f"written {plain(path)}")
    if excel_file is not None or pdf_file is not None:
        from tieout.files.explained_files import write_files  # noqa: PLC0415  start-up time counts

        for path in write_files(made, excel_file, pdf_file):
            ERR.print(f"written {plain(path)}")
    for each in made.ledgers:
        _show(made, each)
    _show_notes(made)
    return 0 if made.agreed else 1


def _show(made: Explanation, each: LedgerAnswer) -> None:
    OUT.print()
    OUT.print(f"[bold]{plain(headline(made, each))}[/]")
    _show_bridge(made, each)
    items = each.items_at(made.period)
    if not items:
        return
    lines = _short(made, items)
    OUT.print(f"\n[bold]Largest items[/] ({len(lines):,})")
    for line in lines[:SHOWN_MAX]:
        mark = "[red]✗[/]" if line.cause == UNEXPLAINED else "[yellow]·[/]"
        said = plain(f"{money(made.books, line.amount_minor):>18}  {line.sentence}")
        hanging(mark, f"{said}\n[dim]→ {plain(line.action)}[/]")
    if len(lines) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(lines) - SHOWN_MAX:,} more: --json FILE has all[/]")


@dataclass(frozen=True)
class _Line:
    """A line of the short list."""

    cause: str
    amount_minor: int
    sentence: str
    action: str


def _short(made: Explanation, items: tuple[Item, ...]) -> list[_Line]:
    """The items, the largest first; all documents of an account that is not counted are one."""
    outside: dict[AccountKey, list[Item]] = {}
    lines: list[_Line] = []
    for item in items:
        if item.share.cause == "control_not_in_settings":
            outside.setdefault(item.share.key, []).append(item)
            continue
        share = item.share
        lines.append(_Line(share.cause, share.amount_minor, item.sentence, item.action))
    for key, same in outside.items():
        sentence = (
            f"{account_phrase(made.books, key)} is not in the reconciliation settings: "
            f"{len(same)} documents belong to it."
        )
        amount = sum(item.share.amount_minor for item in same)
        lines.append(_Line("control_not_in_settings", amount, sentence, same[0].action))
    return sorted(lines, key=lambda line: -abs(line.amount_minor))


def _show_bridge(made: Explanation, each: LedgerAnswer) -> None:
    """One row a cause: amount now, amount a period before, items, the oldest."""
    rows = each.explanation.by_cause()
    now, before = made.period, max(made.period - 1, 0)
    shown = table(
        f"{each.ledger.value} bridge",
        "now",
        "a period before",
        "items",
        "since",
        right=("now", "a period before", "items", "since"),
    )
    for code, row in rows.items():
        items = [
            item for item in each.items if item.share.cause == code and is_active(item.share, now)
        ]
        if not items and not row[before]:
            continue
        shown.add_row(
            title_of(code),
            money(made.books, row[now]),
            money(made.books, row[before]),
            f"{len(items):,}",
            since_words(items).removeprefix("period "),
        )
    difference = each.explanation.difference()
    shown.add_row(
        "[bold]Difference[/]",
        f"[bold]{money(made.books, difference[now])}[/]",
        money(made.books, difference[before]),
        "",
        "",
    )
    OUT.print(shown)
    last = each.explanation.last_matched
    matched = f"period {last}" if last is not None else "in no period"
    said = f"last agreed: {matched}"
    if made.engine == "reference":  # of large books only what is asked for is read once more
        infinite = money(made.books, each.infinite)
        said += f" · with all dates in and all that waits posted: {infinite}"
    OUT.print(f"  [dim]{said}[/]")


def _show_notes(made: Explanation) -> None:
    if made.problems:
        OUT.print("\n[bold]What was wrong with the files[/]")
        show_problems(made.problems)
    if made.untested:
        OUT.print("\n[bold]What could not be tested[/]")
        for each in made.untested:
            hanging("[dim]·[/]", f"{plain(each.cause)}: [dim]{plain(each.why)}[/]")
    OUT.print()
