"""Reports of a ledger, made from a snapshot's files: the same values as those of the command."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Sum

from tieout.core.access import Action
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.explain.books import SubLedger
from tieout.core.money import parse_decimal
from tieout.core.reports.report import Report
from tieout.files.explaining import Explanation, explain
from tieout.files.ledger_reporting import Asked, ReportKind, compare_total, ledger_reports
from tieout.store.closing.models import Books, Snapshot, SnapshotFile
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books
from tieout.workflows.take_snapshot import folder_of, newest_snapshot

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Days that reports reckon with: there is room before and after them."""
WAITED_BYTES_MAX = 5_000_000
"""The files of books that are read while a page waits: about a second. Of larger ones a worker
makes reports (`make_report`)."""
READ_BYTES_MAX = 20_000_000
"""The files of books that are read while anybody waits: some seconds, and half a gigabyte."""
WORDS_MAX = 200
"""Letters of buckets, a currency, a party, a figure."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """A report, and the snapshot whose files it was made from."""

    report: Report
    ledger: SubLedger
    books_id: int
    books_name: str
    snapshot_id: int
    snapshot: str
    """The hash of its files, as runs name it."""
    is_newest: bool
    """Off when a later snapshot has come in."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A snapshot's files in a folder, for as long as they are read."""

    books: Books
    snapshot: Snapshot
    is_newest: bool
    folder: Path
    mapping: Path | None


def ledger_report(  # noqa: PLR0913  which report of what, by name
    caller: Caller,
    *,
    books_id: int,
    kind: ReportKind,
    ledger: SubLedger,
    asked: Asked | None = None,
    snapshot_id: int | None = None,
    is_waited_for: bool = True,
) -> LedgerReport:
    """One report of a ledger, from the newest snapshot or the one named.

    Nothing is kept. No transaction stays open while the files are read.

    Raises:
        NotFound: There is no such snapshot.
        InvalidInput: `command.invalid` where the question has no sense for this report;
            `books.too-large-to-wait` where somebody waits for the answer (`is_waited_for`) and
            the files are too large for that.
        Corruption: A total is not what the books say.
    """
    question = asked or Asked()
    check_asked(question)
    with laid_out(caller, books_id, snapshot_id, is_waited_for=is_waited_for) as laid:
        (made,) = ledger_reports(
            laid.folder, kind, ledger=ledger, asked=question, mapping=laid.mapping
        )
    return _told(laid, ledger, made)


def compared_figure(  # noqa: PLR0913  which figure with what, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: SubLedger,
    figure: str,
    of: str = "aged",
    period: int | None = None,
    snapshot_id: int | None = None,
) -> LedgerReport:
    """Which other basis of a report gives exactly a figure that somebody compares.

    Args:
        caller: Who may view.
        books_id: The books.
        ledger: The ledger.
        figure: A plain decimal in base currency.
        of: `aged`, the total of an aged report, or `control`, of the control accounts.
        period: The last that is not in the future when none is named.
        snapshot_id: The newest when none is named.
    """
    if len(figure) > WORDS_MAX or parse_decimal(figure) is None:  # a path is none either
        raise InvalidInput("command.invalid", f"the figure {figure[:40]!r}", "a plain decimal")
    with laid_out(caller, books_id, snapshot_id) as laid:
        made = compare_total(
            laid.folder, figure, of=of, ledger=ledger, period=period, mapping=laid.mapping
        )
    return _told(laid, ledger, made)


@contextmanager
def explanation_of(
    caller: Caller, *, books_id: int, is_waited_for: bool = True
) -> Iterator[Explanation]:
    """The newest snapshot explained once more, for as long as its files are needed."""
    with laid_out(caller, books_id, is_waited_for=is_waited_for) as laid:
        yield explain(laid.folder, mapping=laid.mapping)


@contextmanager
def laid_out(
    caller: Caller,
    books_id: int,
    snapshot_id: int | None = None,
    *,
    action: Action = Action.VIEW,
    is_waited_for: bool = True,
) -> Iterator[Laid]:
    """The files of the newest snapshot or the one named; the transaction ends before they are read.

    Raises:
        NotFound: There is no such snapshot.
        InvalidInput: `books.too-large-to-wait` where they are read while somebody waits for a
            page (`is_waited_for`), and are more than `READ_BYTES_MAX`.
    """
    with ExitStack() as kept:
        with looking(caller, action):
            books = access_books(books_id)
            newest = newest_snapshot(books_id)
            found = newest
            if snapshot_id is not None:
                found = Snapshot.objects.filter(books=books, id=snapshot_id).first()
            if found is None:
                named = "no snapshot" if snapshot_id is None else f"snapshot:{snapshot_id}"
                raise NotFound("store.not-found", named, f"a snapshot of {books.name}")
            size = bytes_of(found)
            if is_waited_for and size > READ_BYTES_MAX:
                expected = f"at most {READ_BYTES_MAX:,} while somebody waits"
                raise InvalidInput("books.too-large-to-wait", f"{size:,} bytes", expected)
            folder, mapping = kept.enter_context(folder_of(found))
        yield Laid(books, found, found == newest, folder, mapping)


def bytes_of(snapshot: Snapshot) -> int:
    """How large the files of a snapshot are together."""
    total = SnapshotFile.objects.filter(snapshot=snapshot).aggregate(size=Sum("size"))["size"]
    return int(total or 0)


def check_asked(asked: Asked) -> None:
    """Refuse days and words that no report has room for."""
    days = (asked.as_at, asked.known_at, asked.known_from, asked.since)
    for each in days:
        if each is not None and not FIRST_DAY <= each <= LAST_DAY:
            raise InvalidInput(
                "command.invalid", str(each), f"a day from {FIRST_DAY} to {LAST_DAY}"
            )
    for said in (asked.buckets, asked.currency, asked.party):
        if len(said) > WORDS_MAX:
            raise InvalidInput(
                "command.invalid", f"{len(said)} letters", f"at most {WORDS_MAX} letters"
            )


def _told(laid: Laid, ledger: SubLedger, made: Report) -> LedgerReport:
    return LedgerReport(
        made,
        ledger,
        laid.books.pk,
        laid.books.name,
        laid.snapshot.pk,
        laid.snapshot.content_hash,
        laid.is_newest,
    )
