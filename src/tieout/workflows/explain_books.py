"""`explain_books`: the newest snapshot explained, recorded whole, and what was signed rechecked."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path

import tieout
from tieout.core.access import Action
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.explain.cases import case_of
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import period_phrase
from tieout.core.money import Currency
from tieout.core.periods import LogState
from tieout.files.answers import item_row
from tieout.files.explained_words import at
from tieout.files.explaining import Explanation, LedgerAnswer, explain, is_large
from tieout.store.banking.lines import NUL
from tieout.store.closing.models import (
    Books,
    Contribution,
    Difference,
    Explained,
    Policy,
    Snapshot,
)
from tieout.store.closing.runs import ItemRow, add_items, newest_run
from tieout.store.postgres.plans import plan_anew
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.progress import report
from tieout.workflows.recheck_periods import apply_rule, certify_by_rule, suspend_changed
from tieout.workflows.set_books import access_books
from tieout.workflows.take_snapshot import folder_of, newest_snapshot

BLOCK = 2000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BooksExplained:
    """What a run found."""

    run_id: int
    snapshot_id: int
    ledgers: tuple[str, ...]
    item_count: int
    problem_count: int
    suspended: tuple[str, ...]
    """Periods whose signed figures this run no longer bears: `AR 3`."""
    certified: tuple[str, ...]
    """Periods that were certified by the rule."""
    is_new: bool
    """Off when nothing has changed since the run before, which is the answer."""
    kept: str = ""
    """Of large books, how much of them was read: all, or what was added since the run before."""


def explain_books(
    caller: Caller, *, books_id: int, now: datetime, keep: Path | None = None
) -> BooksExplained:
    """Explain every ledger of the newest snapshot, and record what was found.

    A run over the same snapshot by the same version under the same policies is not made again.

    Args:
        caller: Who may match.
        books_id: Which books.
        now: The instant.
        keep: Where work on large books is kept between runs; what is there may be deleted at any
            time, and the next run reads everything.

    Raises:
        NotFound: There is no snapshot.
        TieoutError: The files cannot be read, or the causes do not add up to the difference.
    """
    with acting(caller, Action.MATCH, "explain_books", now) as act:
        books = access_books(books_id, is_used=True)
        act.alone(f"explain {books_id}")
        snapshot = newest_snapshot(books_id)
        if snapshot is None:
            raise NotFound("store.not-found", f"no snapshot of {books.name}", "its files")
        before = newest_run(books_id)
        if before is not None and is_known(before, snapshot):
            return _as_before(before)
        with folder_of(snapshot) as (folder, mapping):
            report("reading the books")
            own = keep and keep / str(caller.organisation_id) / str(books_id)
            made = _explained(folder, mapping, own)
            report("recording")
            plan_anew()
            act.alone(f"closing {books_id}")  # nobody signs while what is signed may change
            run = _run(act, books, snapshot, made)
            rows = [row for each in made.ledgers for row in _differences(run, made, each)]
            suspended = suspend_changed(act, run, rows)
            by_rule = apply_rule(run, rows)
            _record_parts(act, run, made, rows)
            certified = certify_by_rule(act, run, by_rule)
        done = BooksExplained(
            run.pk,
            snapshot.pk,
            tuple(each.ledger.value for each in made.ledgers),
            sum(len(each.items) for each in made.ledgers),
            len(made.problems),
            suspended,
            certified,
            is_new=True,
            kept=made.kept,
        )
        act.record(
            str(run),
            after={
                "books": str(books),
                "snapshot": str(snapshot),
                "ledgers": {each.ledger.value: _told(made, each) for each in made.ledgers},
                "items": done.item_count,
                "problems": done.problem_count,
                "suspended": list(suspended),
                "certified": list(certified),
            },
        )
        act.follow_up("books_explained", books_id=books.pk, run_id=run.pk)
    return done


def _explained(folder: Path, mapping: Path | None, keep: Path | None) -> Explanation:
    """The explanation, of large books with kept work; where nothing can be kept, without."""
    if keep is not None and mapping is None and is_large(folder):
        try:
            for each in (keep.parents[1], keep.parents[0]):
                each.mkdir(mode=0o700, exist_ok=True)
            made = explain(folder, keep=keep, progress=_progress)
        except (OSError, InvalidInput) as error:
            if isinstance(error, InvalidInput) and error.code != "output.not-writable":
                raise
            _LOG.warning("kept work cannot be used: %s", error)
        else:
            _LOG.info("kept work: %s", made.kept or "the plain reader read it")
            return made
    return explain(folder, mapping=mapping, progress=_progress)


def _progress(stage: str, share: float) -> None:
    report(stage, int(share * 100), 100)


def is_known(run: Explained, snapshot: Snapshot) -> bool:
    """Whether another run would find and decide the same."""
    is_same = run.snapshot_id == snapshot.pk and run.program == _program()
    newer = Policy.objects.filter(books_id=run.books_id, set_at__gte=run.started_at)
    return is_same and not newer.exists()


def _as_before(run: Explained) -> BooksExplained:
    ledgers = tuple(each["ledger"] for each in run.ledgers)
    items = sum(each["items"] for each in run.ledgers)
    return BooksExplained(
        run.pk, run.snapshot_id, ledgers, items, len(run.problems), (), (), is_new=False
    )


def _program() -> str:
    return f"tieout {tieout.__version__}"


def _told(made: Explanation, each: LedgerAnswer) -> dict[str, int]:
    """The period that is looked at, in the audit chain's words."""
    return {
        "period": made.period,
        "difference": at(each.explanation.difference(), made.period),
        "items": len(each.items),
    }


