"""Daily mode with intraday deltas: three days under a clock that the test sets."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_decisions import Desk, booked
from tests.web.test_control_accounts import changed, signed_in
from tieout.core.access import Role
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.formats.common.source import Source
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Reconciliation
from tieout.workflows.look_at_runs import runs
from tieout.workflows.receive_file import receive_file
from tieout.workflows.record_entries import record_entries
from tieout.workflows.set_schedule import schedules_of, set_schedule
from tieout.workflows.take_snapshot import take_snapshot
from tieout.workflows.views.deltas import (
    Delta,
    account_deltas,
    books_deltas,
    reconciliation_deltas,
)
from tieout.workflows.views.settings import export_settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
FILES = files_of(DEMO)
PENNY = changed(FILES)
"""The debtors' control account has a penny more: found by nobody but the next run."""


@pytest.fixture
def clock() -> Iterator[dict[str, datetime]]:
    at = {"now": FIRST}
    earlier, settings.CLOCK = settings.CLOCK, lambda: at["now"]
    yield at
    settings.CLOCK = earlier


class Days:
    """Books that are explained daily at six, and whenever new files come in between."""

    def __init__(self, store: Store, clock: dict[str, datetime], every: Every) -> None:
        self.store, self.clock = store, clock
        self.desk = Closing(FILES)
        self.caller = self.desk.owner
        self.before = 0
        work_off(store, self.caller)
        self.before = self.explained()
        set_schedule(
            self.caller,
            task=Task.EXPLAIN_BOOKS,
            arguments={"books_id": self.desk.books_id},
            every=every,
            at=time(6),
            now=clock["now"],
        )

    def until(self, at: datetime) -> None:
        """The clock goes on by hours, and workers do what is due."""
        while self.clock["now"] < at:
            self.clock["now"] += HOUR
            work_off(self.store, self.caller, until=self.clock["now"])

    def drop(self, files: dict[str, bytes]) -> None:
        """New files come in, now."""
        received = {
            name: receive_file(
                self.caller, source=Source(name, content), now=self.clock["now"]
            ).file_id
            for name, content in files.items()
        }
        books_id, now = self.desk.books_id, self.clock["now"]
        take_snapshot(self.caller, books_id=books_id, files=received, now=now)
        work_off(self.store, self.caller, until=now)

    def explained(self) -> int:
        """How many jobs have explained the books, all of them well."""
        shown = runs(self.caller, limit=200, now=self.clock["now"])
        found = [each for each in shown if each.task == "explain_books"]
        assert {each.state for each in found} <= {"succeeded"}, [each.error for each in found]
        return len(found) - self.before

    def deltas(self) -> list[Delta]:
        """The debtors', the newest run first."""
        found = books_deltas(self.caller, books_id=self.desk.books_id, zone=UTC, limit=20)
        return [each for each in found if each.called.startswith("Sales")]


@pytest.mark.req("R117")
def test_books_are_explained_each_day_and_at_each_delta_between(
    store: Store, clock: dict[str, datetime]
) -> None:
    days = Days(store, clock, Every.DAILY_INTRADAY)
    days.until(FIRST + 9 * HOUR)
    morning = days.explained()
    assert morning == 1  # at six; nothing had come in
    [begun] = days.deltas()

    days.drop(PENNY)
    assert days.explained() == morning + 1  # not tomorrow: at once
    first, *_ = days.deltas()
    assert first.at == clock["now"]
    assert first.change_minor is not None
    assert abs(first.change_minor) == 1
    assert first.difference_minor == begun.difference_minor + first.change_minor
    assert (first.new_count, first.new_minor - first.gone_minor) == (1, first.change_minor)

    days.until(FIRST + 15 * HOUR)
    days.drop(FILES)  # taken back in the afternoon
    second, *_ = days.deltas()
    assert second.change_minor == -first.change_minor
    assert (second.gone_count, second.difference_minor) == (1, begun.difference_minor)

    days.until(FIRST + DAY + 10 * HOUR)
    assert days.explained() == morning + 3  # the second day's at six: the same files, no new run
    days.drop(PENNY)
    third, *_ = days.deltas()
    assert third.day_change_minor == third.change_minor == first.change_minor

    days.until(FIRST + 2 * DAY + 10 * HOUR)
    newest, *_ = days.deltas()
    assert newest.run_id == third.run_id  # the third day brings nothing
    assert days.explained() == morning + 5  # three mornings, and as many deltas, less this one's
    days.drop(FILES | {"rates.csv": FILES["rates.csv"] + b"\n"})
    last, *_ = days.deltas()
    assert last.day_change_minor == last.change_minor == -first.change_minor
    (shown,) = [each for each in schedules_of(days.caller) if each.task is Task.EXPLAIN_BOOKS]
    assert shown.next_due_at == FIRST + 3 * DAY + 6 * HOUR
    assert 'every = "daily-intraday"' in export_settings(days.caller)


@pytest.mark.req("R117")
def test_daily_alone_waits_for_the_morning_and_then_says_what_the_day_brought(
    store: Store, clock: dict[str, datetime]
) -> None:
    days = Days(store, clock, Every.DAILY)
    days.until(FIRST + 9 * HOUR)
    days.drop(PENNY)
    assert days.explained() == 1
    days.until(FIRST + DAY + 7 * HOUR)
    assert days.explained() == 2
    newest, begun = days.deltas()
    assert newest.at == FIRST + DAY + 6 * HOUR
    assert newest.day_change_minor == newest.difference_minor - begun.difference_minor != 0


@pytest.mark.req("R117")
def test_a_reconciliation_says_what_moved_since_its_run_before(
    store: Store, clock: dict[str, datetime]
) -> None:
    desk = Desk()
    set_schedule(
        desk.owner,
        task=Task.RECONCILE,
        arguments={"reconciliation_id": desk.reconciliation_id},
        every=Every.DAILY_INTRADAY,
        at=time(6),
        now=NOW,
    )
    clock["now"] = NOW
    work_off(store, desk.owner, until=NOW)
    clock["now"] = NOW + HOUR
    charge = booked("b3", 30, -125, "Account charge")
    record_entries(desk.owner, source="books", entries=[charge], now=clock["now"])
    work_off(store, desk.owner, until=clock["now"])
    clock["now"] = NOW + DAY
    work_off(store, desk.owner, until=clock["now"])
    morning, intraday, *_ = reconciliation_deltas(
        desk.owner, reconciliation_id=desk.reconciliation_id, zone=UTC
    )
    assert (intraday.change_minor, intraday.gone_count, intraday.open_count) == (125, 1, 0)
    assert intraday.difference_minor == 0
    assert (morning.change_minor, morning.day_change_minor) == (0, 0)
    with tenant(desk.owner.organisation_id):
        account_id = Reconciliation.objects.get(id=desk.reconciliation_id).bank_account_id
    shown = account_deltas(desk.owner, account_id=account_id, zone=UTC, limit=2)
    assert shown == (morning, intraday)
    place = reverse("account", args=[desk.owner.organisation_id, account_id])
    page = signed_in(desk.owner, Role.AUDITOR).get(place)
    assert "Bank less books, run by run" in page.content.decode()
    assert "No run yet" not in page.content.decode()
