"""The store and its pages, as a small and a large organisation meet them.

Import against a bare COPY; every page at a thousand and at a million lines, in turn, by their 95th
percentiles; ten thousand confirmations at once; fifty people at work; backup and restore.
"""

import json
import logging
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.visits import BEGIN, NOW, VISITS, House, client_of, pages_of, visited
from tieout.store.postgres.server import OWNER, SUPERUSER, EmbeddedServer

SMALL, LARGE = 1_000, 1_000_000
GROUPS, PEOPLE, ROUNDS = 10_000, 50, 3
SEED = 20261122
IMPORT_MAX, PAGE_MAX = 4.0, 2.0


def run(folder: Path, sizes: tuple[int, ...]) -> dict[str, object]:
    """All of it on a server of its own; the first size is the large organisation's."""
    large = sizes[0] if sizes else LARGE
    with _site(folder) as home:
        rows: dict[str, object] = {"lines": large, "import": _imported(folder, large)}
        print("  import:", rows["import"], flush=True)
        houses = _houses(folder, large)
        _analysed()
        rows["pages"] = visited(houses)
        rows["confirm_all"] = _confirmed_all(houses["large"])
        print("  confirm all:", rows["confirm_all"], flush=True)
        rows["people"] = _people(houses)
        print("  people:", rows["people"], flush=True)
        rows["backup"] = _backup(home, folder)
    taken: Any = rows
    return {
        **rows,
        "holds": {
            f"import of {large:,} lines within {IMPORT_MAX} times a bare COPY": taken["import"][
                "ratio"
            ]
            <= IMPORT_MAX,
            f"every page at {large:,} lines within {PAGE_MAX} times that at {SMALL:,}": all(
                each["ratio"] <= PAGE_MAX for each in taken["pages"]
            ),
            f"{PEOPLE} people at once without an error": taken["people"]["errors"] == 0,
        },
    }


@contextmanager
def _site(folder: Path) -> Iterator[Path]:
    os.environ["TIEOUT_HOME"] = str(folder / "home")
    from tieout.config.database import opened  # Django is set up by it
    from tieout.config.environment import Environment

    for each in (folder, folder.parent):  # the embedded server has an account of its own
        each.chmod(each.stat().st_mode | 0o011)
    environment = Environment.of()
    with opened(environment):
        from django.conf import settings

        settings.CLOCK = lambda: NOW
        logging.getLogger("tieout").setLevel(logging.WARNING)  # a line a request is not the work
        yield environment.home


