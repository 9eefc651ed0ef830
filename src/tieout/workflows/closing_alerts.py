"""What is wrong with books that are explained: too much unexplained, or to be signed anew."""

from tieout.core import alerts as conditions
from tieout.core.explain.certifying import ClosingPolicy, ClosingState, state_of
from tieout.store.closing.models import Books, Difference
from tieout.store.closing.runs import newest_run, policies_of, steps_by_period, taken_of


def closing_alerts() -> list[conditions.Alert | None]:
    """Within a tenant: of all books in use, as their newest run found them."""
    found: list[conditions.Alert | None] = []
    for books in Books.objects.filter(ended_at__isnull=True).order_by("id"):
        found += _of_books(books)
    return found


def _of_books(books: Books) -> list[conditions.Alert | None]:
    run = newest_run(books.pk)
    if run is None:
        return []
    rows = list(Difference.objects.filter(run=run, period=run.period).order_by("ledger"))
    policies = policies_of(books.pk)
    ledgers = [
        conditions.LedgerUnexplained(
            row.ledger,
            row.unexplained_minor,
            policies.get(row.ledger, ClosingPolicy()).unexplained_minor,
        )
        for row in rows
    ]
    suspended = [
        f"{ledger} {period}"
        for (ledger, period), steps in sorted(steps_by_period(books.pk).items())
        if state_of(taken_of(steps)) is ClosingState.SUSPENDED
    ]
    where = rows[0].called if rows else ""
    return [
        conditions.unexplained(books.pk, books.name, where, ledgers, run.exponent),
        conditions.certification_suspended(books.pk, books.name, suspended),
    ]
