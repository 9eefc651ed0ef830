"""The main menu: what a member of that role has use for."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tieout.core.access import Action, may
from tieout.workflows.memberships import Membership

ENTRIES = (
    ("home", "Home", Action.VIEW_OWN),
    ("files", "Import", Action.VIEW_OWN),
    ("accounts", "Accounts", Action.VIEW),
    ("reconciliations", "Reconciliations", Action.VIEW),
    ("control_accounts", "Control accounts", Action.VIEW),
    ("open_items", "Open items", Action.VIEW),
    ("reports", "Reports", Action.VIEW),
    ("status", "Status", Action.VIEW),
    ("runs", "Runs", Action.VIEW),
    ("audit", "Audit", Action.VIEW_AUDIT),
    ("members", "Members", Action.MANAGE_MEMBERS),
    ("settings", "Settings", Action.MANAGE_ACCOUNTS),
)
"""Name of the address, words, and what one must be allowed to see it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the page shows it."""

    label: str
    address: str
    is_here: bool


def menu_of(request: HttpRequest, membership: Membership) -> list[Entry]:
    """The entries for this member; the one they are in is marked."""
    entries = []
    for name, label, action in ENTRIES:
        if not may(membership.role, action):
            continue
        try:
            address = reverse(name, args=[membership.organisation_id])
        except NoReverseMatch:
            continue
        is_here = request.path == address or (name != "home" and request.path.startswith(address))
        entries.append(Entry(label, address, is_here))
    return entries
