"""Days with far more than is usual: lines of an account, runs of a task, and errors of it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, timedelta

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from tieout.core import alerts as conditions
from tieout.core.jobs import RunState
from tieout.core.volumes import HISTORY_DAYS, WATCHED_DAYS, unusual_days
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.operations.models import JobRun

SPAN = timedelta(days=HISTORY_DAYS + WATCHED_DAYS)


def volume_alerts(today: date) -> Iterator[conditions.Alert | None]:
    """Within a tenant: of accounts up to their newest line, of tasks up to today."""
    yield from _of_accounts(today)
    yield from _of_tasks(today)


def _of_accounts(today: date) -> Iterator[conditions.Alert | None]:
    """By the days on which the bank booked, whenever a file came in; each line counted once."""
    for account in BankAccount.objects.order_by("id"):
        lines = BankLine.objects.filter(account=account, repeats__isnull=True)
        last_on = lines.filter(booked_on__lte=today).aggregate(last=Max("booked_on"))["last"]
        if last_on is None:
            continue
        rows = lines.filter(booked_on__range=(last_on - SPAN, last_on)).values_list("booked_on")
        counts = {on: n for on, n in rows.annotate(n=Count("id")).order_by() if on is not None}
        yield conditions.unusual_volume(
            f"bank_account:{account.pk}",
            account.name or str(account),
            "lines",
            unusual_days(counts, last_on),
            account.pk,
        )


def _of_tasks(today: date) -> Iterator[conditions.Alert | None]:
    runs: dict[str, dict[date, int]] = defaultdict(dict)
    errors: dict[str, dict[date, int]] = defaultdict(dict)
    rows = (
        JobRun.objects.filter(asked_at__date__gt=today - SPAN)
        .values_list("task", TruncDate("asked_at", tzinfo=UTC))
        .annotate(n=Count("id"), failed=Count("id", filter=Q(state=RunState.FAILED)))
        .order_by()
    )
    for task, on, count, failed in rows:
        runs[task][on] = count
        errors[task][on] = failed
    for task in sorted(runs):
        yield conditions.unusual_volume(task, task, "runs", unusual_days(runs[task], today))
        failing = unusual_days(errors[task], today)
        yield conditions.unusual_volume(f"errors {task}", task, "errors", failing)
