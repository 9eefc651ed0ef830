"""The log of jobs: filtered, kept as a table, and what fails again and again seen at once."""

import csv
import io
from datetime import timedelta
from typing import cast

import pytest
from django.conf import settings
from django.http import StreamingHttpResponse
from django.urls import reverse

from tests.store.firms import organisation
from tests.web.test_probe import client_of
from tieout.core.access import Role
from tieout.core.jobs import RunState, Task, Trend, trend
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.look_at_runs import RunFilter, recurring, runs

pytestmark = pytest.mark.usefixtures("store")
BAD_FILE = "file.unknown-format"


def failed(caller: Caller, task: Task, code: str, days_ago: int, subject: str = "") -> None:
    """A run that ended badly, so many days ago."""
    at = settings.CLOCK() - timedelta(days=days_ago, minutes=1)
    with tenant(caller.organisation_id):
        JobRun.objects.create(
            organisation_id=caller.organisation_id,
            task=task,
            subject=subject,
            state=RunState.FAILED,
            asked_at=at,
            finished_at=at,
            error_code=code,
            error=f"{code}, {days_ago} days ago",
        )


@pytest.fixture
def logged() -> Caller:
    """Ten files refused for one reason, more often of late; and one failure of another kind."""
    caller = organisation("Log")
    for number, days_ago in enumerate([50, 30, 20, 15, 12, 9, 6, 4, 2, 1]):
        failed(caller, Task.IMPORT_FILE, BAD_FILE, days_ago, f"received_file:{number}")
    failed(caller, Task.RECONCILE, "match.identity-broken", 3)
    return caller


@pytest.mark.req("R071")
def test_ten_failures_of_one_cause_are_one_row_with_a_count_and_a_trend(logged: Caller) -> None:
    (row,) = recurring(logged, now=settings.CLOCK())
    assert (row.task, row.code, row.count) == (Task.IMPORT_FILE, BAD_FILE, 10)
    assert row.weeks == (1, 0, 0, 1, 0, 2, 2, 4)
    assert row.trend is Trend.RISING
    assert row.error == f"{BAD_FILE}, 1 days ago"
    assert row.next_step
    assert recurring(organisation("Elsewhere"), now=settings.CLOCK()) == []


def test_more_often_less_often_or_neither() -> None:
    assert trend((0, 0, 1, 1)) is Trend.RISING
    assert trend((2, 1, 1, 0)) is Trend.FALLING
    assert trend((2, 1, 1, 2)) is Trend.STEADY
    assert trend((0, 0)) is Trend.STEADY


@pytest.mark.req("R054")
def test_the_log_is_filtered_by_work_code_and_record_and_its_export_is_the_view(
    logged: Caller,
) -> None:
    client = client_of(logged, Role.BOOKKEEPER)
    page = reverse("runs", args=[logged.organisation_id])
    now = settings.CLOCK()
    for asked, where, count in (
        ({}, RunFilter(), 11),
        ({"task": "import_file"}, RunFilter(task=Task.IMPORT_FILE), 10),
        ({"code": "match.identity-broken"}, RunFilter(code="match.identity-broken"), 1),
        ({"subject": "received_file:3"}, RunFilter(subject="received_file:3"), 1),
        ({"state": "succeeded"}, RunFilter(state=RunState.SUCCEEDED), 0),
    ):
        seen = client.get(page, asked).content.decode()
        kept = cast("StreamingHttpResponse", client.get(page, asked | {"format": "csv"}))
        rows = list(csv.DictReader(io.StringIO(kept.getvalue().decode("utf-8-sig"))))
        assert len(rows) == count
        assert [int(each["run"]) for each in rows] == [
            each.run_id for each in runs(logged, where=where, now=now)
        ]
        assert all(f'class="amount">{each["run"]}</td>' in seen for each in rows)
        assert ("No job is like that" in seen) == (count == 0)
    assert client.get(page, {"task": "nonsense"}).status_code == 400
