"""Books on the server: a snapshot explained whole, and what the database refuses of it."""

from collections.abc import Mapping

import pytest
from django.db import IntegrityError

import tieout
from tests.store.databases import Store
from tests.store.firms import NOW, organisation
from tests.store.ledgers import DEMO, Closing, files_of, zipped
from tests.store.test_proofs import constraint_of
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from tieout.core.explain.causes import UNEXPLAINED
from tieout.core.subjects import SubjectKind
from tieout.files.explained_words import headline
from tieout.formats.common.source import Source
from tieout.store.closing.models import (
    CauseItem,
    Contribution,
    Difference,
    Explained,
    Snapshot,
    SnapshotFile,
)
from tieout.store.postgres.tenant import tenant
from tieout.workflows.add_member import add_member
from tieout.workflows.comment import comment
from tieout.workflows.explain_books import explain_books
from tieout.workflows.receive_file import receive_file
from tieout.workflows.set_books import end_books, set_books
from tieout.workflows.take_snapshot import take_snapshot
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.closing import books_list, books_state
from tieout.workflows.views.closing_items import item, items
from tieout.workflows.views.closing_kept import explained_runs, snapshots
from tieout.workflows.views.closing_period import period_view
from tieout.workflows.views.trail import comments

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.req("R028", "R295")
def test_what_the_server_keeps_of_the_worked_example_is_what_explain_answers() -> None:
    made = tieout.explain(DEMO)
    desk = Closing(files_of(DEMO))
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    assert state.run is not None
    assert (state.run.snapshot, state.run.period) == (made.snapshot, made.period)
    assert [each.ledger for each in state.ledgers] == [each.ledger for each in made.ledgers]
    for answer, standing in zip(made.ledgers, state.ledgers, strict=True):
        difference = answer.explanation.difference()
        assert tuple(each.difference_minor for each in standing.periods) == difference
        assert standing.last_matched == answer.explanation.last_matched
        assert standing.infinite_minor == answer.infinite
        shown = period_view(
            desk.owner, books_id=desk.books_id, ledger=answer.ledger, period=made.period, now=NOW
        )
        assert some(shown.by_cause) == some(answer.explanation.by_cause())
        assert shown.sentence == headline(made, answer)
        assert shown.difference_by_period == difference
        assert shown.bars[-2].ends == shown.standing.control_minor
        assert len(shown.bars) == len(shown.bar_causes)
        largest = answer.items_at(made.period)[0]
        assert shown.largest is not None
        assert shown.largest.sentence == largest.sentence
        page = items(
            desk.owner, books_id=desk.books_id, ledger=answer.ledger, period=made.period, limit=1000
        )
        assert sorted(each.sentence for each in page.rows) == sorted(
            each.sentence for each in answer.items_at(made.period)
        )
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound


