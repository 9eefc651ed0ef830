"""`sign_head`: where the chain stands now, signed, so that a rewritten chain shows."""

from datetime import datetime

from tieout.core.access import Action
from tieout.core.audit import ChainId, Head
from tieout.core.errors import NotFound
from tieout.signatures import key_id, public_key_of, signed
from tieout.store.audit.chain import tail_of
from tieout.store.audit.models import SignedHead
from tieout.workflows.acting import Caller, acting


def sign_head(caller: Caller, *, key: bytes, now: datetime) -> Head:
    """The head, kept with its signature. The signing itself is the next event of the chain."""
    with acting(caller, Action.VIEW_AUDIT, "sign_head", now) as act:
        tail = tail_of(caller.organisation_id)
        if tail is None:
            raise NotFound("store.not-found", "a chain without events", "at least one event")
        head = Head(ChainId(str(caller.organisation_id)), tail.sequence, tail.hash, now)
        name = key_id(public_key_of(key))
        SignedHead.objects.create(
            organisation_id=caller.organisation_id,
            sequence=head.sequence,
            hash=head.hash,
            at=now,
            key_id=name,
            signature=signed(key, head),
        )
        act.record(f"audit_event:{head.sequence}", after={"hash": head.hash.hex(), "key": name})
    return head
