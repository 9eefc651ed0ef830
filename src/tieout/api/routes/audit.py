"""The audit chain: its events as they were recorded, and its proof."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import Out
from tieout.workflows.verify_audit import verify_audit

router = Router(tags=["audit"])


class FindingOut(Out):
    """Something that is wrong with the chain."""

    said: str


class VerifiedOut(Out):
    """What a verification found."""

    is_sound: bool
    event_count: int
    head_count: int
    """Signed heads that were proved."""
    findings: list[FindingOut]
    unproved_heads: list[int]
    """Numbers of events whose signed heads no known key has signed."""


@router.post("/audit/verify", response=VerifiedOut)
def verify(request: Request) -> VerifiedOut:
    """Prove the whole chain, event by event. The proof itself is recorded."""
    found = verify_audit(request.caller, keys={}, now=request.at)
    return VerifiedOut(
        is_sound=found.is_sound,
        event_count=found.event_count,
        head_count=found.head_count,
        findings=[FindingOut(said=str(each)) for each in found.findings],
        unproved_heads=list(found.unproved_heads),
    )
