"""Run by run, how differences moved: since the run before, and since the day began."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain

from django.db.models import Sum

from tieout.core.access import Action
from tieout.core.errors import NotFound
from tieout.core.explain.books import SubLedger
from tieout.store.closing.models import CauseItem, Difference, Explained
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.workflows.acting import Caller, looking
from tieout.workflows.certify_period import standing_items
from tieout.workflows.set_books import access_books

RUNS_MAX = 50


@dataclass(frozen=True, slots=True)
class Delta:
    """A ledger, or a reconciliation, as a run found it, and what moved since the one before."""

    run_id: int
    at: datetime
    called: str
    """The ledger and its period; of a reconciliation its name."""
    currency: str
    exponent: int
    difference_minor: int
    change_minor: int | None
    """Since the run before; None of the first."""
    day_change_minor: int | None
    """Since the last run of an earlier day; None where there is none."""
    new_count: int
    """Of ledgers: cases that stand now and did not in the run before."""
    new_minor: int
    """What they add to the difference."""
    gone_count: int
    gone_minor: int
    """What those that are gone took with them, with the sign that they had."""
    open_count: int
    """Items that stand; of a reconciliation, records without a match."""


def books_deltas(
    caller: Caller, *, books_id: int, zone: tzinfo, limit: int = 10
) -> tuple[Delta, ...]:
    """The newest runs over the books, each ledger at the period that the run looked at.

    Args:
        caller: Who may view.
        books_id: The books.
        zone: In which days begin.
        limit: How many runs.
    """
    with looking(caller, Action.VIEW):
        access_books(books_id)
        runs = list(Explained.objects.filter(books_id=books_id).order_by("-id")[: limit + 1])
        return tuple(_of_runs(runs, books_id, zone, limit))


def _of_runs(runs: list[Explained], books_id: int, zone: tzinfo, limit: int) -> Iterator[Delta]:
    for at, run in enumerate(runs[:limit]):
        before = runs[at + 1] if at + 1 < len(runs) else None
        day = _day_of(run, zone)
        earlier = Explained.objects.filter(books_id=books_id, started_at__lt=day)
        evening = earlier.order_by("-id").first()
        for row in Difference.objects.filter(run=run, period=run.period).order_by("ledger"):
            yield _delta(run, row, before, evening)


def _delta(
    run: Explained, row: Difference, before: Explained | None, evening: Explained | None
) -> Delta:
    new, gone = (0, 0), (0, 0)
    if before is not None:
        new, gone = _only_in(run, before, row), _only_in(before, run, row)
    return Delta(
        run.pk,
        run.started_at,
        f"{SubLedger(row.ledger).called}, {row.called}",
        run.currency,
        run.exponent,
        row.difference_minor,
        _change(row, before),
        _change(row, evening),
        *new,
        *gone,
        row.item_count,
    )


def _change(row: Difference, before: Explained | None) -> int | None:
    """Since that run, in the same period."""
    if before is None:
        return None
    earlier = Difference.objects.filter(run=before, ledger=row.ledger, period=row.period).first()
    return None if earlier is None else row.difference_minor - earlier.difference_minor


def _only_in(run: Explained, other: Explained, row: Difference) -> tuple[int, int]:
    """Cases that stand in the one run and not in the other: how many, and what they add."""
    theirs = standing_items(other, row.ledger, row.period).values("case_id")
    own = standing_items(run, row.ledger, row.period).exclude(case_id__in=theirs)
    total = CauseItem.objects.filter(id__in=own.values("id")).aggregate(Sum("amount_minor"))
    count = own.values("case_id").distinct().count()
    return count, total["amount_minor__sum"] or 0


def account_deltas(
    caller: Caller, *, account_id: int, zone: tzinfo, limit: int = 5
) -> tuple[Delta, ...]:
    """The newest runs of every reconciliation in use of a bank account; the newest of each first.

    Args:
        caller: Who may view.
        account_id: The bank account.
        zone: In which days begin.
        limit: How many runs of each.
    """
    with looking(caller, Action.VIEW):
        pairs = Reconciliation.objects.filter(bank_account_id=account_id, ended_at__isnull=True)
        found = list(pairs.order_by("name", "id").values_list("id", flat=True))
    several = (
        reconciliation_deltas(caller, reconciliation_id=each, zone=zone, limit=limit)
        for each in found
    )
    return tuple(chain.from_iterable(several))


def reconciliation_deltas(
    caller: Caller, *, reconciliation_id: int, zone: tzinfo, limit: int = 10
) -> tuple[Delta, ...]:
    """The newest runs of a reconciliation: bank less books, and how many records are open."""
    with looking(caller, Action.VIEW):
        pair = Reconciliation.objects.filter(id=reconciliation_id).first()
        if pair is None:
            named = f"reconciliation:{reconciliation_id}"
            raise NotFound("store.not-found", named, "a reconciliation of yours")
        kept = MatchRun.objects.filter(reconciliation=pair)
        runs = list(kept.order_by("-id")[: limit + 1])
        found = []
        for at, run in enumerate(runs[:limit]):
            earlier = kept.filter(started_at__lt=_day_of(run, zone))
            evening = earlier.order_by("-id").first()
            before = runs[at + 1] if at + 1 < len(runs) else None
            open_now = _open(run)
            since = open_now - _open(before) if before else 0
            found.append(
                Delta(
                    run.pk,
                    run.started_at,
                    pair.name,
                    run.currency,
                    run.exponent,
                    _apart(run),
                    _apart(run) - _apart(before) if before else None,
                    _apart(run) - _apart(evening) if evening else None,
                    max(0, since),
                    0,
                    max(0, -since),
                    0,
                    open_now,
                )
            )
        return tuple(found)


def _day_of(run: Explained | MatchRun, zone: tzinfo) -> datetime:
    """When the day of a run began."""
    return run.started_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _apart(run: MatchRun) -> int:
    return run.left_minor - run.right_minor


def _open(run: MatchRun) -> int:
    unmatched: list[tuple[str, str, int, int]] = run.summary["tallies"]["unmatched"]
    return sum(count for _, _, count, _ in unmatched)
