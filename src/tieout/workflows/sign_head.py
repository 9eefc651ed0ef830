"""`sign_head`, `sign_heads`: where chains stand now, signed, so that a rewritten chain shows."""

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError

from tieout.core.access import Action
from tieout.core.audit import ChainId, Head
from tieout.core.errors import NotFound
from tieout.signatures import SIGNING_VERB, key_id, public_key_of, signed
from tieout.store.audit.chain import chain_names, tail_of
from tieout.store.audit.models import SignedHead
from tieout.workflows.acting import Act, Caller, acting


def sign_head(caller: Caller, *, key: bytes, now: datetime) -> Head:
    """The head, kept with its signature. The signing itself is the next event of the chain."""
    with acting(caller, Action.SIGN_HEAD, SIGNING_VERB, now) as act:
        return _signed(act, key)


def sign_heads(*, key: bytes, origin: str, now: datetime) -> list[Head]:
    """The head of every organisation's chain, each in a transaction of its own, by the system.

    A chain that has been tampered with may take no further event: it is left out and stays
    unsigned, which its verification names, and the others are signed.
    """
    signed_heads = []
    for organisation_id in chain_names():
        caller = Caller.system(organisation_id, origin)
        with suppress(IntegrityError):
            signed_heads.append(sign_head(caller, key=key, now=now))
    return signed_heads


def _signed(act: Act, key: bytes) -> Head:
    organisation_id = act.caller.organisation_id
    act.alone("audit")
    tail = tail_of(organisation_id)
    if tail is None:
        raise NotFound("store.not-found", "a chain without events", "at least one event")
    head = Head(ChainId(str(organisation_id)), tail.sequence, tail.hash, act.at)
    name = key_id(public_key_of(key))
    made = SignedHead.objects.create(
        organisation_id=organisation_id,
        sequence=head.sequence,
        hash=head.hash,
        at=act.at,
        key_id=name,
        signature=signed(key, head),
    )
    act.keeps(made)
    act.record(f"audit_event:{head.sequence}", after={"hash": head.hash.hex(), "key": name})
    return head
