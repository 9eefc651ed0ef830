"""`export_audit`: an organisation's whole chain as a file that proves itself, streamed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import tieout
from tieout.core.access import Action
from tieout.core.audit import GENESIS, ChainId
from tieout.core.audit_file import End, written
from tieout.store.audit.chain import heads, whole
from tieout.workflows.acting import Caller, acting


@contextmanager
def export_audit(
    caller: Caller, *, keys: Mapping[str, bytes], reason: str = "", now: datetime
) -> Iterator[Iterator[bytes]]:
    """The lines of the export, read from the database as they are taken.

    Who exported is the chain's next event; it is kept only if the block ends without an error.
    """
    with acting(caller, Action.VIEW_AUDIT, "export_audit", now) as act:
        organisation_id = caller.organisation_id
        signed = [each.with_signature() for each in heads(organisation_id)]
        tail, events = whole(organisation_id)
        end = End(tail.sequence, tail.hash) if tail else End(0, GENESIS)
        yield written(
            chain=ChainId(str(organisation_id)),
            exported_at=now,
            program=f"tieout {tieout.__version__}",
            keys=dict(keys),
            heads=signed,
            events=events,
            end=end,
        )
        act.record(
            f"organisation:{organisation_id}",
            reason=reason,
            after={"events": end.sequence, "hash": end.hash.hex()},
        )
