"""`verify_stored`: everything kept of an organisation, proved again: balances, links and hashes.

The audit chain says that nothing was done unseen (`verify_audit`); this says that what is there
still holds. PostgreSQL proves each row when it is written, so a fault means that somebody, or a
disk, went round the rules.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tieout.core.access import Action
from tieout.store.banking.models import ReceivedFile
from tieout.store.banking.parts import parts_of
from tieout.workflows.acting import Caller, acting
from tieout.workflows.reread import reread_faults

TOLD = 20
"""Faults that an alert carries."""


@dataclass(frozen=True, slots=True)
class StoredProof:
    """What was proved again, and what was found wrong."""

    rule_count: int
    """Proofs, keys and checks of PostgreSQL that every row was held against."""
    file_count: int
    """Received files whose bytes were hashed again."""
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all that is kept holds."""
        return not self.faults


def verify_stored(caller: Caller, *, is_source_reread: bool = False, now: datetime) -> StoredProof:
    """Prove balances, links and hashes of all that is kept; a fault is named, never mended.

    `is_source_reread`: every file is read again too, and what came of it compared (`reread`).
    """
    with acting(caller, Action.VIEW_AUDIT, "verify_stored", now) as act:
        with connection.cursor() as cursor:
            cursor.execute("select what, fault from tieout_prove_again()")
            rules: list[tuple[str, str | None]] = cursor.fetchall()
        files = list(_files())
        faults = [f"{what}: {fault}" for what, fault in rules if fault]
        faults += [fault for fault in files if fault]
        if is_source_reread:
            faults += reread_faults()
        done = StoredProof(len(rules), len(files), tuple(faults))
        if done.is_sound:
            after = {"rules": done.rule_count, "files": done.file_count, "faults": 0}
            act.record(f"organisation:{caller.organisation_id}", after=after)
        else:
            act.follow_up("stored_not_sound", findings=faults[:TOLD])
    return done


def _files() -> Iterator[str]:
    """For each received file what is wrong with it, or nothing."""
    for file in ReceivedFile.objects.order_by("id").iterator():
        digest = hashlib.sha256()
        size = 0
        for part in parts_of(file):
            digest.update(part)
            size += len(part)
        kept, stated = digest.digest(), bytes(file.sha256)
        if kept == stated:
            yield ""
            continue
        hashes = f"hash to {kept.hex()[:16]}…, those received to {stated.hex()[:16]}…"
        yield f"received_file:{file.pk} ({file.name}): its {size:,} bytes {hashes}"
