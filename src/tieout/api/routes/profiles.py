"""Profiles: which of small, medium and large suits, what each would change, and choosing one."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.routes.settings import ChangeOut, ProposedOut, changes_out, proposed_out
from tieout.api.words import In, LongText, Out
from tieout.core.profiles import Size
from tieout.core.schedules import Every
from tieout.workflows.choose_profile import choose_profile
from tieout.workflows.views.profiles import ProfileView, profiles_view

router = Router(tags=["settings"])


class ProfileOut(Out):
    """A profile; amounts in whole units of the base currency of the books."""

    size: Size
    explain: Every
    """How often books are explained."""
    reconcile: Every
    """How often each bank account is reconciled."""
    sample_percent: int
    sample_most: int
    sample_above: int
    second_review_above: int | None
    """A larger balance needs two people besides the preparer; null: none does."""
    changes: list[ChangeOut]
    """What choosing it would change; empty where the settings stand so."""
    caution: str
    """Why nobody could certify large balances with it; blank where somebody could."""


class ProfilesOut(Out):
    """The three, and the one that suits."""

    suggested: Size
    reason: str
    standing: Size | None
    """Whose values stand; null where values were set apart."""
    unexplained_books: list[str]
    """Books that have no ledgers yet: a profile sets their schedule alone."""
    profiles: list[ProfileOut]


class ProfileIn(In):
    """The profile, and why it is to hold."""

    size: Size
    reason: LongText


@router.get("/profiles", response=ProfilesOut)
def show_profiles(request: Request) -> ProfilesOut:
    """Which profile suits what the organisation has, and what each would change."""
    told = profiles_view(request.caller)
    return ProfilesOut(
        suggested=told.suggestion.size,
        reason=told.suggestion.reason,
        standing=told.standing,
        unexplained_books=list(told.unexplained_books),
        profiles=[_profile(each) for each in told.profiles],
    )


@router.post("/profiles", response={201: ProposedOut})
def choose(request: Request, body: ProfileIn) -> ProposedOut:
    """Set schedules, sampling and approval depth at once; approved as an import of settings is."""
    done = choose_profile(request.caller, size=body.size, reason=body.reason, now=request.at)
    return proposed_out(done)


def _profile(each: ProfileView) -> ProfileOut:
    profile = each.profile
    return ProfileOut(
        size=profile.size,
        explain=profile.explain,
        reconcile=profile.reconcile,
        sample_percent=profile.sample_percent,
        sample_most=profile.sample_most,
        sample_above=profile.sample_above,
        second_review_above=profile.second_review_above,
        changes=changes_out(each.changes),
        caution=each.caution,
    )
