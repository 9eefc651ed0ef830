"""`import_settings`, `roll_back_settings`, `approve_settings`: a whole text of settings in force.

Its author gives a reason. Where another member may manage accounts too, nothing changes until one
of them approves it; where nobody else may, it is in force at once. It is wholly in force or not at
all, and only while the settings are those that its author saw.
"""

from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import MAY, Action
from tieout.core.errors import Conflict, Corruption, InvalidInput, NotFound
from tieout.core.settings import Change, Settings, changes, require_approver
from tieout.store.tenancy.models import Member, Sandbox, SettingsProposal, SettingsVersion
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.apply_settings import apply_settings, channels_off, check_fits
from tieout.workflows.keep_settings import keep_version, latest_version
from tieout.workflows.proved_settings import require_proved
from tieout.workflows.standing_settings import read_settings, standing_settings

_ABLE = sorted(role for role, may in MAY.items() if Action.MANAGE_ACCOUNTS in may)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a document: in force as a version, or waiting for another person."""

    changes: tuple[Change, ...]
    """None: the document says what stands already, and nothing was recorded."""
    proposal_id: int | None
    version_id: int | None
    """None while it waits for its approval."""
    channels_off: tuple[str, ...] = ()
    """Channels that send nothing until somebody gives their address."""


def import_settings(caller: Caller, *, document: str, reason: str, now: datetime) -> Proposed:
    """What the document says is to hold here; `InvalidInput` names every place that is wrong."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "import_settings", now) as act:
        return propose(act, read_settings(document), reason)


def roll_back_settings(caller: Caller, *, version_id: int, reason: str, now: datetime) -> Proposed:
    """What an earlier version said is to hold again; secrets are those the channels had."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "roll_back_settings", now) as act:
        version = access_version(version_id)
        return propose(act, read_settings(version.document), reason)


def approve_settings(caller: Caller, *, proposal_id: int, now: datetime) -> Proposed:
    """Another person puts in force what its author proposed, as long as nothing changed since."""
    with acting(caller, Action.MANAGE_ACCOUNTS, "approve_settings", now) as act:
        proposal = SettingsProposal.objects.filter(id=proposal_id).first()
        if proposal is None:
            name = f"settings_proposal:{proposal_id}"
            raise NotFound("store.not-found", name, "a proposal of yours")
        require_approver(proposal.author_id, caller.member_id)
        latest = latest_version(act)
        if latest.pk != proposal.follows_id:
            found = f"settings_version:{latest.pk}, made by {latest.verb}"
            raise Conflict("settings.stale", found, f"settings_version:{proposal.follows_id}")
        if proposal.sandbox is not None:
            require_proved(proposal.sandbox, proposal.document)
        return _in_force(act, proposal, read_settings(proposal.document), caller.member_id)


def propose(act: Act, wanted: Settings, reason: str, sandbox: Sandbox | None = None) -> Proposed:
    """Within a verb: the proposal, and the version at once where nobody else may approve it."""
    if not reason.strip():
        raise InvalidInput("settings.no-reason", "none", "a reason", "reason")
    latest = latest_version(act)
    made = changes(standing_settings(), wanted)
    if not made:
        if act.left.rows:  # the first version of all, found rather than made
            act.record(str(latest), after={"changes": ()})
        return Proposed((), None, latest.pk, tuple(channels_off()))
    check_fits(wanted)
    proposal = SettingsProposal.objects.create(
        organisation_id=act.caller.organisation_id,
        verb=act.verb,
        document=wanted.text,
        reason=reason.strip(),
        author_id=act.caller.member_id,
        proposed_at=act.at,
        follows=latest,
        sandbox=sandbox,
    )
    act.keeps(proposal)
    others = Member.objects.filter(role__in=_ABLE, left_at__isnull=True)
    if not others.exclude(id=act.caller.member_id).exists():
        return _in_force(act, proposal, wanted, None)
    act.record(
        str(proposal),
        reason=proposal.reason,
        before={"version": str(latest)},
        after={"proposed": list(map(str, made)), **_of_sandbox(proposal)},
    )
    act.follow_up("settings_proposed", proposal_id=proposal.pk)
    return Proposed(made, proposal.pk, None)


def access_version(version_id: int) -> SettingsVersion:
    """The caller's version of that id."""
    found = SettingsVersion.objects.filter(id=version_id).first()
    if found is None:
        name = f"settings_version:{version_id}"
        raise NotFound("store.not-found", name, "a version of yours")
    return found


def _in_force(
    act: Act, proposal: SettingsProposal, wanted: Settings, approver_id: int | None
) -> Proposed:
    made = apply_settings(act, wanted)
    stands = standing_settings()
    if stands != wanted:
        said = "; ".join(map(str, changes(stands, wanted)))
        raise Corruption("store.differs", said, "settings as they were written")
    version = keep_version(act, stands, proposal=proposal, approver_id=approver_id)
    off = channels_off()
    act.record(
        str(version),
        reason=proposal.reason,
        before={"version": f"settings_version:{proposal.follows_id}"},
        after={
            "changes": list(map(str, made)),
            "proposal": str(proposal),
            "author": f"member:{proposal.author_id}",
            "approver": f"member:{approver_id}" if approver_id else None,
            "channels_off": off,
            **_of_sandbox(proposal),
        },
    )
    act.follow_up("settings_changed", version_id=version.pk)
    return Proposed(made, proposal.pk, version.pk, tuple(off))


def _of_sandbox(proposal: SettingsProposal) -> dict[str, str]:
    return {"sandbox": f"sandbox:{proposal.sandbox_id}"} if proposal.sandbox_id else {}