def _run(act: Act, books: Books, snapshot: Snapshot, made: Explanation) -> Explained:
    """The run itself, with what was wrong with the files."""
    base = made.books.base_currency
    run = Explained.objects.create(
        organisation_id=act.caller.organisation_id,
        books=books,
        snapshot=snapshot,
        started_at=act.at,
        program=_program(),
        engine=made.engine,
        period=made.period,
        currency=base,
        exponent=made.books.exponents.get(base, Currency.of(base).exponent),
        ledgers=[_ledger(made, each) for each in made.ledgers],
        problems=[
            {
                "code": each.code,
                "file": each.place.file,
                "row": each.place.line,
                "column": each.place.field,
                "message": str(each).translate(NUL),
            }
            for each in made.problems
        ],
        untested=[{"cause": each.cause, "why": each.why.translate(NUL)} for each in made.untested],
    )
    act.keeps(run)
    return run


def _record_parts(act: Act, run: Explained, made: Explanation, rows: Sequence[Difference]) -> None:
    """Differences, causes and items; the database proves that they add up."""
    Difference.objects.bulk_create(rows, batch_size=BLOCK)
    parts = [part for each in made.ledgers for part in _contributions(run, each)]
    Contribution.objects.bulk_create(parts, batch_size=BLOCK)
    add_items(run, _items(made), act.at)


def _ledger(made: Explanation, each: LedgerAnswer) -> dict[str, str | int | None]:
    """What is said of a ledger as a whole; of large books the test at infinity is left out."""
    explanation = each.explanation
    return {
        "ledger": each.ledger.value,
        "last_matched": explanation.last_matched,
        "offsetting_minor": explanation.offsetting,
        "infinite_minor": each.infinite if made.engine == "reference" else None,
        "items": len(each.items),
    }


def _differences(run: Explained, made: Explanation, each: LedgerAnswer) -> Iterator[Difference]:
    """A row a period, with how many items stand in it and how large they are."""
    explanation, books = each.explanation, made.books
    spans = {period.number: period for period in books.calendar.periods}
    counts = _standing(each)
    before = 0
    for number, amount in enumerate(explanation.difference()):
        period = spans.get(number)
        state = books.log.state(number, date.max, ("", "NL", each.ledger.module))
        yield Difference(
            organisation_id=run.organisation_id,
            run=run,
            ledger=each.ledger.value,
            period=number,
            called=period_phrase(books, number),
            begins_on=period.begins_on if period else None,
            ends_on=period.ends_on if period else None,
            is_closed=period is not None and state is LogState.CLOSED,
            sub_ledger_minor=sum(at(row, number) for row in explanation.subledger.values()),
            control_minor=sum(at(row, number) for row in explanation.control.values()),
            difference_minor=amount,
            movement_minor=amount - before,
            **{name: several[number] for name, several in counts.items()},
        )
        before = amount


def _standing(each: LedgerAnswer) -> dict[str, list[int]]:
    """By period, how many items stand and the sum of their sizes; and of those without a cause."""
    periods = each.explanation.periods
    names = ("item_count", "size_minor", "unexplained_count", "unexplained_minor")
    changes = {name: [0] * (periods + 1) for name in names}
    for item in each.items:
        share = item.share
        size = abs(share.amount_minor)
        counted = [("item_count", 1), ("size_minor", size)]
        if share.cause == UNEXPLAINED:
            counted += [("unexplained_count", 1), ("unexplained_minor", size)]
        for name, amount in counted:
            changes[name][share.begins] += amount
            changes[name][periods if share.ends is None else share.ends] -= amount
    return {name: list(accumulate(several)) for name, several in changes.items()}


def _contributions(run: Explained, each: LedgerAnswer) -> Iterator[Contribution]:
    """What every cause adds in every cell and period that it does not leave as it is."""
    periods = each.explanation.periods
    cells: dict[tuple[int, str, str, str], int] = Counter()
    for share in each.explanation.shares:
        for number in range(share.begins, share.ends or periods):
            cells[number, share.cause, str(share.key), share.currency] += share.amount_minor
    for (number, cause, account, currency), amount in sorted(cells.items()):
        if amount:
            yield Contribution(
                organisation_id=run.organisation_id,
                run=run,
                ledger=each.ledger.value,
                period=number,
                cause=cause,
                account=account.translate(NUL),
                currency=currency.translate(NUL),
                amount_minor=amount,
            )


def _items(made: Explanation) -> Iterator[ItemRow]:
    """Every item with its rank among those of its ledger, the largest first."""
    for each in made.ledgers:
        largest = sorted(each.items, key=lambda item: -abs(item.share.amount_minor))
        for rank, item in enumerate(largest, 1):
            yield _item(made, item, rank)


def _item(made: Explanation, item: Item, rank: int) -> ItemRow:
    row, share = item_row(made.books, item), item.share
    return ItemRow(
        ledger=item.ledger.value,
        case=case_of(share.group),
        cause=share.cause,
        account=row["account"],
        currency=share.currency,
        amount_minor=share.amount_minor,
        begins=share.begins,
        ends=share.ends,
        rank=rank,
        differs=item.differs.value,
        ids=item.ids,
        document=row["document"],
        posting=row["posting"],
        sentence=item.sentence,
        action=item.action,
    )
