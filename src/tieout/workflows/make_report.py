"""`ask_report`, `make_report`: a file of large books, made by a worker while nobody waits."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path

from tieout.core.access import Action
from tieout.core.errors import Conflict, InvalidInput, NotFound
from tieout.core.explain.books import SubLedger
from tieout.core.jobs import Task
from tieout.files.ledger_reporting import Asked, ReportKind
from tieout.formats.common.source import Source
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.ask_run import access_run, wanted
from tieout.workflows.kept_with_books import keep_with_books
from tieout.workflows.progress import report
from tieout.workflows.set_books import access_books
from tieout.workflows.take_snapshot import newest_snapshot
from tieout.workflows.views.ledger_reports import check_asked, ledger_report
from tieout.workflows.views.report_files import (
    MADE,
    ExplanationForm,
    FileMade,
    ReportForm,
    explanation_file,
    report_file,
)

EXPLANATION = "explanation"
"""In place of a report's kind: the whole explanation of the newest snapshot."""


@dataclass(frozen=True, slots=True)
class ReportKept:
    """A report as a file that was kept."""

    file_id: int
    name: str
    sha256: str


def ask_report(  # noqa: PLR0913  which report of what, by name
    caller: Caller,
    *,
    books_id: int,
    report: str,
    form: str,
    ledger: SubLedger = SubLedger.AR,
    asked: Asked | None = None,
    snapshot_id: int | None = None,
    now: datetime,
) -> int:
    """Have a worker make a report of books and keep it as a file; the run.

    Args:
        caller: Who may view.
        books_id: The books.
        report: The report's kind, or `explanation`.
        form: `csv`, `json`, `xlsx`, `pdf`; of the explanation one of the last two.
        ledger: Of a report, which.
        asked: The question.
        snapshot_id: The newest when none is named.
        now: The instant.

    Raises:
        InvalidInput: `command.invalid` where there is no such report or form.
        Conflict: `job.not-possible` where another report of these books waits for a worker.
    """
    forms = set(ExplanationForm) if report == EXPLANATION else set(ReportForm)
    if report not in {EXPLANATION, *ReportKind} or form not in forms:
        expected = f"{', '.join(ReportKind)} or {EXPLANATION}; {', '.join(sorted(forms))}"
        raise InvalidInput("command.invalid", f"the report {report!r} as {form!r}", expected)
    question = asked or Asked()
    check_asked(question)
    with acting(caller, Action.VIEW, "ask_report", now) as act:
        books = access_books(books_id)
        newest = newest_snapshot(books_id)
        if newest is None:
            raise NotFound("store.not-found", f"no snapshot of {books.name}", "its files")
        arguments: dict[str, int | str] = {
            "books_id": books_id,
            "report": report,
            "form": form,
            "ledger": ledger.value,
            "snapshot_id": snapshot_id or newest.pk,
            **_said(question),
        }
        task = Task.MAKE_REPORT
        run = wanted(caller.organisation_id, task, arguments, caller.asked_by_id, now)
        if access_run(run).arguments != arguments:
            expected = "one at a time: ask again once a worker has it"
            raise Conflict("job.not-possible", "another report that waits", expected)
        act.record(f"job_run:{run}", after={"task": str(task), "arguments": arguments})
    return run


def make_report(caller: Caller, *, arguments: Mapping[str, object], now: datetime) -> ReportKept:
    """Make what `ask_report` asked for, as the member who asked, and keep it with the books.

    Raises:
        NotFound: The books, the snapshot or the member are no longer there.
        TieoutError: The files cannot be read, or a total is not what the books say.
    """
    by = as_asker(caller)
    books_id, snapshot_id = (int(str(arguments[each])) for each in ("books_id", "snapshot_id"))
    with looking(by, Action.VIEW):
        access_books(books_id)
    report("reading the books")
    made = _made(by, books_id, snapshot_id, arguments)
    report("keeping the file")
    with (
        tempfile.TemporaryDirectory(prefix="tieout-") as root,
        acting(by, Action.VIEW, "make_report", now) as act,
    ):
        stem, _, ending = made.name.rpartition(".")
        path = Path(root) / "report"
        path.write_bytes(made.content)
        source = Source(f"{stem} {now:%Y%m%d %H%M%S}.{ending}", path=path)
        file = keep_with_books(act, books_id, source, f"{MADE}{snapshot_id}", of=MADE)
        act.record(
            f"received_file:{file.pk}",
            after={
                "books": f"books:{books_id}",
                "snapshot": f"snapshot:{snapshot_id}",
                "arguments": {name: str(value) for name, value in arguments.items()},
                "sha256": source.sha256,
            },
        )
    return ReportKept(file.pk, file.name, source.sha256)


def as_asker(caller: Caller) -> Caller:
    """A worker as the member who asked, with that member's role of now."""
    return replace(caller, member_id=caller.asked_by_id or caller.member_id, caused_by_id=None)


def _made(
    caller: Caller, books_id: int, snapshot_id: int, arguments: Mapping[str, object]
) -> FileMade:
    if arguments["report"] == EXPLANATION:
        form = ExplanationForm(str(arguments["form"]))
        return explanation_file(caller, books_id=books_id, form=form, is_waited_for=False)
    made = ledger_report(
        caller,
        books_id=books_id,
        kind=ReportKind(str(arguments["report"])),
        ledger=SubLedger(str(arguments["ledger"])),
        asked=_asked(arguments),
        snapshot_id=snapshot_id,
        is_waited_for=False,
    )
    return report_file(made, ReportForm(str(arguments["form"])))


def _said(asked: Asked) -> dict[str, int | str]:
    """A question as a run keeps it: what is as usual is left out."""
    made: dict[str, int | str] = {}
    for each in fields(asked):
        value = getattr(asked, each.name)
        if value != each.default:
            made[each.name] = value.isoformat() if isinstance(value, date) else value
    return made


def _asked(arguments: Mapping[str, object]) -> Asked:
    """The question again."""
    given: dict[str, object] = {}
    for each in fields(Asked):
        value = arguments.get(each.name)
        if value is not None:
            is_day = each.name in {"as_at", "known_at", "known_from", "since"}
            given[each.name] = date.fromisoformat(str(value)) if is_day else value
    return Asked(**given)  # type: ignore[arg-type]
