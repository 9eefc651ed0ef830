"""The actors of the campaign against killing: started in no time, because one process forks them.

`python -m tests.store.actors` reads a command a line: `worker`, `clerk NUMBER`, and answers with a
process id. A worker is what `tieout worker` runs. A clerk does what people do on the web: files
come in, books are kept, matches are confirmed; what was acknowledged is written down at once.
"""

import os
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tieout.config import database
from tieout.config.environment import Environment
from tieout.core.journal import JournalEntry, Posting
from tieout.core.money import Currency
from tieout.core.statements import Direction
from tieout.formats.common.source import Source
from tieout.store.postgres.address import Address

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller

FILE_LINES = 3


def main() -> None:
    environment = Environment.of()
    database.set_up(environment)
    database.connect(Address.of(environment.database_url))
    import tieout.jobs.worker  # noqa: F401, PLC0415  once for all who are forked
    from tieout.formats.registry import read_source  # noqa: PLC0415  as above

    read_source(Source("0.sta", statement_of(0)))  # what a reader loads, it has loaded

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        command, *words = line.split()
        child = os.fork()
        if child == 0:
            os.setsid()
            sys.stdin.close()
            try:
                if command == "worker":
                    worker()
                else:
                    clerk(UUID(words[0]), int(words[1]), int(words[2]), Path(words[3]))
            finally:
                os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def worker() -> None:
    from tieout.jobs.worker import work  # noqa: PLC0415  as above

    work(concurrency=2, heartbeat_seconds=0.4)


def clerk(organisation_id: UUID, member_id: int, number: int, acknowledged: Path) -> None:
    """File after file, from this number on, until killed."""
    from django.db import DatabaseError, InterfaceError, connection  # noqa: PLC0415  after set-up

    from tests.store.firms import NOW  # noqa: PLC0415  as above
    from tieout.workflows.acting import Caller  # noqa: PLC0415  as above
    from tieout.workflows.receive_file import receive_file  # noqa: PLC0415  as above
    from tieout.workflows.record_entries import record_entries  # noqa: PLC0415  as above

    caller = Caller(organisation_id, member_id, "clerk")
    with acknowledged.open("a", buffering=1) as told:
        while True:
            number += 1
            try:
                data = statement_of(number)
                done = receive_file(
                    caller, source=Source(f"{number}.sta", data), import_after=True, now=NOW
                )
                told.write(f"file {done.file_id}\n")
                record_entries(caller, source="books", entries=[entry_of(number)], now=NOW)
                told.write(f"entry {number}\n")
                decision = confirmed(caller)
                told.write(f"decision {decision}\n" if decision else "")
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(0.05)


def statement_of(number: int) -> bytes:
    """A statement with lines that no other has."""
    from tests.store.firms import line, statement  # noqa: PLC0415  after set-up

    lines = [line("0907", f"C{number},{place}0", f"INV {number}-{place}") for place in range(3)]
    closing = f"{3 * number},30"
    return statement(*lines, opening="0,00", closing=closing, number=number, days=("0901", "0930"))


def entry_of(number: int) -> JournalEntry:
    amount, eur = number * 100, Currency.of("EUR")
    return JournalEntry(
        entry_id=f"e{number}",
        booked_on=date(2026, 9, 7),
        narrative=f"INV {number}-0",
        postings=(
            Posting("bank", amount, Direction.DEBIT, eur),
            Posting("sales", amount, Direction.CREDIT, eur),
        ),
    )


def confirmed(caller: "Caller") -> int | None:
    """A line and a posting of the same amount that nobody has confirmed yet; the decision."""
    from tests.store.firms import NOW  # noqa: PLC0415  as above
    from tieout.core.errors import Conflict  # noqa: PLC0415  as above
    from tieout.store.banking.models import BankLine  # noqa: PLC0415  as above
    from tieout.store.ledger.models import Posting  # noqa: PLC0415  as above
    from tieout.store.postgres.tenant import tenant  # noqa: PLC0415  as above
    from tieout.store.reconciliation.models import (  # noqa: PLC0415  as above
        DecidedRecord,
        Reconciliation,
    )
    from tieout.workflows.decide import confirm_records  # noqa: PLC0415  as above

    with tenant(caller.organisation_id):
        reconciliation = Reconciliation.objects.first()
        taken = DecidedRecord.objects.filter(line__isnull=False).values("line_id")
        for each in BankLine.objects.exclude(id__in=taken).order_by("-id")[:9]:
            posting = Posting.objects.filter(
                account__code="bank", amount_minor=each.amount_minor
            ).first()
            if reconciliation and posting:
                break
        else:
            return None
    try:
        return confirm_records(
            caller,
            reconciliation_id=reconciliation.pk,
            line_ids=[each.pk],
            posting_ids=[posting.pk],
            now=NOW,
        )
    except Conflict:
        return None


if __name__ == "__main__":
    main()
