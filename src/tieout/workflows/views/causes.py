"""Causes by count and value, period by period, as the newest run over books found them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Abs

from tieout.core.access import Action
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import title_of
from tieout.store.closing.models import CauseItem, Difference
from tieout.store.closing.runs import newest_run
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books


@dataclass(frozen=True, slots=True)
class CauseInPeriod:
    """A cause in a ledger and period: what began then, and all that stood at its end.

    Over the causes of a ledger and period `standing_minor` adds up to the difference.
    """

    ledger: SubLedger
    period: int
    called: str
    cause: str
    """The stable code; blank for what has no cause."""
    title: str
    began_count: int
    began_minor: int
    """What the items that began add to the difference, signed."""
    standing_count: int
    standing_minor: int
    size_minor: int
    """The sum of the sizes of what stands: opposite amounts do not hide each other."""
    currency: str
    exponent: int


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Items of a cause that began and are over in the same periods."""

    cause: str
    begins: int
    ends: int | None
    count: int
    minor: int
    size: int

    def stands(self, period: int) -> bool:
        return self.begins <= period and (self.ends is None or period < self.ends)


def causes_by_period(caller: Caller, *, books_id: int) -> tuple[CauseInPeriod, ...]:
    """By ledger, period and cause, the latest period first; nothing before the first run."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        run = newest_run(books_id)
        if run is None:
            return ()
        rows = (
            CauseItem.objects.filter(run=run)
            .values_list("ledger", "cause", "begins", "ends")
            .annotate(n=Count("id"), minor=Sum("amount_minor"), size=Sum(Abs("amount_minor")))
            .order_by()
        )
        bundles: dict[str, list[_Bundle]] = {}
        for ledger, cause, begins, ends, count, minor, size in rows:
            bundle = _Bundle(cause, begins, ends, count, int(minor), int(size))
            bundles.setdefault(ledger, []).append(bundle)
        periods = Difference.objects.filter(run=run).order_by("ledger", "-period")
        return tuple(
            CauseInPeriod(
                SubLedger(each.ledger),
                each.period,
                each.called,
                *figures,
                run.currency,
                run.exponent,
            )
            for each in periods
            for figures in _figures(bundles.get(each.ledger, ()), each.period)
        )


def _figures(
    bundles: Iterable[_Bundle], period: int
) -> Iterator[tuple[str, str, int, int, int, int, int]]:
    several = list(bundles)
    for cause in sorted({each.cause for each in several}):
        own = [each for each in several if each.cause == cause]
        began = [each for each in own if each.begins == period]
        stands = [each for each in own if each.stands(period)]
        if began or stands:
            yield (
                cause,
                title_of(cause),
                sum(each.count for each in began),
                sum(each.minor for each in began),
                sum(each.count for each in stands),
                sum(each.minor for each in stands),
                sum(each.size for each in stands),
            )
