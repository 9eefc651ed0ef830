"""`set_closing_policy`: what is asked of a ledger's periods; a change is a row with its reason."""

from dataclasses import asdict
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import DUE_DAYS_MAX, ClosingPolicy
from tieout.store.closing.models import Policy
from tieout.store.closing.runs import policies_of
from tieout.workflows.acting import Caller, acting
from tieout.workflows.keep_settings import settings_kept
from tieout.workflows.set_books import access_books
from tieout.workflows.standing_settings import said_of_policy

MINOR_MAX = 10**18


def set_closing_policy(  # noqa: PLR0913  what a policy is about, by name
    caller: Caller,
    *,
    books_id: int,
    ledger: str,
    policy: ClosingPolicy,
    reason: str,
    now: datetime,
) -> int:
    """The policy holds for what is prepared and certified from now on; what is signed stays."""
    said = reason.strip()
    least = min(policy.unexplained_minor, policy.evidence_minor or 0)
    most = max(policy.unexplained_minor, policy.evidence_minor or 0)
    fits = 0 <= policy.due_days <= DUE_DAYS_MAX and least >= 0 and most <= MINOR_MAX
    if ledger not in set(SubLedger) or not fits or not said:
        raise InvalidInput(
            "command.invalid",
            f"a policy for {ledger!r}, due after {policy.due_days} days"
            + ("" if said else ", without a reason"),
            f"a ledger ({', '.join(SubLedger)}), 0 to {DUE_DAYS_MAX} days, amounts of at least 0, "
            "and a reason",
        )
    with (
        acting(caller, Action.MANAGE_ACCOUNTS, "set_closing_policy", now) as act,
        settings_kept(act),
    ):
        books = access_books(books_id)
        act.alone(f"closing {books_id}")
        earlier = policies_of(books_id).get(ledger, ClosingPolicy())
        made = Policy.objects.create(
            organisation_id=caller.organisation_id,
            books=books,
            ledger=ledger,
            reason=said,
            set_by_id=caller.member_id,
            set_at=now,
            **asdict(policy),
        )
        act.record(
            str(made),
            reason=said,
            before=said_of_policy(earlier),
            after=said_of_policy(policy) | {"books": str(books), "ledger": ledger},
        )
    return made.pk
