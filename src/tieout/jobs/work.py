"""The tasks by name: each calls its verb and says what went in and what came out."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from tieout.core.jobs import Counts, Task
from tieout.workflows.acting import Caller
from tieout.workflows.ask_tries import TryKind, make_tries
from tieout.workflows.explain_books import explain_books
from tieout.workflows.import_changes import Effect
from tieout.workflows.import_file import import_file
from tieout.workflows.make_report import make_report
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.reconcile import reconcile
from tieout.workflows.replay import replay
from tieout.workflows.run_job import Work
from tieout.workflows.try_import import keep_trial
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.verify_stored import verify_stored

KEPT_WORK = "kept-work"
"""Below the home: what explaining large books keeps between runs, a folder for each books."""
Arguments = Mapping[str, object]


def number(arguments: Arguments, name: str) -> int:
    """The argument of that name, which is a row's number."""
    value = arguments[name]
    assert isinstance(value, int)
    return value


def file_imported(caller: Caller, arguments: Arguments, now: datetime) -> Counts:
    kind = arguments.get("kind")
    done = import_file(
        caller,
        file_id=number(arguments, "file_id"),
        kind="books" if kind == "books" else "statements" if kind == "statements" else None,
        account=str(arguments.get("account", "")),
        as_tried=str(arguments.get("as_tried", "")),
        now=now,
    )
    held = done.held_count + sum(each.code == "entry.changed" for each in done.problems)
    return Counts(done.kept_count + held, done.kept_count, held)


def import_tried(caller: Caller, arguments: Arguments, now: datetime) -> Counts:
    done = keep_trial(caller, arguments=arguments, now=now)
    count = sum(done.counts.values())
    held = sum(many for name, many in done.counts.items() if name.startswith(Effect.HELD))
    return Counts(count, count - held, held)


def reconciled(caller: Caller, arguments: Arguments, now: datetime) -> Counts:
    done = reconcile(caller, reconciliation_id=number(arguments, "reconciliation_id"), now=now)
    records = done.left_count + done.right_count
    return Counts(records, records)


def books_explained(caller: Caller, arguments: Arguments, now: datetime) -> Counts:
    books_id = number(arguments, "books_id")
    done = explain_books(caller, books_id=books_id, now=now, keep=settings.HOME / KEPT_WORK)
    return Counts(done.item_count, done.item_count)


def report_made(caller: Caller, arguments: Arguments, now: datetime) -> Counts:
    make = make_tries if arguments.get("report") in set(TryKind) else make_report
    make(caller, arguments=arguments, now=now)
    return Counts(1, 1)


def audit_verified(caller: Caller, _: Arguments, now: datetime) -> Counts:
    done = verify_audit(caller, keys=settings.TRUSTED_KEYS(), now=now)
    verify_stored(caller, now=now)
    replay(caller, now=now)
    return Counts(done.event_count, done.event_count)


def alerts_raised(caller: Caller, _: Arguments, now: datetime) -> Counts:
    raise_alerts(caller.organisation_id, origin=caller.origin, now=now)
    return Counts()


WORK: Mapping[Task, Work] = {
    Task.IMPORT_FILE: file_imported,
    Task.TRY_IMPORT: import_tried,
    Task.RECONCILE: reconciled,
    Task.EXPLAIN_BOOKS: books_explained,
    Task.MAKE_REPORT: report_made,
    Task.VERIFY_AUDIT: audit_verified,
    Task.RAISE_ALERTS: alerts_raised,
}
