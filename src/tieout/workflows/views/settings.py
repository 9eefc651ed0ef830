"""Settings as text, what differs, their versions, and the proposals that wait."""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.settings import Change, changes
from tieout.store.tenancy.models import Member, SettingsProposal, SettingsVersion
from tieout.workflows.acting import Caller, looking
from tieout.workflows.keep_settings import latest_version_id
from tieout.workflows.propose_settings import access_version
from tieout.workflows.standing_settings import read_settings, standing_settings
from tieout.workflows.views.paging import Page, paged


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of the settings: who made it, why, and who approved it."""

    version_id: int
    follows_id: int | None
    verb: str
    reason: str
    author: str
    approver: str
    """The names of members; empty for the system, and where no approval was needed."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A document that waits for its approval, and what it would change."""

    proposal_id: int
    verb: str
    reason: str
    author_id: int
    author: str
    proposed_at: datetime
    changes: tuple[Change, ...]


def export_settings(caller: Caller, *, version_id: int | None = None) -> str:
    """The settings as they stand, or as they stood from that version on, as a document."""
    with looking(caller, Action.VIEW):
        return (
            standing_settings().text if version_id is None else access_version(version_id).document
        )


def diff_settings(
    caller: Caller, *, document: str, version_id: int | None = None
) -> tuple[Change, ...]:
    """What importing the document would change: of what stands, or of what stood in a version."""
    with looking(caller, Action.VIEW):
        wanted = read_settings(document)
        if version_id is None:
            return changes(standing_settings(), wanted)
        return changes(read_settings(access_version(version_id).document), wanted)


def settings_history(
    caller: Caller, *, cursor: str | None = None, limit: int = 100
) -> Page[VersionView]:
    """Versions, newest first; the newest one stands."""
    with looking(caller, Action.VIEW):
        rows = SettingsVersion.objects.select_related("author", "approver")
        return paged(rows, ("id",), _version, cursor=cursor, limit=limit)


def waiting_proposals(caller: Caller) -> tuple[ProposalView, ...]:
    """Proposals that can still be approved: of the version that stands, newest first."""
    with looking(caller, Action.VIEW):
        stands = standing_settings()
        rows = SettingsProposal.objects.filter(follows_id=latest_version_id())
        return tuple(
            ProposalView(
                each.pk,
                each.verb,
                each.reason,
                each.author_id,
                _name(each.author),
                each.proposed_at,
                changes(stands, read_settings(each.document)),
            )
            for each in rows.select_related("author").order_by("-id")
        )


def _version(each: SettingsVersion) -> VersionView:
    return VersionView(
        each.pk,
        each.follows_id,
        each.verb,
        each.reason,
        _name(each.author),
        _name(each.approver),
        each.made_at,
    )


def _name(member: Member | None) -> str:
    return (member.name or member.email) if member else ""
