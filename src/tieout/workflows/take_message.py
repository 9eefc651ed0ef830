"""`take_message`: what follows from an act is asked for, once for each message of the outbox."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from tieout.core.jobs import Task
from tieout.core.schedules import AT_ONCE, Every
from tieout.store.banking.models import BankLine
from tieout.store.closing.models import Books
from tieout.store.ledger.models import Posting
from tieout.store.operations.models import OutboxMessage, Schedule
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import Reconciliation
from tieout.workflows.ask_run import wanted

Asked = tuple[Task, Mapping[str, int]]


def take_message(organisation_id: UUID, *, message_id: int, now: datetime) -> tuple[int, ...]:
    """The runs that the message asks for; none when it was taken before."""
    with tenant(organisation_id):
        message = (
            OutboxMessage.objects.select_for_update()
            .filter(id=message_id, taken_at__isnull=True)
            .first()
        )
        if message is None:
            return ()
        message.taken_at = now
        message.save(update_fields=["taken_at"])
        return tuple(
            wanted(organisation_id, task, arguments, message.caused_by_id, now)
            for task, arguments in _follows(message.kind, message.payload)
        )


def _follows(  # noqa: PLR0911  a line a kind of message
    kind: str, payload: Mapping[str, object]
) -> list[Asked]:
    """What is to run because of an act; most acts need nothing more than to be known."""
    match kind:
        case "file_received" if payload.get("import_after"):
            return [(Task.IMPORT_FILE, {"file_id": _number(payload["file_id"])})]
        case "statement_imported":
            accounts = payload.get("account_ids")
            known = accounts if isinstance(accounts, list) else []
            return _reconciliations(bank_account_id__in=known)
        case "entries_recorded":
            return _of_books(payload.get("source"))
        case "books_imported":
            return _of_books(payload.get("books"))
        case "snapshot_taken":
            return _books(_number(payload["books_id"]), _number(payload["snapshot_id"]))
        case "audit_not_sound" | "stored_not_sound" | "log_not_whole":
            return [(Task.RAISE_ALERTS, {})]
        case "match_run_finished" | "books_explained" | "period_signed":
            return [(Task.RAISE_ALERTS, {})]
    return []


def _of_books(source: object) -> list[Asked]:
    """Reconciliations whose account has postings of these books."""
    written = Posting.objects.filter(account_id=OuterRef("account_id"), entry__source=source)
    return _reconciliations(Exists(written))


def _reconciliations(*conditions: Exists, **fields: object) -> list[Asked]:
    """Those with something on both sides that are not kept to other times."""
    lines = BankLine.objects.filter(account_id=OuterRef("bank_account_id"))
    postings = Posting.objects.filter(account_id=OuterRef("account_id"))
    found = Reconciliation.objects.filter(
        Exists(lines), Exists(postings), *conditions, ended_at__isnull=True, **fields
    ).order_by("id")
    every = dict(Schedule.objects.filter(task=Task.RECONCILE).values_list("subject", "every"))
    return [
        (Task.RECONCILE, {"reconciliation_id": each.pk})
        for each in found
        if every.get(f"reconciliation:{each.pk}", Every.REAL_TIME) in AT_ONCE
    ]


def _books(books_id: int, snapshot_id: int) -> list[Asked]:
    """The books, where they are in use and not kept to other times."""
    scheduled = Schedule.objects.filter(task=Task.EXPLAIN_BOOKS, subject=f"books:{books_id}")
    every = scheduled.values_list("every", flat=True).first() or Every.REAL_TIME
    is_used = Books.objects.filter(id=books_id, ended_at__isnull=True).exists()
    is_asked = is_used and every in AT_ONCE
    arguments = {"books_id": books_id, "snapshot_id": snapshot_id}
    return [(Task.EXPLAIN_BOOKS, arguments)] if is_asked else []


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