def some(rows: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {code: row for code, row in rows.items() if any(row)}


def test_an_item_shows_document_and_posting_with_the_differing_field_marked() -> None:
    desk = Closing(files_of(DEMO))
    page = items(desk.owner, books_id=desk.books_id, ledger="AR", period=desk_period(desk), limit=5)
    assert page.next_cursor is not None
    sizes = [abs(each.amount_minor) for each in page.rows]
    assert sizes == sorted(sizes, reverse=True)
    details = [item(desk.owner, item_id=each.item_id) for each in page.rows]
    marked = [one for each in details for one in each.fields if one.differs]
    assert marked
    assert all(one.document != one.posting for one in marked)
    assert all(each.item.first_seen_at == NOW for each in details)
    assert page.rows[0].case.kind is SubjectKind.CASE


def desk_period(desk: Closing) -> int:
    run = books_state(desk.owner, books_id=desk.books_id, now=NOW).run
    assert run is not None
    return run.period


def test_the_same_files_are_one_snapshot_however_they_come() -> None:
    desk = Closing(files_of(DEMO))
    files = files_of(DEMO)
    assert not desk.take(files).is_new
    assert not desk.take({"books.zip": zipped(files)}).is_new
    assert not desk.take({"books.zip": zipped(files, "export/")}).is_new
    again = desk.explain()
    assert (again.run_id, again.is_new) == (desk.run.run_id, False)
    assert again.item_count == desk.run.item_count
    other = files | {"sales_ledger.csv": files["sales_ledger.csv"] + b"\n"}
    assert desk.take(other).is_new
    assert desk.take(files).is_new  # back again: another snapshot, of the same hash
    assert len(snapshots(desk.owner, books_id=desk.books_id).rows) == 3


def test_books_from_an_archive_are_explained_alike() -> None:
    plain = Closing(files_of(DEMO))
    packed = Closing({"books.zip": zipped(files_of(DEMO), "2024/")}, "Timberline")
    assert packed.run.item_count == plain.run.item_count
    assert packed.run.ledgers == plain.run.ledgers


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "snapshot.invalid"),
        ({"notes.txt": b"x"}, "snapshot.invalid"),
        ({"../nominal.csv": b"x"}, "snapshot.invalid"),
        ({"b.zip": zipped({"../nominal.csv": b"x"})}, "snapshot.invalid"),
        ({"b.zip": zipped({"/nominal.csv": b"x"})}, "snapshot.invalid"),
        ({"b.zip": zipped({"a/nominal.csv": b"x", "b/nominal.csv": b"y"})}, "snapshot.invalid"),
        ({"b.zip": b"no archive"}, "file.damaged"),
    ],
    ids=["none", "strange", "above", "above-inside", "absolute", "twice", "damaged"],
)
def test_files_that_are_no_books_are_refused(files: dict[str, bytes], code: str) -> None:
    caller = organisation()
    books_id = set_books(caller, name="Main", now=NOW)
    received = {
        name: receive_file(caller, source=Source(name, content), now=NOW).file_id
        for name, content in files.items()
    }
    with pytest.raises(InvalidInput) as raised:
        take_snapshot(caller, books_id=books_id, files=received, now=NOW)
    assert raised.value.code == code
    with pytest.raises(NotFound, match="no snapshot"):
        explain_books(caller, books_id=books_id, now=NOW)


def test_books_of_another_system_are_read_by_their_mapping() -> None:
    caller = organisation()
    with pytest.raises(InvalidInput, match=r"match\.mapping-invalid"):
        set_books(caller, name="Main", mapping="[nothing]", now=NOW)
    desk = Closing(files_of(DEMO))
    mapping = '[sales_ledger]\nfile = "debtors.csv"\n'
    set_books(desk.owner, name="Main", mapping=mapping, books_id=desk.books_id, now=NOW)
    files = files_of(DEMO)
    files["debtors.csv"] = files.pop("sales_ledger.csv")
    assert desk.take(files).is_new
    assert desk.explain().item_count == desk.run.item_count


def test_books_have_a_name_of_their_own_and_can_end() -> None:
    desk = Closing(files_of(DEMO))
    with pytest.raises(Conflict, match="Main books"):
        set_books(desk.owner, name="Main books", now=NOW)
    end_books(desk.owner, books_id=desk.books_id, reason="sold", now=NOW)
    assert books_list(desk.owner, now=NOW) == ()
    with pytest.raises(Conflict, match="ended"):
        desk.explain()
    assert explained_runs(desk.owner, books_id=desk.books_id).rows
    set_books(desk.owner, name="Main books", books_id=desk.books_id, now=NOW)
    assert [each.name for each in books_list(desk.owner, now=NOW)] == ["Main books"]


@pytest.mark.req("R295")
def test_the_database_refuses_causes_that_do_not_add_up() -> None:
    desk = Closing(files_of(DEMO))
    with pytest.raises(IntegrityError, match="its causes add up to") as raised:
        with tenant(desk.owner.organisation_id):
            more = Contribution.objects.filter(ledger="AR").first()
            assert more is not None
            more.pk, more.cause, more.amount_minor = None, UNEXPLAINED, 1
            more.save(force_insert=True)
    assert constraint_of(raised.value) == "closing_explained_adds_up"
    with pytest.raises(IntegrityError, match="contributes"), tenant(desk.owner.organisation_id):
        one = CauseItem.objects.filter(ledger="AR").order_by("-rank").first()
        assert one is not None
        one.pk, one.rank = None, one.rank + 1
        one.save(force_insert=True)


