"""Books with one period and one difference, row by row: for tests that must try every table."""

from datetime import date, datetime

from tieout.core.explain.causes import UNEXPLAINED
from tieout.store.audit.chain import append
from tieout.store.banking.models import ReceivedFile
from tieout.store.closing.models import (
    Books,
    Case,
    CauseItem,
    Certification,
    Contribution,
    Difference,
    Explained,
    Look,
    Policy,
    Sample,
    SampledCase,
    Snapshot,
    SnapshotFile,
)
from tieout.workflows.acting import Caller


def a_closing(caller: Caller, now: datetime) -> Certification:
    """A sales ledger one euro above its control account, prepared; within a tenant."""
    org = caller.organisation_id
    snapshot = a_snapshot(caller, now)
    books = snapshot.books
    Policy.objects.create(
        organisation_id=org,
        books=books,
        ledger="AR",
        risk="low",
        due_days=5,
        unexplained_minor=0,
        automatic="off",
        sample_percent=10,
        reason="as agreed",
        set_by_id=caller.member_id,
        set_at=now,
    )
    run = an_explanation(snapshot, now)
    prepared = Certification.objects.create(
        organisation_id=org,
        books=books,
        ledger="AR",
        period=1,
        step="prepared",
        run=run,
        taken_by_id=caller.member_id,
        taken_at=now,
        sub_ledger_minor=500,
        control_minor=400,
        unexplained_minor=0,
    )
    a_sample(prepared, caller, now)
    return prepared


def a_sample(prepared: Certification, caller: Caller, now: datetime) -> Look:
    """The one case of such a preparation, drawn; somebody says that it is right."""
    org = prepared.organisation_id
    event = append(
        org, at=now, actor="test", origin="test", verb="prepare_period", subject=str(prepared)
    )
    sample = Sample.objects.create(
        organisation_id=org,
        certification=prepared,
        seed=event.hash,
        percent=10,
        most=25,
        population_count=1,
        population_minor=100,
    )
    case = Case.objects.get(books_id=prepared.books_id, name="SL1")
    SampledCase.objects.create(
        organisation_id=org, sample=sample, case=case, place=1, size_minor=100, is_above=False
    )
    return Look.objects.create(
        organisation_id=org,
        sample=sample,
        case=case,
        verdict="right",
        looked_by_id=caller.member_id,
        looked_at=now,
    )


def a_snapshot(caller: Caller, now: datetime) -> Snapshot:
    """Books of one file, the first that was received."""
    org = caller.organisation_id
    books = Books.objects.create(organisation_id=org, name="Main books")
    file = ReceivedFile.objects.order_by("id")[0]
    snapshot = Snapshot.objects.create(
        organisation_id=org,
        books=books,
        content_hash="0" * 64,
        taken_by_id=caller.member_id,
        taken_at=now,
    )
    SnapshotFile.objects.create(
        organisation_id=org,
        snapshot=snapshot,
        name="nominal.csv",
        file=file,
        sha256=file.sha256,
        size=file.size,
    )
    return snapshot


def an_explanation(
    snapshot: Snapshot, now: datetime, *, sub_ledger_minor: int = 500, cause: str = "missing"
) -> Explained:
    """A run with one difference, one cause and one item; the control account has 4.00."""
    apart = sub_ledger_minor - 400
    org = snapshot.organisation_id
    run = Explained.objects.create(
        organisation_id=org,
        books_id=snapshot.books_id,
        snapshot=snapshot,
        started_at=now,
        program="tieout",
        engine="reference",
        period=1,
        currency="EUR",
        exponent=2,
        ledgers=[
            {"ledger": "AR", "last_matched": 0, "offsetting_minor": 0, "infinite_minor": None}
        ],
    )
    nothing = ("sub_ledger", "control", "difference", "movement", "size", "unexplained")
    Difference.objects.create(
        organisation_id=org,
        run=run,
        ledger="AR",
        period=0,
        called="before the first period",
        is_closed=False,
        item_count=0,
        unexplained_count=0,
        **{f"{each}_minor": 0 for each in nothing},
    )
    Difference.objects.create(
        organisation_id=org,
        run=run,
        ledger="AR",
        period=1,
        called="September 2026",
        begins_on=date(2026, 9, 1),
        ends_on=date(2026, 9, 30),
        is_closed=True,
        sub_ledger_minor=sub_ledger_minor,
        control_minor=400,
        difference_minor=apart,
        movement_minor=apart,
        item_count=1,
        size_minor=abs(apart),
        unexplained_count=int(cause == UNEXPLAINED),
        unexplained_minor=abs(apart) if cause == UNEXPLAINED else 0,
    )
    cell = {"ledger": "AR", "cause": cause, "account": "44100//", "currency": "EUR"}
    Contribution.objects.create(organisation_id=org, run=run, period=1, amount_minor=apart, **cell)
    case, _ = Case.objects.get_or_create(
        organisation_id=org,
        books_id=snapshot.books_id,
        ledger="AR",
        name="SL1",
        defaults={"first_run": run, "first_seen_at": now},
    )
    CauseItem.objects.create(
        organisation_id=org,
        run=run,
        case=case,
        amount_minor=apart,
        begins=1,
        rank=1,
        differs="presence",
        document={"id": "SL1"},
        sentence="Invoice SL1 was never posted.",
        action="Run the posting again.",
        **cell,
    )
    return run
