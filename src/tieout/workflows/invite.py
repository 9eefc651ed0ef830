"""`invite`, `accept_invitation`, `withdraw_invitation`: a link, used once, makes a member."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tieout.core.access import Action, Actor, Role, require_grant
from tieout.core.errors import Conflict, NotFound
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import Invitation, Member, Organisation
from tieout.workflows.acting import Act, Caller, Left, acting, looking
from tieout.workflows.create_organisation import checked_email
from tieout.workflows.create_person import create_person, person_of
from tieout.workflows.secrets_given import given, new_secret, refused, told

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation offers."""

    organisation: str
    email: str
    role: Role
    is_known: bool
    """Whether somebody signs in with that address already."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody invited who has not come yet."""

    invitation_id: int
    email: str
    role: Role
    expires_at: datetime


def invite(caller: Caller, *, email: str, role: Role, now: datetime) -> str:
    """The secret of the link; it is told once and not kept."""
    with acting(caller, Action.MANAGE_MEMBERS, "invite", now) as act:
        require_grant(act.actor, role)
        address = checked_email(email).lower()
        act.alone("members")
        if Member.objects.filter(email__iexact=address, left_at__isnull=True).exists():
            raise Conflict("access.member-exists", address, "somebody who is not a member yet")
        secret, digest = new_secret()
        made = Invitation.objects.create(
            organisation_id=caller.organisation_id,
            email=address,
            role=role,
            secret_sha256=digest,
            invited_by_id=caller.member_id,
            invited_at=now,
            expires_at=now + LASTS,
        )
        act.keeps(made)
        act.record(f"invitation:{made.pk}", after={"email": address, "role": str(role)})
        act.follow_up("member_invited", invitation_id=made.pk)
    return told(caller.organisation_id, made.pk, secret)


def invitation_of(text: str, *, now: datetime) -> Invited:
    """What the link offers; refused when it was used, withdrawn, is too old or never was."""
    asked = given(text)
    with tenant(asked.organisation_id):
        found = _open(asked.number, now)
        if found is None or not asked.fits(found.secret_sha256):
            raise refused()
        name = Organisation.objects.get(id=asked.organisation_id).name
        known = person_of(found.email) is not None
        return Invited(name, found.email, Role(found.role), known)


def invitations_of(caller: Caller, *, now: datetime) -> list[Invitee]:
    """The organisation's open invitations, in the order in which they were made."""
    with looking(caller, Action.MANAGE_MEMBERS):
        return [
            Invitee(each.pk, each.email, Role(each.role), each.expires_at)
            for each in _all_open(now).order_by("id")
        ]


def accept_invitation(  # noqa: PLR0913  a person's particulars, by name
    text: str,
    *,
    person_id: int | None = None,
    name: str = "",
    password: str = "",
    origin: str,
    now: datetime,
) -> Caller:
    """The new member: the person who has signed in, or a new person with that password.

    The invitation holds for its own address: somebody else's sign-in does not take it.
    """
    asked = given(text)
    with tenant(asked.organisation_id):
        found = _open(asked.number, now, is_locked=True)
        if found is None or not asked.fits(found.secret_sha256):
            raise refused()
        known = person_of(found.email)
        if known is not None and known != person_id:
            raise Conflict("access.sign-in-first", found.email, "that person signed in")
        if known is None:
            known = create_person(email=found.email, password=password, name=name, now=now)
        left = Left()
        member = _joined(found, known, name, now, left)
        caller = Caller(asked.organisation_id, member.pk, origin)
        actor = Actor(member.pk, Role(member.role), origin)
        act = Act(caller, actor, "accept_invitation", now, left)
        act.changes(found)
        found.accepted_at = now
        found.save(update_fields=["accepted_at"])
        act.record(
            f"member:{member.pk}",
            after={"email": found.email, "role": found.role, "invitation": found.pk},
        )
        act.follow_up("member_added", member_id=member.pk)
    return caller


def withdraw_invitation(caller: Caller, *, invitation_id: int, now: datetime) -> None:
    """The link no longer works."""
    with acting(caller, Action.MANAGE_MEMBERS, "withdraw_invitation", now) as act:
        found = _open(invitation_id, now, is_locked=True)
        if found is None:
            name = f"invitation:{invitation_id}"
            if Invitation.objects.filter(id=invitation_id).exists():
                raise Conflict("decision.not-in-force", f"{name}, which has ended", "an open one")
            raise NotFound("store.not-found", name, "one of yours")
        act.changes(found)
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        act.record(f"invitation:{found.pk}", before={"email": found.email}, after={"open": False})


def _open(number: int, now: datetime, *, is_locked: bool = False) -> Invitation | None:
    rows = _all_open(now).filter(id=number)
    return (rows.select_for_update() if is_locked else rows).first()


def _all_open(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )


def _joined(found: Invitation, person_id: int, name: str, now: datetime, left: Left) -> Member:
    """A member anew, or the one that had left and comes back in the new role."""
    earlier = Member.objects.filter(email__iexact=found.email).first()
    if earlier is None:
        made = Member.objects.create(
            organisation_id=found.organisation_id,
            person_id=person_id,
            email=found.email,
            name=name.strip(),
            role=found.role,
            joined_at=now,
        )
        left.keeps(made)
        return made
    left.changes(earlier)
    earlier.person_id, earlier.role, earlier.left_at = person_id, found.role, None
    earlier.save(update_fields=["person_id", "role", "left_at"])
    return earlier