def test_the_database_refuses_a_difference_that_is_none_and_a_run_of_nothing() -> None:
    desk = Closing(files_of(DEMO))
    org = desk.owner.organisation_id
    with pytest.raises(IntegrityError) as raised, tenant(org):
        row = Difference.objects.filter(ledger="AR").order_by("-period")[0]
        row.pk, row.period, row.difference_minor = None, row.period + 1, row.difference_minor + 1
        row.save(force_insert=True)
    assert constraint_of(raised.value) == "closing_difference_less"
    with pytest.raises(IntegrityError, match="its causes add up to 0"):
        with tenant(org):
            row = Difference.objects.exclude(difference_minor=0).order_by("-period")[0]
            row.pk, row.period = None, row.period + 1
            row.save(force_insert=True)
    with pytest.raises(IntegrityError, match="has no period"), tenant(org):
        run = Explained.objects.get()
        run.pk = None
        run.save(force_insert=True)


def test_snapshots_and_runs_are_never_changed(store: Store) -> None:
    Closing(files_of(DEMO))
    for model in (Snapshot, SnapshotFile, Explained, Difference, Contribution, CauseItem):
        with store.superuser() as plain, pytest.raises(Exception, match="never changed or removed"):
            plain.execute(f"delete from {model._meta.db_table}")


def test_what_is_said_of_a_case_stays_with_it_through_all_runs() -> None:
    desk = Closing(files_of(DEMO))
    period = desk_period(desk)
    first = items(desk.owner, books_id=desk.books_id, ledger="AR", period=period, limit=1).rows[0]
    comment(desk.owner, subject=first.case, text="the customer pays in May", now=NOW)
    desk.take(files_of(DEMO) | {"rates.csv": files_of(DEMO)["rates.csv"] + b"\n"})
    assert desk.explain().is_new
    later = items(desk.owner, books_id=desk.books_id, ledger="AR", period=period, limit=1).rows[0]
    assert later.item_id != first.item_id
    assert (later.case, later.first_seen_at) == (first.case, first.first_seen_at)
    assert [each.text for each in comments(desk.owner, subject=later.case)] == [
        "the customer pays in May"
    ]


def test_a_role_does_what_it_may_and_no_organisation_sees_anothers_books() -> None:
    desk = Closing(files_of(DEMO))
    auditor = add_member(desk.owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    assert books_list(auditor, now=NOW)
    for refused in (
        lambda: set_books(auditor, name="Other", now=NOW),
        lambda: take_snapshot(auditor, books_id=desk.books_id, files={}, now=NOW),
        lambda: explain_books(auditor, books_id=desk.books_id, now=NOW),
        lambda: desk.prepare(1, who=auditor),
        lambda: desk.review(1, who=auditor),
        lambda: desk.certify(1, who=auditor),
        lambda: desk.prepare(1, who=desk.reviewer),
    ):
        with pytest.raises(AccessDenied):
            refused()
    stranger = organisation("Timberline")
    assert books_list(stranger, now=NOW) == ()
    with pytest.raises(NotFound):
        books_state(stranger, books_id=desk.books_id, now=NOW)
    with pytest.raises(NotFound):
        explain_books(stranger, books_id=desk.books_id, now=NOW)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "a/b.csv", "a\\\\b.csv"])
def test_a_mapping_names_no_file_outside_the_books(name: str) -> None:
    caller = organisation()
    with pytest.raises(InvalidInput) as raised:
        set_books(caller, name="Main", mapping=f'[sales_ledger]\nfile = "{name}"\n', now=NOW)
    assert raised.value.code == "match.mapping-invalid"
    assert raised.value.expected == "the name of a file, without folders"
