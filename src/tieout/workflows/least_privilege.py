"""`least_privilege`: what each member may do, and which of it the audit chain shows it to use."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from tieout.core.access import MAY, Action, Role
from tieout.core.decisions import SignOffStep
from tieout.store.audit.models import Event
from tieout.store.reconciliation.models import SignOff
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, acting
from tieout.workflows.sign_off import STEP_ACTIONS

DAYS = 90

ACTION_OF: Mapping[str, Action] = {
    "receive_file": Action.RECEIVE_FILE,
    "import_file": Action.IMPORT,
    "try_import": Action.IMPORT,
    "keep_trial": Action.IMPORT,
    "import_statement": Action.IMPORT,
    "import_books": Action.IMPORT,
    "record_entries": Action.IMPORT,
    "reconcile": Action.MATCH,
    "take_snapshot": Action.IMPORT,
    "explain_books": Action.MATCH,
    "draft_corrections": Action.DECIDE,
    "prove_corrections": Action.DECIDE,
    "ask_report": Action.VIEW,
    "make_report": Action.VIEW,
    "ask_tries": Action.VIEW,
    "ask_proof": Action.DECIDE,
    "make_tries": Action.VIEW,
    "prepare_period": Action.PREPARE,
    "review_period": Action.REVIEW,
    "certify_period": Action.REVIEW,
    "return_period": Action.REVIEW,
    "look_at_case": Action.REVIEW,
    "set_books": Action.MANAGE_ACCOUNTS,
    "end_books": Action.MANAGE_ACCOUNTS,
    "set_closing_policy": Action.MANAGE_ACCOUNTS,
    "set_reconciliation": Action.MANAGE_ACCOUNTS,
    "confirm": Action.DECIDE,
    "confirm_groups": Action.DECIDE,
    "reject": Action.DECIDE,
    "undo": Action.DECIDE,
    "undo_many": Action.DECIDE,
    "comment": Action.COMMENT,
    "resolve_comment": Action.COMMENT,
    "attach_evidence": Action.COMMENT,
    "add_member": Action.MANAGE_MEMBERS,
    "change_role": Action.MANAGE_MEMBERS,
    "end_membership": Action.MANAGE_MEMBERS,
    "invite": Action.MANAGE_MEMBERS,
    "withdraw_invitation": Action.MANAGE_MEMBERS,
    "make_token": Action.MANAGE_MEMBERS,
    "revoke_token": Action.MANAGE_MEMBERS,
    "make_own_token": Action.VIEW_OWN,
    "revoke_own_token": Action.VIEW_OWN,
    "sign_head": Action.SIGN_HEAD,
    "verify_audit": Action.VIEW_AUDIT,
    "replay": Action.VIEW_AUDIT,
    "verify_stored": Action.VIEW_AUDIT,
    "least_privilege": Action.VIEW_AUDIT,
    "export_audit": Action.VIEW_AUDIT,
    "export_evidence_pack": Action.VIEW_AUDIT,
    "mask_organisation": Action.MANAGE_ORGANISATION,
    "set_schedule": Action.MANAGE_ACCOUNTS,
    "set_alert_rule": Action.MANAGE_ACCOUNTS,
    "set_channel": Action.MANAGE_ACCOUNTS,
    "end_channel": Action.MANAGE_ACCOUNTS,
    "send_again": Action.MANAGE_ACCOUNTS,
    "choose_profile": Action.MANAGE_ACCOUNTS,
    "import_settings": Action.MANAGE_ACCOUNTS,
    "approve_settings": Action.MANAGE_ACCOUNTS,
    "roll_back_settings": Action.MANAGE_ACCOUNTS,
    "promote_settings": Action.MANAGE_ACCOUNTS,
    "make_sandbox": Action.MANAGE_ORGANISATION,
}
"""The action that a verb of the chain asks for; of sign-offs the step tells it."""
UNSEEN = frozenset({Action.VIEW, Action.VIEW_OWN})
"""Looking leaves no event, so nothing can be said of its use."""


@dataclass(frozen=True, slots=True)
class Use:
    """One action of a member's role."""

    action: Action
    times: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPrivileges:
    """A member's role, action by action, as far as use leaves a trace."""

    member_id: int
    email: str
    name: str
    role: Role
    joined_at: datetime
    uses: tuple[Use, ...]

    @property
    def unused(self) -> tuple[Action, ...]:
        """What the role allows and the member has not done."""
        return tuple(each.action for each in self.uses if not each.times)

    @property
    def narrowest(self) -> Role:
        """The role of a person with the fewest actions that allows all that was used."""
        used = {each.action for each in self.uses if each.times}
        needed = used | (MAY[self.role] & UNSEEN)
        people = frozenset(Role) - {Role.INTEGRATION} | {self.role}
        fitting = [role for role in Role if role in people and needed <= MAY[role]]
        return min(fitting, key=lambda role: (len(MAY[role]), role is not self.role))


def least_privilege(
    caller: Caller, *, now: datetime, days: int = DAYS
) -> tuple[MemberPrivileges, ...]:
    """Every active member's actions, and how often each was used in the last days."""
    with acting(caller, Action.VIEW_AUDIT, "least_privilege", now) as act:
        used = _used_since(now - timedelta(days=days))
        members = Member.objects.filter(left_at__isnull=True).order_by("id")
        report = tuple(_privileges(each, used) for each in members)
        act.record(
            f"organisation:{caller.organisation_id}",
            after={"days": days, "members": len(report)},
        )
    return report


def _privileges(
    member: Member, used: Mapping[tuple[str, Action], tuple[int, datetime]]
) -> MemberPrivileges:
    role = Role(member.role)
    uses = tuple(
        Use(action, *used.get((f"member:{member.pk}", action), (0, None)))
        for action in Action
        if action in MAY[role] - UNSEEN
    )
    return MemberPrivileges(member.pk, member.email, member.name, role, member.joined_at, uses)


def _used_since(since: datetime) -> dict[tuple[str, Action], tuple[int, datetime]]:
    """How often and when last, by actor and action, of the events since then."""
    found: dict[tuple[str, Action], tuple[int, datetime]] = defaultdict(lambda: (0, since))
    rows = (
        Event.objects.filter(at__gte=since)
        .values_list("actor", "verb")
        .annotate(times=Count("id"), last=Max("at"))
        .order_by()
    )
    for actor, verb, times, last in rows:
        if verb in ACTION_OF:
            before, last_before = found[actor, ACTION_OF[verb]]
            found[actor, ACTION_OF[verb]] = (before + times, max(last, last_before))
    signed = (
        SignOff.objects.filter(signed_at__gte=since)
        .values_list("signed_by_id", "step")
        .annotate(times=Count("id"), last=Max("signed_at"))
        .order_by()
    )
    for member_id, step, times, last in signed:
        found[f"member:{member_id}", STEP_ACTIONS[SignOffStep(step)]] = (times, last)
    return dict(found)
