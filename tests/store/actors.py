"""The actors of the campaign against killing: started in no time, because one process forks them.

`python -m tests.store.actors` reads a command a line and answers with a process id. A worker is
what `tieout worker` runs. A clerk does what people do on the web: files come in, books are kept,
matches are confirmed. A server answers programs; a program sends it files, has them imported and
matched, and comments on them: when the server dies, it asks again under the same idempotency key.
A keeper takes one backup after another. What was acknowledged is written down at once.
"""

import json
import os
import signal
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
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

    asked_of_nobody("/api/v1/openapi.json")
    asked_of_nobody("/account/login/")

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        command, *words = line.split()
        child = os.fork()
        if child == 0:
            os.setsid()
            sys.stdin.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # who starts programs sees how they end
            try:
                ACTORS[command](*words)
            except BaseException:  # noqa: BLE001  told, and the next one is started
                traceback.print_exc()
            finally:
                os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def asked_of_nobody(place: str) -> None:
    """What a server makes when it is first asked, it has made."""
    from django.db import connections  # noqa: PLC0415  as above
    from django.test import Client  # noqa: PLC0415  as above

    assert Client(SERVER_NAME="localhost").get(place).status_code == 200
    connections.close_all()


def worker() -> None:
    from tieout.jobs.worker import work  # noqa: PLC0415  as above

    work(concurrency=2, heartbeat_seconds=0.4)


def server(port: str) -> None:
    """The application, each request in a thread of its own."""
    from django.conf import settings  # noqa: PLC0415  after set-up
    from django.core.servers.basehttp import (  # noqa: PLC0415  as above
        ThreadedWSGIServer,
        WSGIRequestHandler,
    )
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  as above

    settings.API_RATE = 1_000_000
    made = ThreadedWSGIServer(("localhost", int(port)), WSGIRequestHandler)
    made.daemon_threads = True
    made.set_app(get_wsgi_application())
    made.serve_forever()


def program(port: str, token: str, reconciliation: str, first: str, acknowledged: str) -> None:
    """File after file through the API, until it is asked to end: then the last one is finished."""
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(1))
    number = int(first)

    def call(path: str, body: object) -> Any:  # noqa: ANN401  JSON
        try:
            return answered(f"http://localhost:{port}/api/v1{path}", token, f"{number}{path}", body)
        except urllib.error.HTTPError as refused:
            told.write(f"refused {refused.code}\n")
            raise

    with Path(acknowledged).open("a", buffering=1) as told:
        while not ending:
            number += 1
            file_id = call(f"/files?name=api-{number}.sta", statement_of(number))["id"]
            told.write(f"file {file_id.removeprefix('file_')}\n")
            call(f"/files/{file_id}/import", {})
            call("/comments", {"subject": file_id, "text": f"call {number}"})
            told.write(f"call {number}\n")
            if number % 3 == 0:
                call(f"/reconciliations/{reconciliation}/runs", {})


def answered(address: str, token: str, key: str, body: object) -> Any:  # noqa: ANN401  JSON
    """What the server says in the end; a refusal is a fault, and ends the program."""
    is_bytes = isinstance(body, bytes)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/octet-stream" if is_bytes else "application/json"
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key, "content-type": kind}
    asked = urllib.request.Request(address, data, headers)  # noqa: S310  ours
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  ours
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code < 500 and refused.code != 409:  # in progress: the killed one's lock
                sys.stderr.write(f"{address}: {refused.code} {refused.read().decode()}\n")
                raise
        except (OSError, HTTPException):
            pass
        time.sleep(0.05)


def keeper(home: str, out: str, acknowledged: str) -> None:
    """Backup after backup; while the database is dead there is none."""
    import psycopg  # noqa: PLC0415  after set-up

    from tests.store.firms import NOW  # noqa: PLC0415  as above
    from tieout.core.errors import TieoutError  # noqa: PLC0415  as above
    from tieout.keeping.backup import take_backup  # noqa: PLC0415  as above
    from tieout.keeping.site import Site  # noqa: PLC0415  as above

    with Path(acknowledged).open("a", buffering=1) as told:
        while True:
            try:
                take_backup(Site(Path(home)), Path(out), now=NOW)
                told.write("backup 1\n")
            except (TieoutError, psycopg.Error):
                pass
            time.sleep(0.3)


def clerk(organisation: str, member: str, first: str, acknowledged: str) -> None:
    """File after file, from this number on, until killed."""
    from django.db import DatabaseError, InterfaceError, connection  # noqa: PLC0415  after set-up

    from tests.store.firms import NOW  # noqa: PLC0415  as above
    from tieout.workflows.acting import Caller  # noqa: PLC0415  as above
    from tieout.workflows.receive_file import receive_file  # noqa: PLC0415  as above
    from tieout.workflows.record_entries import record_entries  # noqa: PLC0415  as above

    caller = Caller(UUID(organisation), int(member), "clerk")
    number = int(first)
    with Path(acknowledged).open("a", buffering=1) as told:
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
    """A statement with lines that no other has, of a day of September."""
    from tests.store.firms import line, statement  # noqa: PLC0415  after set-up

    day = f"09{day_of(number):02}"
    lines = [line(day, f"C{number},{place}0", f"INV {number}-{place}") for place in range(3)]
    closing = f"{3 * number},30"
    return statement(*lines, opening="0,00", closing=closing, number=number, days=("0901", "0930"))


def day_of(number: int) -> int:
    """Not all on one: an import looks at every line of its account on its days."""
    return 1 + number % 30


def entry_of(number: int) -> JournalEntry:
    amount, eur = number * 100, Currency.of("EUR")
    return JournalEntry(
        entry_id=f"e{number}",
        booked_on=date(2026, 9, day_of(number)),
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


ACTORS: dict[str, Callable[..., None]] = {
    "worker": worker, "clerk": clerk, "server": server, "program": program, "keeper": keeper,
}  # fmt: skip

if __name__ == "__main__":
    main()
