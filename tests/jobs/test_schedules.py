"""Schedules under a clock that the test sets: each due time runs once, missed ones together."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings

from tests.jobs.at_hand import waiting, work_off
from tests.store.databases import Store
from tests.store.firms import NOW, organisation
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.look_at_runs import runs
from tieout.workflows.set_schedule import schedules_of, set_schedule, start_due

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[dict[str, datetime]]:
    at = {"now": NOW}
    earlier, settings.CLOCK = settings.CLOCK, lambda: at["now"]
    yield at
    settings.CLOCK = earlier


def verified(caller: Caller) -> int:
    """How many runs there were, all of them well."""
    found = [each for each in runs(caller, limit=500, now=NOW) if each.task == "verify_audit"]
    assert {each.state for each in found} <= {"succeeded"}, [each.error for each in found]
    return len(found)


@pytest.mark.req("R023", "R049")
@pytest.mark.parametrize(
    ("every", "cron", "span", "times"),
    [
        (Every.HOURLY, "", 6 * HOUR, 6),
        (Every.DAILY, "", 5 * DAY, 5),
        (Every.WEEKLY, "", 21 * DAY, 3),
        (Every.CRON, "0 8 * * mon-fri", 7 * DAY, 5),
        (Every.MANUAL, "", 3 * DAY, 0),
    ],
)
def test_it_runs_as_often_as_it_says(  # noqa: PLR0917  cases and fixtures
    store: Store, clock: dict[str, datetime], every: Every, cron: str, span: timedelta, times: int
) -> None:
    caller = organisation()
    set_schedule(
        caller, task=Task.VERIFY_AUDIT, every=every, at=time(8), cron=cron, zone="Europe/Paris",
        now=NOW,
    )  # fmt: skip
    step = HOUR if span < DAY else DAY
    while clock["now"] < NOW + span:
        clock["now"] += step
        work_off(store, caller, until=clock["now"])
    assert verified(caller) == times


@pytest.mark.req("R022")
def test_missed_runs_are_made_up_for_once(store: Store, clock: dict[str, datetime]) -> None:
    caller = organisation()
    set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.DAILY, now=NOW)
    clock["now"] = NOW + 10 * DAY  # the server was off
    work_off(store, caller, until=clock["now"])
    assert verified(caller) == 1
    (shown,) = schedules_of(caller)
    assert shown.next_due_at is not None
    assert clock["now"] < shown.next_due_at <= clock["now"] + DAY


def test_a_due_time_is_started_once_and_not_after_it_was_changed(store: Store) -> None:
    caller = organisation()
    made = set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.DAILY, now=NOW)
    (first,) = schedules_of(caller)
    due = first.next_due_at
    assert due is not None
    org = caller.organisation_id
    started = [start_due(org, schedule_id=made, due_at=due, now=due) for _ in range(3)]
    assert [each is not None for each in started] == [True, False, False]
    set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.MANUAL, now=NOW)
    later = [
        args for _, name, args in waiting(store, caller, until=due + DAY) if name == "start_due"
    ]
    assert len(later) == 2
    for args in later:
        at = datetime.fromisoformat(args["at"])
        assert start_due(org, schedule_id=made, due_at=at, now=at) is None


@pytest.mark.usefixtures("store")
def test_a_schedule_is_refused_with_what_is_wrong() -> None:
    caller = organisation()
    wrong: list[dict[str, Any]] = [
        {"task": Task.VERIFY_AUDIT, "every": Every.CRON, "cron": "nonsense"},
        {"task": Task.VERIFY_AUDIT, "every": Every.DAILY, "zone": "Europe/Atlantis"},
        {"task": Task.IMPORT_FILE, "every": Every.DAILY},
    ]
    for named in wrong:
        with pytest.raises(InvalidInput) as raised:
            set_schedule(caller, now=NOW, **named)
        assert raised.value.code == "schedule.invalid"
    bookkeeper = add_member(caller, email="b@example.org", role=Role.BOOKKEEPER, now=NOW)
    with pytest.raises(AccessDenied):
        set_schedule(bookkeeper, task=Task.VERIFY_AUDIT, every=Every.DAILY, now=NOW)
