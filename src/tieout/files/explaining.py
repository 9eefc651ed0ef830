"""`tieout.explain`: a books folder to an explanation of every difference, without a server."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tieout.core.errors import Corruption, InvalidInput, Problem
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger, is_active
from tieout.core.explain.items import Item, items_of
from tieout.files.kept_work import set_aside
from tieout.files.opened_keep import OpenedKeep
from tieout.files.parting import Taken, take_part
from tieout.formats.books import BooksReading, Untested, read_books

if TYPE_CHECKING:
    from tieout.core.explain.ageing import AgedReport
    from tieout.core.explain.balances import ClosedPeriod
    from tieout.core.explain.findings import GuideStep
    from tieout.core.explain.proposals import Proposal
    from tieout.core.explain.proving import Proof
    from tieout.files.investigating import Frozen, Investigation

LARGE_BYTES = 4_000_000
"""A nominal file above this size goes through the engine."""


@dataclass(frozen=True)
class LedgerAnswer:
    """One ledger: the explanation and what a person is shown of it."""

    books: Books
    """What may differ, with all that governs it."""
    explanation: LedgerExplanation
    whole: Callable[[], Books]
    """All of the books, read when a report asks for them."""

    @property
    def ledger(self) -> SubLedger:
        """Which ledger it is."""
        return self.explanation.ledger

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """By cause in the order of the specification, the largest first."""
        return items_of(self.books, self.explanation)

    @cached_property
    def proposals(self) -> "tuple[Proposal, ...]":
        """What might belong together; no cause until a person says so."""
        from tieout.core.explain.proposals import proposals_of  # noqa: PLC0415  start-up time counts

        return proposals_of(self.explanation)

    @cached_property
    def closed(self) -> "tuple[ClosedPeriod, ...]":
        """Stored closed balances beside what the books give today."""
        from tieout.core.explain.balances import closed_periods  # noqa: PLC0415  start-up time counts

        return closed_periods(self.whole(), self.ledger)

    @cached_property
    def infinite(self) -> int:
        """The difference with all dates in and all that waits posted, in base minor units."""
        from tieout.core.explain.balances import infinite_difference  # noqa: PLC0415  start-up time counts

        return infinite_difference(self.whole(), self.ledger)

    @cached_property
    def closed_totals(self) -> dict[str, dict[int, int]]:
        """What closed balances totalled when they closed, under each setting of the default."""
        from tieout.core.explain.balances import closed_totals  # noqa: PLC0415  start-up time counts

        return closed_totals(self.whole(), self.ledger)

    def aged(self, period: int) -> "AgedReport":
        """The retrospective aged report at the end of a period."""
        from tieout.core.explain.ageing import aged_report  # noqa: PLC0415  start-up time counts

        return aged_report(self.whole(), self.ledger, self.books.calendar.end_of(period))

    def items_at(self, period: int) -> tuple[Item, ...]:
        """The items that stand in a period, the largest first."""
        standing = [item for item in self.items if is_active(item.share, period)]
        return tuple(sorted(standing, key=lambda item: -abs(item.share.amount_minor)))


@dataclass(frozen=True)
class Explanation:
    """The whole folder explained."""

    folder: str
    reading: BooksReading
    ledgers: tuple[LedgerAnswer, ...]
    period: int
    """The period that is looked at: the one asked for, else the last that is not future."""
    is_one_period: bool
    engine: str
    """Which one explained it: `duckdb` or `reference`."""
    kept: str = ""
    """How much of the books was read, where work is kept between runs."""

    @property
    def books(self) -> Books:
        """What was read."""
        return self.reading.books

    @property
    def snapshot(self) -> str:
        """The hash over all files read: which books these are."""
        return self.reading.content_hash

    def investigate(
        self,
        *,
        what_if: Iterable[str] = (),
        accept: str | Iterable[str] | None = None,
        into: str = "original",
    ) -> "Investigation":
        """Try what-ifs in order, then accept corrections, on a copy; nothing read is changed.

        Args:
            what_if: `open-periods`, `update-waiting`, `move-deferred`, `add-control=ACCOUNT`,
                `suspense-journals`, in the order in which they are tried.
            accept: `all`, or causes, cases and ids; `amount_edited=sub_ledger` takes another
                way than the first.
            into: `original` corrects in the period of the case, reopening it if it is closed;
                `next_open` in the first open one.

        Raises:
            InvalidInput: A name is not known.
        """
        from tieout.files.investigating import investigate  # noqa: PLC0415  start-up time counts

        return investigate(self.frozen, what_if=what_if, accept=accept, into=into)

    def guide(self) -> "tuple[GuideStep, ...]":
        """The procedure's steps 0 to 13 with what each finds in these books."""
        from tieout.core.explain.procedure import Procedure  # noqa: PLC0415  start-up time counts

        kept = self.frozen
        said = tuple(str(problem) for problem in self.problems)
        return Procedure(kept.books, kept.snapshot, kept.ledgers, said).steps()

    def prove(self, file: str | Path) -> "Proof":
        """Compare these books with a posting file, whether they hold it already or not yet.

        Raises:
            InvalidInput: The file is no posting file.
        """
        from tieout.files.investigating import prove_file  # noqa: PLC0415  start-up time counts

        return prove_file(file, self.frozen)

    @property
    def frozen(self) -> "Frozen":
        """The books as they were read, for what works on a copy."""
        from tieout.files.investigating import Frozen  # noqa: PLC0415  start-up time counts

        return Frozen(self.whole, self.snapshot, tuple(each.ledger for each in self.ledgers))

    @property
    def whole(self) -> Books:
        """All of the books, also where the engine handed over only a part."""
        return self.ledgers[0].whole() if self.ledgers else self.books

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the files, by file, row and column."""
        return self.reading.problems

    @property
    def untested(self) -> tuple[Untested, ...]:
        """Causes that these books cannot tell."""
        return self.reading.untested

    @property
    def agreed(self) -> bool:
        """Whether nothing differs: no difference and nothing that offsets something else.

        Books of which a ledger could not be read do not agree.
        """
        if self.reading.unread:
            return False
        if self.is_one_period:
            return not any(answer.items_at(self.period) for answer in self.ledgers)
        return not any(answer.explanation.shares for answer in self.ledgers)


def explain(  # noqa: PLR0913  the public door: every argument is a setting by name
    folder: str | Path,
    *,
    ledger: str | Sequence[str] = (),
    period: int | None = None,
    mapping: str | Path | None = None,
    engine: Literal["auto", "duckdb", "reference"] = "auto",
    keep: str | Path | OpenedKeep | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Explanation:
    """Explain the difference between sub-ledgers and the nominal ledger of a books folder.

    Args:
        folder: A folder in the layout of docs/formats/books.md.
        ledger: `AR`, `AP` … one or several; all that the books have when none is named.
        period: The period to look at; the last that is not future when none is named.
        mapping: A mapping file, where the folder has the tables of another system.
        engine: `reference` is plain Python and holds all in memory; `duckdb` sets aside what is
            plainly well posted first; `auto` takes it where the files are large.
        keep: A folder of one's own for these books: what is found is kept there, and where files
            have only grown the next run reads what was added (engine `duckdb`).
        progress: Called with a stage's name and the share done, 0 to 1.

    Returns:
        The explanation: a `LedgerAnswer` for each ledger, problems, and what was not tested.

    Raises:
        TieoutError: The folder cannot be read, or the causes do not add up to the difference.
    """
    say = progress or (lambda _stage, _share: None)
    say("reading", 0.0)
    path = Path(folder)
    map_file = Path(mapping) if mapping else None
    asks_engine = engine == "duckdb" or (engine == "auto" and (keep or is_large(path)))
    takes_part = map_file is None and asks_engine
    kept = _opened(keep, path) if takes_part and keep else None
    for kept_work in (kept, None) if kept else (None,):
        taken = take_part(path, kept_work) if takes_part else None
        if taken is not None:
            say("explaining", 0.5)
            try:
                return _explained(path, taken, ledger, period)
            except Corruption:
                say("reading once more", 0.5)
                if kept_work:
                    set_aside(kept_work)
    reading = read_books(path, mapping=map_file)
    say("explaining", 0.7)
    return _explained(path, Taken(reading, {}), ledger, period)


def _opened(keep: str | Path | OpenedKeep, folder: Path) -> OpenedKeep | None:
    """What was kept, where there are books."""
    if isinstance(keep, OpenedKeep):
        return keep
    return OpenedKeep(Path(keep), folder) if folder.is_dir() else None


def _explained(
    folder: Path, taken: Taken, ledger: str | Sequence[str], period: int | None
) -> Explanation:
    """Explain what was read; where the engine has given balances, it is a part of the books."""
    books = taken.reading.books
    chosen = chosen_ledgers(taken.reading, (ledger,) if isinstance(ledger, str) else ledger)
    if period is not None:
        require_period(books, period)
    is_part = bool(taken.balances)
    whole = cache(lambda: read_books(folder).books) if is_part else lambda: books
    answers = tuple(
        LedgerAnswer(books, explain_ledger(books, each, taken.balances.get(each)), whole)
        for each in chosen
    )
    at = books.last_period if period is None else period
    engine = "duckdb" if is_part else "reference"
    is_one = period is not None
    return Explanation(str(folder), taken.reading, answers, at, is_one, engine, taken.said)


def is_large(folder: Path) -> bool:
    """Whether books are explained by parts, where nobody says how."""
    path = folder / "nominal.csv"
    return path.exists() and path.stat().st_size > LARGE_BYTES


def require_period(books: Books, period: int | None) -> None:
    """Refuse a period that the calendar does not have."""
    known = [each.number for each in books.calendar.periods]
    if period not in known:
        expected = f"one of {min(known, default=0)} to {max(known, default=0)}"
        raise InvalidInput("command.invalid", f"period {period}", expected)


def chosen_ledgers(reading: BooksReading, named: Sequence[str]) -> tuple[SubLedger, ...]:
    """Those asked for; of all, those that could be read."""
    unread = {each.ledger: each.problem for each in reading.unread}
    known = [each for each in reading.books.ledgers if each not in unread]
    for name in named:
        if name in list(SubLedger) and SubLedger(name) in unread:
            why = unread[SubLedger(name)]
            raise InvalidInput(why.code, why.found, why.expected, str(why.place))
        if name not in known:
            expected = f"one of {', '.join(known)}"
            raise InvalidInput("command.invalid", f"the ledger {name!r}", expected)
    return tuple(each for each in known if not named or each in named)
