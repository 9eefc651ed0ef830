"""`choose_profile`: the settings that suit a small, medium or large organisation, all at once.

A profile is proposed as a whole text of settings is: with a reason, in force at once where nobody
else may approve it, else when another person has approved it; wholly or not at all.
"""

from datetime import datetime

from tieout.core.access import Action
from tieout.core.explain.certifying import ClosingPolicy
from tieout.core.profiles import PROFILES, LedgerOfBooks, Profile, Size, with_profile
from tieout.core.settings import Settings
from tieout.store.closing.models import Books
from tieout.store.closing.runs import newest_run, policies_of
from tieout.workflows.acting import Caller, acting
from tieout.workflows.propose_settings import Proposed, propose
from tieout.workflows.standing_settings import standing_settings


def choose_profile(caller: Caller, *, size: Size, reason: str, now: datetime) -> Proposed:
    """Schedules, sampling and approval depth as the profile has them; all else stays.

    Books that were never explained have no ledgers yet: of them only the schedule is set.
    """
    with acting(caller, Action.MANAGE_ACCOUNTS, "choose_profile", now) as act:
        return propose(act, settings_with(PROFILES[size], standing_settings()), reason)


def settings_with(profile: Profile, stands: Settings) -> Settings:
    """Within a tenant: the settings as they would stand with the profile."""
    return with_profile(stands, profile, _ledgers())


def _ledgers() -> list[LedgerOfBooks]:
    """Those of all books in use that were explained."""
    found = []
    for books in Books.objects.filter(ended_at__isnull=True):
        run = newest_run(books.pk)
        policies = policies_of(books.pk)
        for each in run.ledgers if run else ():
            policy = policies.get(each["ledger"], ClosingPolicy())
            found.append(
                LedgerOfBooks(books.name, each["ledger"], run.exponent if run else 0, policy)
            )
    return found
