"""`make_token`, `revoke_token`, and who calls with one: keys for programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from tieout.core.access import (
    MAY,
    PROGRAM_MAY,
    SYSTEM_ID,
    Action,
    Role,
    require_grant,
    token_scopes,
)
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
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
    made_by: str
    """Empty: made before this was noted."""
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
    """The token's text; it is told once and not kept. It may no more than its member's role.

    A person makes tokens in their own name, whatever their role. Who manages members makes them for
    others too, with what a program may: nobody decides or signs by a token that another made.
    """
    action, verb = _asked(caller, member_id, "make")
    with acting(caller, action, verb, now) as act:
        member = Member.objects.filter(id=member_id, left_at__isnull=True).first()
        if member is None:
            raise NotFound("store.not-found", f"member:{member_id}", "a member of yours")
        role = Role(member.role)
        if member_id != caller.member_id:
            require_grant(act.actor, role)
        wanted = sorted(set(scopes))
        beyond = [each for each in wanted if each not in MAY[role]]
        if beyond or not wanted or not name.strip():
            found = f"scopes {', '.join(beyond) or 'none'} for the role {role}"
            raise InvalidInput("access.token-invalid", found, "a name and scopes the role has")
        kept = token_scopes(wanted, caller.member_id, member_id)
        if another := [each for each in wanted if each not in kept]:
            raise AccessDenied(
                "access.token-for-another",
                f"{', '.join(another)} as member:{member_id}, asked by member:{caller.member_id}",
                f"at most {', '.join(sorted(PROGRAM_MAY))}",
            )
        if not now < expires_at <= now + LONGEST:
            raise InvalidInput(
                "access.token-invalid", f"an end at {expires_at:%Y-%m-%d}", "within a year"
            )
        secret, digest = new_secret()
        made = ApiToken.objects.create(
            organisation_id=caller.organisation_id,
            member=member,
            made_by_id=caller.member_id,
            name=name.strip(),
            secret_sha256=digest,
            scopes=wanted,
            made_at=now,
            expires_at=expires_at,
        )
        act.keeps(made)
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
    """The token no longer works: one's own, or any for whoever manages members."""
    with looking(caller, Action.VIEW_OWN, Action.MANAGE_MEMBERS):
        holders = ApiToken.objects.filter(id=token_id).values_list("member_id", flat=True)
        action, verb = _asked(caller, next(iter(holders), SYSTEM_ID), "revoke")
    with acting(caller, action, verb, now) as act:
        found = ApiToken.objects.filter(id=token_id).first()
        if found is None:
            raise NotFound("store.not-found", f"token:{token_id}", "a token of yours")
        if found.revoked_at is not None:
            was = f"token:{token_id}, which was revoked"
            raise Conflict("decision.not-in-force", was, "a token in force")
        act.changes(found)
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        act.record(f"token:{found.pk}", before={"name": found.name}, after={"in_force": False})


def _asked(caller: Caller, member_id: int, what: str) -> tuple[Action, str]:
    """What is asked for and which verb it is: a person's own token needs nobody's leave."""
    if member_id == caller.member_id and caller.scopes is None:
        return Action.VIEW_OWN, f"{what}_own_token"
    return Action.MANAGE_MEMBERS, f"{what}_token"


def tokens_of(caller: Caller) -> list[Token]:
    """Every token of the organisation, the newest first."""
    with looking(caller, Action.MANAGE_MEMBERS):
        return _listed(ApiToken.objects.all())


def own_tokens_of(caller: Caller) -> list[Token]:
    """The tokens that act as the caller, whoever made them, the newest first."""
    with looking(caller, Action.VIEW_OWN):
        return _listed(ApiToken.objects.filter(member_id=caller.member_id))


def _listed(tokens: QuerySet[ApiToken]) -> list[Token]:
    return [
        Token(
            each.pk,
            each.name,
            each.member.email,
            each.made_by.email if each.made_by else "",
            tuple(sorted(_holding(each))),
            each.made_at,
            each.expires_at,
            each.revoked_at,
            each.last_used_at,
        )
        for each in tokens.select_related("member", "made_by").order_by("-id")
    ]


def _holding(token: ApiToken) -> frozenset[Action]:
    return token_scopes(map(Action, token.scopes), token.made_by_id, token.member_id)


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
        from_where = f"{origin} token:{found.pk}"
        return Caller(asked.organisation_id, found.member_id, from_where, _holding(found))
