"""`make_token`, `revoke_token`, and who calls with one: keys for programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.core.access import MAY, Action, Role, require_grant
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import ApiToken, Member
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.secrets_given import given, new_secret, refused, told

LONGEST = timedelta(days=366)
_SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept: not every call writes."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its list shows it."""

    token_id: int
    name: str
    member: str
    scopes: tuple[Action, ...]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def make_token(  # noqa: PLR0913  what a token has, by name
    caller: Caller,
    *,
    member_id: int,
    name: str,
    scopes: Iterable[Action],
    expires_at: datetime,
    now: datetime,
) -> str:
    """The token's text; it is told once and not kept. It may no more than its member's role."""
    with acting(caller, Action.MANAGE_MEMBERS, "make_token", now) as act:
        member = Member.objects.filter(id=member_id, left_at__isnull=True).first()
        if member is None:
            raise NotFound("store.not-found", f"member:{member_id}", "a member of yours")
        role = Role(member.role)
        require_grant(act.actor, role)
        wanted = sorted(set(scopes))
        beyond = [each for each in wanted if each not in MAY[role]]
        if beyond or not wanted or not name.strip():
            found = f"scopes {', '.join(beyond) or 'none'} for the role {role}"
            raise InvalidInput("access.token-invalid", found, "a name and scopes the role has")
        if not now < expires_at <= now + LONGEST:
            raise InvalidInput(
                "access.token-invalid", f"an end at {expires_at:%Y-%m-%d}", "within a year"
            )
        secret, digest = new_secret()
        made = ApiToken.objects.create(
            organisation_id=caller.organisation_id,
            member=member,
            name=name.strip(),
            secret_sha256=digest,
            scopes=wanted,
            made_at=now,
            expires_at=expires_at,
        )
        act.record(
            f"token:{made.pk}",
            after={
                "name": made.name,
                "member": f"member:{member.pk}",
                "scopes": list(map(str, wanted)),
                "expires_at": expires_at,
            },
        )
    return told(caller.organisation_id, made.pk, secret)


def revoke_token(caller: Caller, *, token_id: int, now: datetime) -> None:
    """The token no longer works."""
    with acting(caller, Action.MANAGE_MEMBERS, "revoke_token", now) as act:
        found = ApiToken.objects.filter(id=token_id).first()
        if found is None:
            raise NotFound("store.not-found", f"token:{token_id}", "a token of yours")
        if found.revoked_at is not None:
            was = f"token:{token_id}, which was revoked"
            raise Conflict("decision.not-in-force", was, "a token in force")
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        act.record(f"token:{found.pk}", before={"name": found.name}, after={"in_force": False})


def tokens_of(caller: Caller) -> list[Token]:
    """Every token of the organisation, the newest first."""
    with looking(caller, Action.MANAGE_MEMBERS):
        return [
            Token(
                each.pk,
                each.name,
                each.member.email,
                tuple(map(Action, each.scopes)),
                each.made_at,
                each.expires_at,
                each.revoked_at,
                each.last_used_at,
            )
            for each in ApiToken.objects.select_related("member").order_by("-id")
        ]


def caller_of_token(text: str, *, origin: str, now: datetime) -> Caller:
    """Who calls with this token; refused in the same words whatever is wrong with it."""
    asked = given(text)
    with tenant(asked.organisation_id):
        found = ApiToken.objects.filter(
            id=asked.number, revoked_at__isnull=True, expires_at__gt=now
        ).first()
        if found is None or not asked.fits(found.secret_sha256):
            raise refused()
        if found.last_used_at is None or now - found.last_used_at >= _SEEN_EVERY:
            ApiToken.objects.filter(id=found.pk).update(last_used_at=now)
        scopes = frozenset(map(Action, found.scopes))
        return Caller(asked.organisation_id, found.member_id, f"{origin} token:{found.pk}", scopes)
