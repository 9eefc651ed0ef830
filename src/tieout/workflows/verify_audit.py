"""`verify_audit`: an organisation's whole chain, proved event by event against its heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.audit import ChainId, Finding, Head, verify
from tieout.signatures import is_signed_by
from tieout.store.audit.chain import events, heads, tail_of
from tieout.workflows.acting import Caller, acting


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found."""

    event_count: int
    head_count: int
    """Signed heads that were proved with a key that was given."""
    findings: tuple[Finding, ...]
    unproved_heads: tuple[int, ...]
    """Numbers of the events whose signed heads no given key has signed, or not like this."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings and not self.unproved_heads


def verify_audit(caller: Caller, *, keys: Mapping[str, bytes], now: datetime) -> Verified:
    """Prove the chain. `keys` are the public keys that are trusted, by their id."""
    with acting(caller, Action.VIEW_AUDIT, "verify_audit", now) as act:
        organisation_id = caller.organisation_id
        tail = tail_of(organisation_id)
        proved: list[Head] = []
        unproved = []
        for kept in heads(organisation_id):
            head, key = kept.to_core(), keys.get(kept.key_id)
            if key is not None and is_signed_by(key, head, bytes(kept.signature)):
                proved.append(head)
            else:
                unproved.append(kept.sequence)
        findings = verify(events(organisation_id), ChainId(str(organisation_id)), proved, tail)
        count = tail.sequence if tail else 0
        verified = Verified(count, len(proved), findings, tuple(unproved))
        if verified.is_sound:
            act.record(f"organisation:{organisation_id}", after={"events": count, "findings": 0})
        else:
            told = [str(each) for each in findings[:20]]
            act.follow_up("audit_not_sound", findings=told, unproved_heads=unproved)
    return verified
