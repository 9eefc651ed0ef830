"""Members, invitations and tokens: who may come in, as what, and until when."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.words import (
    Email,
    Flag,
    In,
    Instant,
    InvitationId,
    MemberId,
    Name,
    Out,
    Text,
    TokenId,
    instant,
)
from tieout.core.access import Action, Role
from tieout.workflows.add_member import add_member
from tieout.workflows.change_role import change_role, end_membership
from tieout.workflows.invite import invitations_of, invite, withdraw_invitation
from tieout.workflows.secrets_given import given
from tieout.workflows.tokens import make_token, revoke_token, tokens_of
from tieout.workflows.views import trail

router = Router(tags=["members, invitations, tokens"])


class MemberOut(Out):
    """A person or program in the organisation."""

    id: MemberId
    email: str
    name: str
    role: Role
    joined_at: Instant
    left_at: Instant | None


class InvitationOut(Out):
    """Somebody invited who has not come yet."""

    id: InvitationId
    email: str
    role: Role
    expires_at: Instant


class MembersOut(Out):
    """Members in the order they came."""

    items: list[MemberOut]


class InvitationsOut(Out):
    """Open invitations."""

    items: list[InvitationOut]


class RoleIn(In):
    """What the member is from now on."""

    role: Role
    reason: Text = ""


class LeaveIn(In):
    """Why."""

    reason: Text = ""


class MemberIn(In):
    """A new member, who signs in by invitation only, or never."""

    email: Email
    name: Name | None = None
    role: Role


class MemberMade(Out):
    """The new member."""

    id: MemberId


class InviteIn(In):
    """Who is invited, as what."""

    email: Email
    role: Role


class InvitedOut(Out):
    """The link's secret, told once: the page /invitation/SECRET takes it."""

    id: InvitationId
    secret: str


class TokenIn(In):
    """A key for programs: as one member, with no more than these actions."""

    member_id: MemberId
    name: Name
    scopes: Annotated[list[Action], Field(min_length=1, max_length=50)]
    expires_at: Instant


class TokenMade(Out):
    """The token, told once."""

    id: TokenId
    token: str


class TokenOut(Out):
    """A token without its secret."""

    id: TokenId
    name: str
    member: str
    made_by: str
    scopes: list[Action]
    made_at: Instant
    expires_at: Instant
    revoked_at: Instant | None
    last_used_at: Instant | None


class TokensOut(Out):
    """All tokens, the newest first."""

    items: list[TokenOut]


@router.get("/members", response=MembersOut)
def list_members(
    request: Request,
    with_former: Flag = False,  # noqa: FBT002  a parameter of the address
) -> MembersOut:
    """The members, in the order in which they came."""
    return MembersOut(
        items=[
            MemberOut(
                id=each.member_id,
                email=each.email,
                name=each.name,
                role=each.role,
                joined_at=instant(each.joined_at),
                left_at=instant(each.left_at) if each.left_at else None,
            )
            for each in trail.members(request.caller, with_former=with_former)
        ]
    )


@router.post("/members", response={201: MemberMade})
def make_member(request: Request, body: MemberIn) -> MemberMade:
    """Add a member, for example an integration; people come by invitation."""
    made = add_member(
        request.caller, email=body.email, role=body.role, name=body.name or "", now=request.at
    )
    return MemberMade(id=made.member_id)


@router.post("/members/{member_id}/role", response={204: None})
def set_role(request: Request, member_id: MemberId, body: RoleIn) -> None:
    """Another role for a member; an organisation keeps an owner."""
    change_role(
        request.caller, member_id=member_id, role=body.role, reason=body.reason, now=request.at
    )


@router.post("/members/{member_id}/end", response={204: None})
def end(request: Request, member_id: MemberId, body: LeaveIn) -> None:
    """The member leaves; it is never removed, and the last owner cannot go."""
    end_membership(request.caller, member_id=member_id, reason=body.reason, now=request.at)


@router.get("/invitations", response=InvitationsOut)
def list_invitations(request: Request) -> InvitationsOut:
    """Invitations that nobody has accepted yet."""
    return InvitationsOut(
        items=[
            InvitationOut(
                id=each.invitation_id,
                email=each.email,
                role=each.role,
                expires_at=instant(each.expires_at),
            )
            for each in invitations_of(request.caller, now=request.at)
        ]
    )


@router.post("/invitations", response={201: InvitedOut})
def make_invitation(request: Request, body: InviteIn) -> InvitedOut:
    """Invite somebody; the link holds for a week and is used once."""
    secret = invite(request.caller, email=body.email, role=body.role, now=request.at)
    return InvitedOut(id=given(secret).number, secret=secret)


@router.post("/invitations/{invitation_id}/withdraw", response={204: None})
def withdraw(request: Request, invitation_id: InvitationId) -> None:
    """The link no longer works."""
    withdraw_invitation(request.caller, invitation_id=invitation_id, now=request.at)


@router.get("/tokens", response=TokensOut)
def list_tokens(request: Request) -> TokensOut:
    """Every token of the organisation, without its secret."""
    return TokensOut(
        items=[
            TokenOut(
                id=each.token_id,
                name=each.name,
                member=each.member,
                made_by=each.made_by,
                scopes=list(each.scopes),
                made_at=instant(each.made_at),
                expires_at=instant(each.expires_at),
                revoked_at=instant(each.revoked_at) if each.revoked_at else None,
                last_used_at=instant(each.last_used_at) if each.last_used_at else None,
            )
            for each in tokens_of(request.caller)
        ]
    )


@router.post("/tokens", response={201: TokenMade})
def make_key(request: Request, body: TokenIn) -> TokenMade:
    """Make a token, for a year at most: one's own, or another's with what a program may."""
    token = make_token(
        request.caller,
        member_id=body.member_id,
        name=body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        now=request.at,
    )
    return TokenMade(id=given(token).number, token=token)


@router.post("/tokens/{token_id}/revoke", response={204: None})
def revoke(request: Request, token_id: TokenId) -> None:
    """The token no longer works, from the next call on."""
    revoke_token(request.caller, token_id=token_id, now=request.at)
