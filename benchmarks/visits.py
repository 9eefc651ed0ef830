"""Each page of a small and a large organisation, visited in turn: time, queries, processor time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil

if TYPE_CHECKING:
    from django.test import Client

    from tieout.workflows.acting import Caller

VISITS = 100
"""A page is visited so often: a few stalls of the machine are then not its 95th percentile."""
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BEGIN = date(2020, 1, 1)
Ask = Callable[[int], tuple[int, str]]
"""Asks for a page, its status and text; the number makes each call another one."""


@dataclass(frozen=True)
class House:
    """An organisation of the benchmark."""

    caller: "Caller"
    account_id: int
    reconciliation_id: int
    lines: int


def client_of(house: House, number: int) -> "Client":
    from django.test import Client

    from tieout.core.access import Role
    from tieout.store.tenancy.models import Person
    from tieout.workflows.add_member import add_member

    email = (
        f"p{number}.{uuid4().hex}@{house.lines}.example.org"  # an earlier run may have left some
    )
    person = Person.objects.create(email=email, joined_at=NOW)
    add_member(house.caller, email=email, role=Role.ACCOUNTANT, person_id=person.pk, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def pages_of(client: "Client", house: House) -> dict[str, Ask]:
    """The pages, by name; the number makes each call another one."""
    from django.urls import reverse

    from tieout.store.postgres.tenant import tenant
    from tieout.store.reconciliation.models import MatchRun
    from tieout.workflows.views.groups import GroupFilter, groups

    org = house.caller.organisation_id
    with tenant(org):
        run = MatchRun.objects.latest("id").pk
    waiting = GroupFilter(status="suggested", undecided=True)
    found = groups(house.caller, run_id=run, where=waiting, limit=VISITS).rows
    ids = [each.group_id for each in found]
    queue = reverse("queue", args=[org, house.reconciliation_id])
    lines = reverse("lines", args=[org, house.account_id])

    def get(place: str, **query: str) -> tuple[int, str]:
        answer = client.get(place, query)
        return answer.status_code, answer.content.decode()

    def post(place: str) -> tuple[int, str]:
        answer = client.post(place, headers={"hx-request": "true"})
        return answer.status_code, answer.content.decode()

    undoing: dict[int, str] = {}

    def confirm(number: int) -> tuple[int, str]:
        """The group is confirmed; its row then says where that is undone."""
        status, text = post(reverse("confirm", args=[org, ids[number % len(ids)]]))
        undoing[number] = text.partition('data-undo="')[2].partition('"')[0]
        return status, text

    def far(place: str) -> Ask:
        """A page further down: the cursor of the page before, from the page itself."""
        cursors = [""]

        def asked(_: int) -> tuple[int, str]:
            status, text = get(place, **({"cursor": cursors[-1]} if cursors[-1] else {}))
            rest = text.partition("cursor=")[2]
            cursors.append(rest.partition('"')[0].partition("&")[0])
            return status, text

        return asked

    def on(number: int) -> dict[str, str]:
        day = str(BEGIN + timedelta(days=number))
        return {"from": day, "to": day}

    return {
        "home": lambda _: get(reverse("home", args=[org])),
        "status": lambda _: get(reverse("status", args=[org])),
        "analytics": lambda _: get(reverse("analytics", args=[org])),
        "effectiveness": lambda _: get(reverse("effectiveness", args=[org])),
        "history": lambda _: get(
            reverse("history", args=[org, "bank_account", str(house.account_id)])
        ),
        "accounts": lambda _: get(reverse("accounts", args=[org])),
        "account": lambda _: get(reverse("account", args=[org, house.account_id])),
        "lines": lambda _: get(lines),
        "lines, further down": far(lines),
        "lines of a day": lambda n: get(lines, **on(n)),
        "lines by words": lambda n: get(lines, q=f"PARTY {n}"),
        "lines by amount": lambda n: get(lines, least=f"{n + 1}.00", most=f"{n + 2}.00"),
        "reconciliation": lambda _: get(
            reverse("reconciliation", args=[org, house.reconciliation_id])
        ),
        "queue": lambda _: get(queue),
        "queue, further down": far(queue),
        "queue by words": lambda n: get(queue, q=f"PARTY {n}"),
        "open records": lambda _: get(reverse("unmatched", args=[org, run])),
        "open items": lambda _: get(reverse("open_items", args=[org])),
        "runs": lambda _: get(reverse("runs", args=[org])),
        "audit": lambda _: get(reverse("audit", args=[org])),
        "group": lambda n: get(reverse("group", args=[org, ids[n % len(ids)]])),
        "confirm": confirm,
        "undo": lambda n: post(undoing[n]),
    }


def visited(houses: dict[str, House]) -> list[dict[str, object]]:
    """Each page in turn in both organisations: milliseconds, queries, and processor time.

    A machine that does something else makes a page wait, not work: processor time is of this
    process and its database connection, and says which of them grew.
    """
    asked = {name: pages_of(client_of(house, 0), house) for name, house in houses.items()}
    rows: list[dict[str, object]] = []
    for page in asked["small"]:
        seen: dict[str, list[_Visit]] = {"small": [], "large": []}
        for number in range(VISITS):
            for name, visits in seen.items():
                visits.append(_visit_of(page, asked[name][page], number))
        row: dict[str, object] = {"page": page}
        for name, visits in seen.items():
            times = [each.ms for each in visits]
            row[f"{name}_ms"] = round(statistics.quantiles(times, n=20)[-1], 1)
            row[f"{name}_median_ms"] = round(statistics.median(times), 1)
            row[f"{name}_processor_ms"] = round(
                statistics.mean(each.processor_ms for each in visits), 1
            )
            row[f"{name}_queries"] = statistics.median(each.queries for each in visits)
        taken: Any = row
        row["ratio"] = round(taken["large_ms"] / taken["small_ms"], 2)
        row["processor_ratio"] = round(taken["large_processor_ms"] / taken["small_processor_ms"], 2)
        rows.append(row)
        print("  ", row, flush=True)
    return rows


@dataclass(frozen=True)
class _Visit:
    """What one page took."""

    ms: float
    processor_ms: float
    queries: int


def _visit_of(page: str, ask: Ask, number: int) -> _Visit:
    from django.db import connection

    queries = 0

    def counted(execute: Any, *asked: Any) -> Any:  # noqa: ANN401  Django's own
        nonlocal queries
        queries += 1
        return execute(*asked)

    before, began = _processor(), time.perf_counter()
    with connection.execute_wrapper(counted):
        status, _ = ask(number)
    ms = (time.perf_counter() - began) * 1000
    assert status == 200, (page, status)
    return _Visit(ms, (_processor() - before) * 1000, queries)


def _processor() -> float:
    """Seconds of this process and of its database connection's."""
    from django.db import connection

    connection.ensure_connection()
    spent = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return time.process_time() + float(spent.user + spent.system)
