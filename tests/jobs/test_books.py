"""A new snapshot of books explains itself, unless somebody has said when."""

from uuid import uuid4

import pytest

from tests.jobs.at_hand import work_off
from tests.store.closing_rows import a_snapshot, an_explanation
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, imported, organisation
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.alerts import AlertKind
from tieout.core.errors import InvalidInput
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.store.closing.models import Snapshot
from tieout.store.operations.models import Alert, JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.ask_run import ask_run
from tieout.workflows.look_at_runs import runs
from tieout.workflows.progress import reporting_to
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.set_schedule import set_schedule
from tieout.workflows.views.closing import books_list, books_state
from tieout.workflows.views.closing_kept import explained_runs

FILES = files_of(DEMO)
MORE = FILES | {"rates.csv": FILES["rates.csv"] + b"\n"}


@pytest.fixture
def desk(store: Store) -> Closing:
    made = Closing(FILES)
    work_off(store, made.owner)
    return made


@pytest.mark.req("R084")
def test_a_new_snapshot_is_explained_by_itself(store: Store, desk: Closing) -> None:
    assert desk.take(MORE).is_new
    assert books_list(desk.owner, now=NOW)[0].waits
    done = work_off(store, desk.owner)
    assert done.count("run_job") == 2  # explained, looked for alerts
    shown = {each.task: each for each in runs(desk.owner, now=NOW)}["explain_books"]
    assert (shown.state, shown.subject) == ("succeeded", f"books:{desk.books_id}")
    assert shown.count_in == shown.count_out == desk.run.item_count
    assert len(explained_runs(desk.owner, books_id=desk.books_id).rows) == 2
    assert not books_state(desk.owner, books_id=desk.books_id, now=NOW).waits


def test_a_page_and_the_snapshot_itself_ask_for_one_run_whoever_comes_first(
    store: Store, desk: Closing
) -> None:
    taken = desk.take(MORE)
    arguments = {"books_id": desk.books_id, "snapshot_id": taken.snapshot_id}

    def asked() -> int:
        return ask_run(desk.owner, task=Task.EXPLAIN_BOOKS, arguments=arguments, now=NOW)

    run = asked()
    with tenant(desk.owner.organisation_id):
        JobRun.objects.filter(id=run).update(state="running", started_at=NOW, lease=uuid4())
    work_off(store, desk.owner)
    assert asked() == run, "it works on that snapshot already"
    assert [each.task for each in runs(desk.owner, now=NOW)].count("explain_books") == 2
    other = ask_run(
        desk.owner, task=Task.EXPLAIN_BOOKS, arguments={"books_id": desk.books_id}, now=NOW
    )
    assert other != run, "again, because somebody wants it"


def test_books_that_are_kept_to_a_time_wait_for_it(store: Store, desk: Closing) -> None:
    set_schedule(
        desk.owner,
        task=Task.EXPLAIN_BOOKS,
        arguments={"books_id": desk.books_id},
        every=Every.DAILY,
        now=NOW,
    )
    desk.take(MORE)
    work_off(store, desk.owner)
    assert books_list(desk.owner, now=NOW)[0].waits
    ask_run(desk.owner, task=Task.EXPLAIN_BOOKS, arguments={"books_id": desk.books_id}, now=NOW)
    work_off(store, desk.owner)
    assert not books_list(desk.owner, now=NOW)[0].waits


def test_files_that_cannot_be_explained_fail_the_run_and_say_why(
    store: Store, desk: Closing
) -> None:
    desk.take({name: content for name, content in FILES.items() if name != "periods.csv"})
    work_off(store, desk.owner)
    shown = runs(desk.owner, now=NOW)
    [failed] = [each for each in shown if each.task == "explain_books" and each.state == "failed"]
    assert failed.error_code == "books.file-missing"
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    assert state.run is not None
    assert state.run.run_id == desk.run.run_id  # the last that could be explained stays
    with tenant(desk.owner.organisation_id):
        assert Alert.objects.filter(kind=AlertKind.JOB_FAILED, resolved_at__isnull=True).exists()


@pytest.mark.usefixtures("store")
def test_what_is_unexplained_is_an_alert() -> None:
    owner = organisation()
    imported(owner, SEPTEMBER)
    with tenant(owner.organisation_id):
        an_explanation(a_snapshot(owner, NOW), NOW, cause=UNEXPLAINED)
    raise_alerts(owner.organisation_id, origin="test", now=NOW)
    with tenant(owner.organisation_id):
        told = Alert.objects.get(kind=AlertKind.UNEXPLAINED, resolved_at__isnull=True)
        assert told.text == (
            "Main books: more is unexplained at September 2026 than is allowed: AR 1.00."
        )
        an_explanation(Snapshot.objects.get(), NOW)
    raise_alerts(owner.organisation_id, origin="test", now=NOW)
    with tenant(owner.organisation_id):
        assert not Alert.objects.filter(resolved_at__isnull=True).exists()


def test_a_run_says_how_far_it_is(desk: Closing) -> None:
    desk.take(MORE)
    told: list[str] = []
    with reporting_to(lambda step, _done, _of: told.append(step)):
        desk.explain()
    assert told[0] == "reading the books"
    assert told[-1] == "recording"


def test_only_a_task_with_its_books_is_asked_for(desk: Closing) -> None:
    with pytest.raises(InvalidInput):
        set_schedule(desk.owner, task=Task.IMPORT_FILE, every=Every.DAILY, now=NOW)
