"""`set_closing_policy`: what is asked of a ledger's periods; a change is a row with its reason."""

from dataclasses import asdict
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import DUE_DAYS_MAX, ClosingPolicy
from tieout.core.explain.sampling import PERCENT_MAX, SAMPLE_MOST
from tieout.core.settings import policy_entry
from tieout.store.closing.models import Policy
from tieout.store.closing.runs import policies_of
from tieout.workflows.acting import Caller, acting
from tieout.workflows.keep_settings import settings_kept
from tieout.workflows.set_books import access_books

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
    amounts = (
        policy.unexplained_minor,
        policy.evidence_minor or 0,
        policy.second_review_minor or 0,
        policy.sample_above_minor or 0,
    )
    fits = (
        0 <= policy.due_days <= DUE_DAYS_MAX
        and min(amounts) >= 0
        and max(amounts) <= MINOR_MAX
        and 0 <= policy.sample_percent <= PERCENT_MAX
        and 0 <= policy.sample_most <= SAMPLE_MOST
    )
    if ledger not in set(SubLedger) or not fits or not said:
        raise InvalidInput(
            "command.invalid",
            f"a policy for {ledger!r}, due after {policy.due_days} days, a sample of "
            f"{policy.sample_percent} % and at most {policy.sample_most}"
            + ("" if said else ", without a reason"),
            f"a ledger ({', '.join(SubLedger)}), 0 to {DUE_DAYS_MAX} days, amounts of at least 0, "
            f"a sample of 0 to {PERCENT_MAX} % and at most {SAMPLE_MOST:,}, and a reason",
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
        act.keeps(made)
        act.record(
            str(made),
            reason=said,
            before=policy_entry(earlier),
            after=policy_entry(policy) | {"books": str(books), "ledger": ledger},
        )
    return made.pk
