"""`tieout explain`: one sentence first, then the bridge by cause, then the largest items."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.cli.screen import ERR, OUT, hanging, plain, progress_bar, show_problems, table
from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput
from tieout.core.explain.causes import UNEXPLAINED, title_of
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import account_phrase, money
from tieout.files.explained_words import headline, since_words
from tieout.files.explaining import Explanation, LedgerAnswer, explain
from tieout.files.opened_keep import OpenedKeep

if TYPE_CHECKING:
    from tieout.core.explain.findings import GuideStep
    from tieout.core.explain.proving import Proof
    from tieout.files.investigating import Investigation

SHOWN_MAX = 8


def run(
    folder: Path,
    *,
    ledger: tuple[str, ...],
    period: int | None,
    mapping: Path | None,
    json_file: Path | None,
    out: Path | None,
    guide: bool,
    what_if: tuple[str, ...],
    correct: tuple[str, ...],
    into: str,
    corrections: tuple[Path, ...],
    prove: Path | None,
    excel_file: Path | None,
    pdf_file: Path | None,
    keep: OpenedKeep | None,
) -> int:
    """Explain a books folder; 0 when all agrees, 1 when something differs."""
    with progress_bar(shown=json_file is None) as progress:
        made = explain(
            folder, ledger=ledger, period=period, mapping=mapping, keep=keep, progress=progress
        )
    if keep is not None and made.kept:
        ERR.print(f"Work is kept in {plain(keep.place)}: {made.kept}")
    proof = made.prove(prove) if prove is not None else None
    copy = _investigated(made, what_if, correct, into)
    if copy is None and corrections:
        raise InvalidInput("command.invalid", "--corrections alone", "--correct all, for example")
    for path in [copy.write(file) for file in corrections] if copy else ():
        ERR.print(f"written {plain(path)}")
    done = _Done(made, copy, made.guide() if guide else (), proof)
    _write(done, json_file, out)
    if excel_file is not None or pdf_file is not None:
        from tieout.files.explained_files import write_files  # noqa: PLC0415  start-up time counts

        for path in write_files(made, excel_file, pdf_file):
            ERR.print(f"written {plain(path)}")
    if proof is not None and prove is not None:
        from tieout.cli.investigating import show_proof  # noqa: PLC0415  start-up time counts

        show_proof(proof, prove)
        return 0 if proof.holds and proof.is_posted else 1
    _show_all(done)
    return 0 if made.agreed else 1


@dataclass(frozen=True)
class _Done:
    """What the command has worked out."""

    made: Explanation
    copy: "Investigation | None"
    steps: "tuple[GuideStep, ...]"
    proof: "Proof | None"


def _write(done: _Done, json_file: Path | None, out: Path | None) -> None:
    """The answer with all that was asked for, as a file or a folder."""
    if json_file is None and out is None:
        return
    from tieout.files.answers import answer_of, write_answer, write_json  # noqa: PLC0415  start-up
    from tieout.files.explained_page import write_page  # noqa: PLC0415  as above
    from tieout.files.investigated import (  # noqa: PLC0415  as above
        guide_data,
        investigation_data,
        proof_data,
    )

    answer = answer_of(done.made)
    if done.copy is not None:
        answer["investigation"] = investigation_data(done.copy)
    if done.steps:
        answer["guide"] = guide_data(done.steps)
    if done.proof is not None:
        answer["proof"] = proof_data(done.made.books, done.proof)
    if json_file is not None:
        write_json(answer, json_file)
        ERR.print(f"The answer is in {plain(json_file)}")
    if out is not None:
        for path in (*write_answer(answer, out), write_page(done.made, out)):
            ERR.print(f"written {plain(path)}")


def _show_all(done: _Done) -> None:
    """The guide in place of the ledgers where it is asked for, then the copy, then notes."""
    if done.steps:
        from tieout.cli.investigating import show_guide  # noqa: PLC0415  start-up time counts

        show_guide(done.steps)
    for each in done.made.ledgers if not done.steps else ():
        _show(done.made, each)
    if done.copy is not None:
        from tieout.cli.investigating import show_investigation  # noqa: PLC0415  start-up time

        show_investigation(done.copy, done.made.period)
    _show_notes(done.made)


def _investigated(
    made: Explanation, what_if: tuple[str, ...], correct: tuple[str, ...], into: str
) -> "Investigation | None":
    """The copy on which something is tried or corrected; None where nothing is."""
    if not what_if and not correct:
        return None
    from tieout.files.investigating import read_choices  # noqa: PLC0415  start-up time counts

    accept = [name for said in correct for name in read_choices(said)] if correct else None
    return made.investigate(what_if=what_if, accept=accept, into=into)


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
        mark = "[red]✗[/]" if line.first.share.cause == UNEXPLAINED else "[yellow]·[/]"
        said = plain(f"{money(made.books, line.amount_minor):>18}  {line.sentence}")
        hanging(mark, f"{said}\n[dim]→ {plain(line.first.action)}[/]")
    if len(lines) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(lines) - SHOWN_MAX:,} more: --json FILE has all[/]")


@dataclass(frozen=True)
class _Line:
    """A line of the short list."""

    amount_minor: int
    first: Item
    """The item, or the first of those that are one line."""
    together: str = ""
    """The sentence of several."""

    @property
    def sentence(self) -> str:
        """What is said of it."""
        return self.together or self.first.sentence


def _short(made: Explanation, items: tuple[Item, ...]) -> list[_Line]:
    """The items, the largest first; all documents of an account that is not counted are one."""
    outside: dict[AccountKey, list[Item]] = {}
    lines: list[_Line] = []
    for item in items:
        if item.share.cause == "control_not_in_settings":
            outside.setdefault(item.share.key, []).append(item)
            continue
        lines.append(_Line(item.share.amount_minor, item))
    for key, same in outside.items():
        sentence = (
            f"{account_phrase(made.books, key)} is not in the reconciliation settings: "
            f"{len(same)} documents belong to it."
        )
        amount = sum(item.share.amount_minor for item in same)
        lines.append(_Line(amount, same[0], sentence))
    return sorted(lines, key=lambda line: -abs(line.amount_minor))


def _show_bridge(made: Explanation, each: LedgerAnswer) -> None:
    """One row a cause: amount now, amount a period before, items, the oldest."""
    rows = each.explanation.by_cause()
    now, before = made.period, max(made.period - 1, 0)
    standing: dict[str, list[Item]] = {}
    for item in each.items_at(now):
        standing.setdefault(item.share.cause, []).append(item)
    shown = table(
        f"{each.ledger.value} bridge",
        "now",
        "a period before",
        "items",
        "since",
        right=("now", "a period before", "items", "since"),
    )
    for code, row in rows.items():
        items = standing.get(code, [])
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
