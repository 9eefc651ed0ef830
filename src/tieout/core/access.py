"""Who may do what: one table, role by action, used by every door alike.

A role is what a member is in one organisation. The table is data; a workflow asks `require`
before it does anything, and a door asks `may` only to decide what it shows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.errors import AccessDenied


class Role(StrEnum):
    """What a member is in an organisation."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    ACCOUNTANT = "accountant"
    BOOKKEEPER = "bookkeeper"
    REVIEWER = "reviewer"
    CLIENT = "client"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


class Action(StrEnum):
    """What can be done; every workflow asks for exactly one."""

    VIEW = "view"
    """See accounts, statements, runs, groups and figures."""
    VIEW_OWN = "view-own"
    """See the files one sent, and what is still missing."""
    VIEW_AUDIT = "view-audit"
    """See and verify the audit chain, and export it."""
    SIGN_HEAD = "sign-head"
    """Sign where the audit chain stands; the system does it daily without being asked."""
    MANAGE_ORGANISATION = "manage-organisation"
    """Rename it, hand it over, close it."""
    MANAGE_MEMBERS = "manage-members"
    MANAGE_ACCOUNTS = "manage-accounts"
    """Bank accounts, chart of accounts, reconciliations and their rules."""
    RECEIVE_FILE = "receive-file"
    IMPORT = "import"
    """Have a received file read into statements or books."""
    MATCH = "match"
    """Start a match run, or have books explained."""
    DECIDE = "decide"
    """Confirm, reject, undo; draft corrections of books, and prove that they were posted."""
    COMMENT = "comment"
    """Say something of a record, and attach evidence to it."""
    PREPARE = "prepare"
    """Sign a reconciliation, or a ledger's period, as its preparer."""
    REVIEW = "review"
    """Sign as its reviewer, certify a period or send it back: another person than the preparer."""


_SEES = frozenset({Action.VIEW, Action.VIEW_OWN})
_KEEPS_BOOKS = _SEES | {
    Action.RECEIVE_FILE,
    Action.IMPORT,
    Action.MATCH,
    Action.DECIDE,
    Action.COMMENT,
    Action.PREPARE,
}
_RUNS_BOOKS = _KEEPS_BOOKS | {Action.MANAGE_ACCOUNTS, Action.REVIEW, Action.VIEW_AUDIT}

MAY: Mapping[Role, frozenset[Action]] = {
    Role.OWNER: frozenset(Action),
    Role.ADMINISTRATOR: _SEES
    | {
        Action.MANAGE_MEMBERS,
        Action.MANAGE_ACCOUNTS,
        Action.COMMENT,
        Action.VIEW_AUDIT,
        Action.SIGN_HEAD,
    },
    Role.ACCOUNTANT: _RUNS_BOOKS,
    Role.BOOKKEEPER: _KEEPS_BOOKS,
    Role.REVIEWER: _SEES | {Action.COMMENT, Action.REVIEW, Action.VIEW_AUDIT},
    Role.CLIENT: frozenset({Action.VIEW_OWN, Action.RECEIVE_FILE, Action.COMMENT}),
    Role.AUDITOR: _SEES | {Action.VIEW_AUDIT},
    Role.INTEGRATION: _SEES | {Action.RECEIVE_FILE, Action.IMPORT, Action.MATCH},
}

CHANGES: frozenset[Action] = frozenset(Action) - {
    Action.VIEW,
    Action.VIEW_OWN,
    Action.VIEW_AUDIT,
}
"""The actions that change something; a role without any of them is read-only."""

GRANTS: Mapping[Role, frozenset[Role]] = {
    role: frozenset(Role)
    if role is Role.OWNER
    else frozenset(Role) - {Role.OWNER}
    if Action.MANAGE_MEMBERS in actions
    else frozenset()
    for role, actions in MAY.items()
}
"""Which roles a role may give to others: only an owner makes an owner."""


SYSTEM_ID = 0
"""In place of a member's id: the program itself, or its operator at the machine."""
SYSTEM_MAY = MAY[Role.INTEGRATION] | {Action.VIEW_AUDIT, Action.SIGN_HEAD}
"""What is done without a member: jobs read and match what came in, and every organisation's chain
is proved, signed and exported."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where."""

    member_id: int
    role: Role
    origin: str
    """As an audit event says it: `cli`, `web 203.0.113.7`, `job 12`."""
    is_active: bool = True
    """Whether the member has not left."""
    scopes: frozenset[Action] | None = None
    """For a program's token: the actions it may ask for; None for a person."""

    def __str__(self) -> str:
        return "system" if self.member_id == SYSTEM_ID else f"member:{self.member_id}"


def may(role: Role, action: Action) -> bool:
    """Whether the table says yes."""
    return action in MAY[role]


def allows(actor: Actor, action: Action) -> bool:
    """Whether `require` would let the actor do it."""
    is_asked = actor.scopes is None or action in actor.scopes
    is_able = action in SYSTEM_MAY if actor.member_id == SYSTEM_ID else may(actor.role, action)
    return actor.is_active and is_asked and is_able


def require(actor: Actor, action: Action) -> None:
    """Raise `AccessDenied` unless the actor is active and the table says yes."""
    if not actor.is_active:
        raise AccessDenied("access.denied", f"{actor}, who has left", "an active member")
    if actor.member_id == SYSTEM_ID:
        if action not in SYSTEM_MAY:
            raise AccessDenied("access.denied", f"the system ({action})", "a member")
    elif not may(actor.role, action):
        able = ", ".join(role for role in Role if may(role, action))
        raise AccessDenied("access.denied", f"the role {actor.role} ({action})", f"one of {able}")
    if actor.scopes is not None and action not in actor.scopes:
        raise AccessDenied(
            "access.scope", f"a token for {', '.join(sorted(actor.scopes)) or 'nothing'}", action
        )


def require_any(actor: Actor, *actions: Action) -> None:
    """One of them is enough; what the last one lacks is told."""
    if not any(allows(actor, each) for each in actions):
        require(actor, actions[-1])


def require_grant(actor: Actor, role: Role) -> None:
    """Raise `AccessDenied` unless the actor may make somebody that role."""
    require(actor, Action.MANAGE_MEMBERS)
    if role not in GRANTS[actor.role]:
        raise AccessDenied(
            "access.denied", f"the role {actor.role} giving the role {role}", "an owner"
        )


def require_owner_left(other_owners: int) -> None:
    """Raise `AccessDenied` when an organisation would be left without an owner."""
    if other_owners < 1:
        raise AccessDenied("access.last-owner", "the only owner", "another owner who stays")


PROGRAM_MAY = MAY[Role.INTEGRATION]
"""What a token carries that one member makes for another: files in, runs started, results read."""


def token_scopes(
    scopes: Iterable[Action], maker_id: int | None, member_id: int
) -> frozenset[Action]:
    """What of these scopes holds: all in one's own name, in another's what a program may.

    Whoever makes a token knows it: with a reviewer's, one person would prepare and review. So
    nobody decides or signs by a token that another made (`maker_id`; None: made before that was
    noted).
    """
    asked = frozenset(scopes)
    return asked if maker_id == member_id else asked & PROGRAM_MAY


def require_other_eyes(preparer_id: int, reviewer_id: int) -> None:
    """Raise `AccessDenied` when one person would review what they prepared."""
    if preparer_id == reviewer_id:
        raise AccessDenied(
            "access.four-eyes",
            f"member:{reviewer_id}, who prepared it",
            "another person as reviewer",
        )
