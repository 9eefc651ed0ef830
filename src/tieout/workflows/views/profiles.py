"""What each profile would change, and which of them suits what the organisation has."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from tieout.core.access import MAY, Action, Role
from tieout.core.profiles import PROFILES, Measured, Profile, Size, Suggestion, suggested
from tieout.core.settings import Change, changes
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.closing.models import Books
from tieout.store.closing.runs import newest_run
from tieout.store.ledger.models import Posting
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, looking
from tieout.workflows.choose_profile import settings_with
from tieout.workflows.standing_settings import standing_settings

MONTHS = 3
DAYS = 92
"""That many months."""
REVIEWERS = 3
"""So many people prepare and approve a balance that needs two approvals."""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A profile, and what choosing it would change."""

    profile: Profile
    changes: tuple[Change, ...]
    """None: it is how the settings stand."""
    caution: str
    """Why nobody could certify large balances with it; blank where somebody could."""


@dataclass(frozen=True, slots=True)
class ProfilesView:
    """All of them, and the one that suits."""

    found: Measured
    suggestion: Suggestion
    profiles: tuple[ProfileView, ...]
    unexplained_books: tuple[str, ...]
    """Books that have no ledgers yet: a profile sets their schedule alone."""

    @property
    def standing(self) -> Size | None:
        """The profile whose values stand; None where values were set apart."""
        return next((each.profile.size for each in self.profiles if not each.changes), None)


def profiles_view(caller: Caller) -> ProfilesView:
    """The three profiles beside the settings as they stand."""
    with looking(caller, Action.VIEW):
        stands = standing_settings()
        books = list(Books.objects.filter(ended_at__isnull=True))
        runs = {each.name: newest_run(each.pk) for each in books}
        ledger_count = sum(len(run.ledgers) for run in runs.values() if run is not None)
        people = Member.objects.filter(left_at__isnull=True).exclude(role=Role.INTEGRATION)
        able = [role for role, may in MAY.items() if Action.REVIEW in may]
        able_count = people.filter(role__in=able).count()
        found = Measured(
            people.count(), BankAccount.objects.count() + ledger_count, _lines_a_month()
        )
        return ProfilesView(
            found,
            suggested(found),
            tuple(
                ProfileView(
                    each,
                    changes(stands, settings_with(each, stands)),
                    _caution(each, able_count),
                )
                for each in PROFILES.values()
            ),
            tuple(name for name, run in runs.items() if run is None),
        )


def _lines_a_month() -> int:
    """Bank lines and postings up to the newest day of either, of the last three months."""
    days = (
        BankLine.objects.aggregate(day=Max("booked_on"))["day"],
        Posting.objects.aggregate(day=Max("booked_on"))["day"],
    )
    newest: date | None = max((each for each in days if each is not None), default=None)
    if newest is None:
        return 0
    since = newest - timedelta(days=DAYS)
    counted = (
        BankLine.objects.filter(booked_on__gt=since).count()
        + Posting.objects.filter(booked_on__gt=since).count()
    )
    return -(-counted // MONTHS)


def _caution(profile: Profile, able_count: int) -> str:
    if profile.second_review_above is None or able_count >= REVIEWERS:
        return ""
    return (
        f"{able_count} of the members may approve: a balance above "
        f"{profile.second_review_above:,} needs a preparer and two others who may"
    )
