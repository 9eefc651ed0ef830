"""`verify_audit`: an organisation's whole chain, proved event by event against its heads."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tieout.core.access import Action
from tieout.core.audit import ChainId, Verified, is_sound, verify
from tieout.signatures import HeadsSaid, proved_heads
from tieout.store.audit.chain import heads, whole
from tieout.workflows.acting import Caller, acting

__all__ = ["Verified", "chain_verified", "verify_audit"]


def verify_audit(caller: Caller, *, keys: Mapping[str, bytes], now: datetime) -> Verified:
    """Prove the chain. `keys` are the public keys that are trusted, by their id."""
    with acting(caller, Action.VIEW_AUDIT, "verify_audit", now) as act:
        organisation_id = caller.organisation_id
        found = chain_verified(organisation_id, keys)
        if found.is_sound:
            after = {"events": found.event_count, "findings": 0}
            act.record(f"organisation:{organisation_id}", after=after)
        else:
            told = [str(each) for each in found.findings[:20]]
            unproved = list(found.unproved_heads)
            act.follow_up("audit_not_sound", findings=told, unproved_heads=unproved)
    return found


def chain_verified(organisation_id: UUID, keys: Mapping[str, bytes]) -> Verified:
    """What a chain is found to be, in the organisation's own transaction.

    One pass says whether all is well and keeps nothing; only if not, a second one names it.
    """
    chain = ChainId(str(organisation_id))
    signed = [each.with_signature() for each in heads(organisation_id)]
    proved, unproved = proved_heads(signed, keys)
    said = HeadsSaid()
    tail, events = whole(organisation_id)
    if is_sound(said.watching(events), chain, proved, tail):
        return Verified(said.event_count, len(proved), (), unproved, said.lost(signed))
    said = HeadsSaid()
    tail, events = whole(organisation_id)
    findings = verify(said.watching(events), chain, proved, tail)
    count = tail.sequence if tail else 0
    return Verified(count, len(proved), findings, unproved, said.lost(signed))
