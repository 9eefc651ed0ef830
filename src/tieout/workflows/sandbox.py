"""`make_sandbox`, `promote_settings`: settings are tried in a copy, and come back once proved.

A sandbox is an organisation of its own. It has the settings of the original, and its records when
asked; of the members only the caller is active in it, and no channel has an address.
"""

from datetime import datetime
from uuid import UUID

from tieout.core.access import Action, Actor, Role
from tieout.core.errors import NotFound
from tieout.store.banking.models import ReceivedFile
from tieout.store.closing.models import Books
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Decision
from tieout.store.tenancy.models import Member, Sandbox
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.apply_settings import apply_settings
from tieout.workflows.copy_books import copy_books
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.keep_settings import keep_version, latest_version
from tieout.workflows.mask import COPIED, SPECIAL, Copy
from tieout.workflows.propose_settings import Proposed, propose
from tieout.workflows.proved_settings import document_of, require_proved
from tieout.workflows.replay import note_state
from tieout.workflows.standing_settings import read_settings, standing_settings


def make_sandbox(caller: Caller, *, name: str, with_data: bool, now: datetime) -> Caller:
    """The copy, called as its owner; `with_data`: with lines, entries and decisions, unmasked."""
    with acting(caller, Action.MANAGE_ORGANISATION, "make_sandbox", now) as act:
        settings = read_settings(latest_version(act).document)
        me = Member.objects.get(id=caller.member_id)
        owner = create_organisation(
            name=name,
            owner_email=me.email,
            owner_name=me.name,
            person_id=me.person_id,
            origin=caller.origin,
            now=now,
        )
        counts = _copied(caller, owner, now) if with_data else {}
        with tenant(owner.organisation_id):
            there = Act(owner, Actor(owner.member_id, Role.OWNER, owner.origin), act.verb, now)
            note_state(there)
            latest_version(there)
            made_of = apply_settings(there, settings)
            version = keep_version(there, standing_settings())
            there.record(
                str(version),
                after={
                    "original": f"organisation:{caller.organisation_id}",
                    "changes": list(map(str, made_of)),
                },
            )
        made = Sandbox.objects.create(
            organisation_id=caller.organisation_id,
            name=name.strip(),
            copy=owner.organisation_id,
            made_by=me,
            made_at=now,
        )
        act.keeps(made)
        act.record(
            str(made), after={"copy": f"organisation:{owner.organisation_id}", "copied": counts}
        )
    return owner


def promote_settings(caller: Caller, *, sandbox_id: UUID, reason: str, now: datetime) -> Proposed:
    """The settings of the caller's sandbox are to hold here, once a run there has proved them.

    `sandbox_id` is the id of the sandbox as an organisation.
    """
    with acting(caller, Action.MANAGE_ACCOUNTS, "promote_settings", now) as act:
        sandbox = Sandbox.objects.filter(copy=sandbox_id).first()
        if sandbox is None:
            raise NotFound("store.not-found", f"organisation:{sandbox_id}", "a sandbox of yours")
        document = document_of(sandbox)
        require_proved(sandbox, document)
        return propose(act, read_settings(document), reason, sandbox)


def _copied(caller: Caller, owner: Caller, now: datetime) -> dict[str, int]:
    """How many rows of each table were copied."""
    special = {
        Member: lambda _: {"person_id": None, "left_at": now},
        ReceivedFile: SPECIAL[ReceivedFile],
        Decision: SPECIAL[Decision],
    }
    copy = Copy(caller.organisation_id, owner.organisation_id, None, special)
    copy.became[Member] = {caller.member_id: owner.member_id}
    counts = {model._meta.label_lower: copy.take(model) for model in COPIED}
    counts["snapshots"] = copy_books(caller, owner, copy.became[Books], None, now)
    return counts
