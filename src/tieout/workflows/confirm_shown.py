"""`confirm_shown`: many groups at once, with the total as it was shown, a decimal."""

from collections.abc import Sequence
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.money import parse_decimal
from tieout.store.reconciliation.models import MatchRun
from tieout.workflows.acting import Caller, acting
from tieout.workflows.decide_many import DecidedMany, confirm_groups
from tieout.workflows.reconcile import access_reconciliation


def confirm_shown(  # noqa: PLR0913  what was shown, by name
    caller: Caller,
    *,
    reconciliation_id: int,
    group_ids: Sequence[int],
    expected_count: int,
    expected_total: str,
    currency: str,
    reason: str = "",
    now: datetime,
) -> DecidedMany:
    """`confirm_groups`, once the total is counted as the newest run counts."""
    with acting(caller, Action.DECIDE, "confirm_groups", now):
        access_reconciliation(reconciliation_id)
        run = MatchRun.objects.filter(reconciliation_id=reconciliation_id).order_by("-id").first()
        read = parse_decimal(expected_total)
        minor = read.to_minor(run.exponent) if run and read else None
        if run is None or minor is None or currency != run.currency:
            counted = f"{run.currency} with {run.exponent} decimals" if run else "a run first"
            raise InvalidInput("decision.stale", f"{expected_total} {currency}", counted)
        return confirm_groups(
            caller,
            reconciliation_id=reconciliation_id,
            group_ids=group_ids,
            expected_count=expected_count,
            expected_total_minor=minor,
            reason=reason,
            now=now,
        )