def _table(path: Path, lines: int) -> int:
    """A bank's CSV; the sum of its amounts in cents."""
    chance = Random(SEED)  # noqa: S311  a world, not a secret
    total = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("Date,Description,Amount,Currency,Reference\n")
        for number in range(lines):
            day = BEGIN + timedelta(days=number * 2000 // lines)
            cents = chance.randrange(-500_000, 500_000) or 1
            total += cents
            whole, rest = divmod(abs(cents), 100)
            sign = "-" if cents < 0 else ""
            name = f"PARTY {chance.randrange(5000)} LTD"
            file.write(f"{day},{name} INV {number},{sign}{whole}.{rest:02},EUR,R{number}\n")
    return total


def _imported(folder: Path, lines: int) -> dict[str, object]:
    """One file through the verbs, and its rows by bare COPY, in turn; the middle one of the ratios.

    The bare COPY fills a logged table of the same columns with a primary key, and nothing else.
    """
    path = folder / "bank.csv"
    expected = _table(path, lines)
    rounds = sorted(
        (_imported_once(folder, path, (lines, expected), number) for number in range(ROUNDS)),
        key=lambda each: each["ratio"],
    )
    path.unlink()
    return {**rounds[ROUNDS // 2], "ratios": [each["ratio"] for each in rounds]}


def _imported_once(
    folder: Path, path: Path, expected: tuple[int, int], number: int
) -> dict[str, float]:
    from django.db import connection
    from django.db.models import Case, Count, F, Sum, When

    from tieout.formats.common.source import Source
    from tieout.store.banking.models import BankLine
    from tieout.store.postgres.tenant import tenant
    from tieout.workflows.create_organisation import create_organisation
    from tieout.workflows.import_statement import import_statement
    from tieout.workflows.receive_file import receive_file

    caller = create_organisation(
        name=f"Import {number}", owner_email="o@example.org", origin="bench", now=NOW
    )
    began = time.perf_counter()
    received = receive_file(caller, source=Source(path.name, path=path), now=NOW)
    kept = time.perf_counter()
    imported = import_statement(caller, file_id=received.file_id, account="NL55", now=NOW)
    done = time.perf_counter()
    with tenant(caller.organisation_id):
        signed = Case(When(direction="credit", then=F("amount_minor")), default=-F("amount_minor"))
        found = BankLine.objects.aggregate(count=Count("id"), sum=Sum(signed))
        assert (found["count"], found["sum"]) == expected
        rows = folder / "rows.copy"
        with connection.cursor() as cursor, rows.open("wb") as file:
            whole = f"select * from banking_bankline where account_id = {imported.account_ids[0]}"
            with cursor.copy(f"copy ({whole}) to stdout") as copy:
                for block in copy:
                    file.write(block)
    bare, plainest = _bare(rows, ", primary key (id)"), _bare(rows, "")
    rows.unlink()
    return {
        "receive_seconds": round(kept - began, 2),
        "import_seconds": round(done - kept, 2),
        "copy_seconds": round(bare, 2),
        "copy_without_key_seconds": round(plainest, 2),
        "ratio": round((done - began) / bare, 2),
        "lines_per_second": round(expected[0] / (done - began)),
    }


def _bare(rows: Path, key: str) -> float:
    """Seconds of a bare COPY of those rows into a table with that key, without any other rule."""
    import psycopg

    with psycopg.connect(_owner()) as plain:
        plain.execute(f"create table bare (like banking_bankline{key})")
        plain.commit()
        began = time.perf_counter()
        with plain.cursor().copy("copy bare from stdin") as copy, rows.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        plain.commit()
        seconds = time.perf_counter() - began
        plain.execute("drop table bare")
    return seconds


def _houses(folder: Path, large: int) -> dict[str, House]:
    """Both organisations; those of an earlier run in the same folder (`--work`) are used again."""
    from tieout.workflows.acting import Caller

    kept = folder / f"houses-{large}.json"
    if kept.exists():
        told = json.loads(kept.read_text(encoding="utf-8"))
        return {
            name: House(Caller(UUID(org), member, "bench"), *rest)
            for name, (org, member, *rest) in told.items()
        }
    _housekeeping(is_on=False)
    sizes = {"small": SMALL, "large": large}
    houses = {name: _house(folder, name, size) for name, size in sizes.items()}
    _housekeeping(is_on=True)
    told = {
        name: [str(each.caller.organisation_id), each.caller.member_id, *astuple(each)[1:]]
        for name, each in houses.items()
    }
    kept.write_text(json.dumps(told), encoding="utf-8")
    print("  houses are filled", flush=True)
    return houses


def _house(folder: Path, name: str, lines: int) -> House:
    """An organisation with that many lines, a fourth of them in suggested groups."""
    from benchmarks.stored import filled

    path = folder / f"{name}.csv"
    _table(path, lines)
    return House(*filled(name, path, NOW))


def _housekeeping(*, is_on: bool) -> None:
    """Whether the database counts its tables by itself.

    When it does so while a large organisation's books are put there in one transaction, it sees
    pages without rows, and the keys of what follows are planned for a nearly empty table.
    """
    import psycopg

    with psycopg.connect(_address(SUPERUSER), autocommit=True) as plain:
        plain.execute(f"alter system set autovacuum = {'on' if is_on else 'off'}")
        plain.execute("select pg_reload_conf()")


def _analysed() -> None:
    """What the database's own housekeeping does within minutes: no page waits for its writing."""
    import psycopg

    with psycopg.connect(_address(SUPERUSER), autocommit=True) as plain:
        plain.execute("vacuum analyze")
        plain.execute("checkpoint")


def _owner() -> str:
    """How the owner of the tables connects."""
    return _address(OWNER)


def _address(role: str) -> str:
    from tieout.config.environment import Environment

    return EmbeddedServer(Environment.of().home).address(role).conninfo


def _confirmed_all(house: House) -> dict[str, object]:
    """Ten thousand groups confirmed by one act."""
    from django.db.models import Sum

    from tieout.store.postgres.tenant import tenant
    from tieout.store.reconciliation.models import Decision, MatchGroup
    from tieout.workflows.decide_many import confirm_groups

    with tenant(house.caller.organisation_id):
        decided = Decision.objects.filter(group_id__isnull=False).values("group_id")
        waiting = MatchGroup.objects.filter(
            run__reconciliation_id=house.reconciliation_id, status="suggested"
        ).exclude(id__in=decided)
        ids = list(waiting.order_by("-id").values_list("id", flat=True)[:GROUPS])
        total = MatchGroup.objects.filter(id__in=ids).aggregate(sum=Sum("left_minor"))["sum"]
        before = Decision.objects.count()
    began = time.perf_counter()
    confirm_groups(
        house.caller,
        reconciliation_id=house.reconciliation_id,
        group_ids=ids,
        expected_count=len(ids),
        expected_total_minor=int(total),
        now=NOW,
    )
    seconds = time.perf_counter() - began
    with tenant(house.caller.organisation_id):
        assert Decision.objects.count() == before + len(ids)
    return {"groups": len(ids), "seconds": round(seconds, 2)}


def _people(houses: dict[str, House]) -> dict[str, object]:
    """Fifty people, each looking at every page in an order of their own; all at once."""
    from django.db import connections

    each_of = list(houses.values())
    clients = [(each_of[n % 2], client_of(each_of[n % 2], n + 1)) for n in range(PEOPLE)]
    times: list[float] = []
    errors: list[str] = []

    def work(number: int) -> None:
        house, client = clients[number]
        pages = pages_of(client, house)
        names = [name for name in pages if name not in {"confirm", "undo", "status"}]
        Random(number).shuffle(names)  # noqa: S311  as above
        for name in names[:8]:
            began = time.perf_counter()
            try:
                status, _ = pages[name](number % VISITS)
                if status != 200:
                    errors.append(f"{name}: {status}")
            except Exception as error:  # noqa: BLE001  counted, not hidden
                errors.append(f"{name}: {error}")
            times.append((time.perf_counter() - began) * 1000)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(PEOPLE)]
    began = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - began
    if errors:
        print("  ", errors[:5])
    return {
        "people": PEOPLE,
        "pages": len(times),
        "errors": len(errors),
        "pages_per_second": round(len(times) / seconds, 1),
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
    }


def _backup(home: Path, folder: Path) -> dict[str, object]:
    """A backup of all of it, and its restore into an empty home."""
    from tieout.keeping.backup import take_backup
    from tieout.keeping.restore import restore_backup
    from tieout.keeping.site import Site

    out = folder / "site.backup"
    began = time.perf_counter()
    take_backup(Site(home), out, now=NOW)
    taken = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as elsewhere:
        Path(elsewhere).chmod(0o711)
        restored = restore_backup(
            Site(Path(elsewhere) / "home"), out, replaces=False, keys={}, now=NOW
        )
        seconds = time.perf_counter() - taken
        assert all(chain.is_sound for chain in restored.chains.values())
    return {
        "megabytes": round(out.stat().st_size / 1e6),
        "backup_seconds": round(taken - began, 1),
        "restore_seconds": round(seconds, 1),
    }
