"""The part of an evidence pack about control accounts: periods, causes, items, who certified."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import tieout
from tieout.core.evidence_pack import Source
from tieout.core.explain.books import SubLedger
from tieout.core.explain.causes import title_of
from tieout.core.reports.report import Origin, Report, Section, day, money, number, prove, text
from tieout.core.spreadsheets import amount
from tieout.files.evidence_pack import PackWriter
from tieout.store.closing.models import Books, Certification, Difference, Explained
from tieout.store.closing.runs import newest_run, standing_items, steps_of
from tieout.workflows.acting import Caller
from tieout.workflows.evidence_samples import write_samples
from tieout.workflows.views.closing_period import PeriodView, period_view
from tieout.workflows.views.compliance import Compliance, compliance

ROWS = 2000
PERIOD_COLUMNS = (
    "books", "ledger", "period", "called", "ends on", "state", "due on", "timeliness",
    "sub-ledger", "control accounts", "difference", "unexplained", "currency", "items", "run",
    "snapshot", "sentence",
)  # fmt: skip
STEP_COLUMNS = (
    "certification", "books", "ledger", "period", "step", "who", "when (UTC)", "reason",
    "sub-ledger signed", "control accounts signed", "unexplained signed", "currency", "run",
    "snapshot",
)  # fmt: skip
ITEM_COLUMNS = (
    "item", "case", "cause", "account", "amount", "currency", "currency of the document",
    "from period", "until period", "first seen", "sentence", "action", "ids",
)  # fmt: skip
COMPLIANCE_COLUMNS = (
    "books", "ledger", "period", "risk", "due on", "timeliness", "state", "prepared by",
    "reviewed by", "certified by", "sent back", "suspended",
)  # fmt: skip
PERSON_COLUMNS = (
    "who", "prepared", "reviewed", "certified", "after the day", "suspended now",
)  # fmt: skip
BRIDGE_COLUMNS = (
    text("cause", "Cause"),
    text("code", "Code"),
    money("now", "Now"),
    money("before", "A period before"),
    number("items", "Items"),
    text("since", "Since"),
    text("action", "What to do"),
)
SIGNED_COLUMNS = (
    text("step", "Step"),
    text("who", "Who"),
    day("on", "On"),
    money("difference", "Difference signed", is_summed=False),
    money("unexplained", "Unexplained signed", is_summed=False),
    text("reason", "Reason"),
)
RULE = "the rule or a run"
"""Who takes a step that no person takes."""


@dataclass(frozen=True, slots=True)
class ClosingPart:
    """What was put in, for what follows in the pack."""

    book_ids: tuple[int, ...]
    periods: frozenset[tuple[int, str, int]]
    """Books, ledger and period."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """Books, their newest run, and the rows of it that end in these days."""

    books: Books
    run: Explained
    rows: tuple[Difference, ...]


def write_control_accounts(  # noqa: PLR0913  which of them, by name
    pack: PackWriter,
    caller: Caller,
    *,
    first_on: date,
    last_on: date,
    books_id: int | None,
    names: Mapping[int, str],
    now: datetime,
) -> ClosingPart:
    """Every ledger's periods that end in these days, as the newest run found them."""
    found = Books.objects.order_by("name", "id")
    if books_id is not None:
        found = found.filter(id=books_id)
    told = [one for each in found if (one := _told(each, first_on, last_on)) is not None]
    keys = frozenset((each.books.pk, row.ledger, row.period) for each in told for row in each.rows)
    views = {
        (each.books.pk, row.ledger, row.period): period_view(
            caller, books_id=each.books.pk, ledger=row.ledger, period=row.period, now=now
        )
        for each in told
        for row in each.rows
    }
    pack.table(
        "control-accounts/periods.csv",
        "Control accounts by period",
        PERIOD_COLUMNS,
        map(_period, views.values()),
        is_shown=True,
    )
    pack.table(
        "control-accounts/certifications.csv",
        "Who prepared, reviewed and certified",
        STEP_COLUMNS,
        _steps([each.books for each in told], keys, names),
        is_shown=True,
    )
    write_samples(pack, [each.books for each in told], keys, names)
    standing = compliance(caller, now=now)
    pack.table(
        "control-accounts/compliance.csv",
        "Certified by the day, or not",
        COMPLIANCE_COLUMNS,
        _compliance(standing, keys, names),
        is_shown=True,
    )
    pack.table(
        "control-accounts/people.csv",
        "What each person has signed, of all periods",
        PERSON_COLUMNS,
        _people(standing),
    )
    for each in told:
        own = [views[each.books.pk, row.ledger, row.period] for row in each.rows]
        _write_books(pack, each, own, names)
    return ClosingPart(tuple(each.books.pk for each in told), keys, tuple(map(_source, told)))


def _told(books: Books, first_on: date, last_on: date) -> _Told | None:
    run = newest_run(books.pk)
    if run is None:
        return None
    rows = Difference.objects.filter(
        run=run, period__lte=run.period, ends_on__range=(first_on, last_on)
    )
    found = tuple(rows.order_by("ledger", "period"))
    return _Told(books, run, found) if found else None


def _period(view: PeriodView) -> tuple[object, ...]:
    now, exponent = view.standing, view.run.exponent
    return (
        view.books_name,
        now.ledger.value,
        now.period,
        now.called,
        now.ends_on,
        now.state.value,
        now.due_on,
        now.timeliness.value if now.timeliness else "",
        amount(now.sub_ledger_minor, exponent),
        amount(now.control_minor, exponent),
        amount(now.difference_minor, exponent),
        amount(now.unexplained_minor, exponent),
        view.run.currency,
        now.item_count,
        f"explained:{view.run.run_id}",
        view.run.snapshot,
        view.sentence,
    )


def _steps(
    several: list[Books], keys: frozenset[tuple[int, str, int]], names: Mapping[int, str]
) -> Iterator[tuple[object, ...]]:
    for books in several:
        for each in steps_of(books.pk).select_related("run__snapshot"):
            if (books.pk, each.ledger, each.period) in keys:
                yield _step(books, each, names)


def _step(books: Books, each: Certification, names: Mapping[int, str]) -> tuple[object, ...]:
    exponent = each.run.exponent
    return (
        f"certification:{each.pk}",
        books.name,
        each.ledger,
        each.period,
        each.step,
        _name(each.taken_by_id, names),
        f"{each.taken_at:%Y-%m-%d %H:%M:%S}",
        each.reason,
        amount(each.sub_ledger_minor, exponent),
        amount(each.control_minor, exponent),
        amount(each.unexplained_minor, exponent),
        each.run.currency,
        f"explained:{each.run_id}",
        each.run.snapshot.content_hash,
    )


def _name(member_id: int | None, names: Mapping[int, str]) -> str:
    return RULE if member_id is None else names.get(member_id, f"member:{member_id}")


def _compliance(
    standing: Compliance, keys: frozenset[tuple[int, str, int]], names: Mapping[int, str]
) -> Iterator[tuple[object, ...]]:
    for each in standing.periods:
        one = each.standing
        if (each.books_id, one.ledger.value, one.period) not in keys:
            continue
        certified = "the rule" if each.is_automatic else _signed(each.certified_by, names)
        yield (
            each.books_name,
            one.ledger.value,
            one.called,
            each.risk.value,
            one.due_on,
            one.timeliness.value if one.timeliness else "",
            one.state.value,
            _signed(each.prepared_by, names),
            _signed(each.reviewed_by, names),
            certified,
            each.returned_count,
            each.suspended_count,
        )


def _signed(member_id: int | None, names: Mapping[int, str]) -> str:
    return "" if member_id is None else _name(member_id, names)


def _people(standing: Compliance) -> Iterator[tuple[object, ...]]:
    for each in standing.persons:
        yield (
            each.name,
            each.prepared_count,
            each.reviewed_count,
            each.certified_count,
            each.late_count,
            each.suspended_count,
        )


def _write_books(
    pack: PackWriter, told: _Told, views: list[PeriodView], names: Mapping[int, str]
) -> None:
    """The items of every period; bridges and signatures of all of them as a PDF and a workbook."""
    from tieout.files.pdf import pdf_of  # noqa: PLC0415  start-up time counts
    from tieout.files.workbook import workbook_of  # noqa: PLC0415  the same

    folder = f"control-accounts/{told.books.pk}"
    for row in told.rows:
        title = f"{told.books.name}: {SubLedger(row.ledger).called}, {row.called}: items"
        pack.table(
            f"{folder}/{row.ledger}-{row.period}-items.csv",
            title,
            ITEM_COLUMNS,
            _items(told.run, row),
            sums={"amount": "currency"},
        )
    reports = [_report(view, names) for view in views]
    bridges = {
        report.sections[0].name: view.bars for report, view in zip(reports, views, strict=True)
    }
    name = f"{told.books.name}: bridge, causes and signatures of every period"
    pack.file(f"{folder}/explanation.pdf", name, [pdf_of(reports, bridges)])
    pack.file(f"{folder}/explanation.xlsx", name, [workbook_of(reports, bridges)])


def _items(run: Explained, row: Difference) -> Iterator[tuple[object, ...]]:
    found = standing_items(run, row.ledger, row.period).select_related("case").order_by("rank")
    for each in found.iterator(ROWS):
        shown: Decimal = amount(each.amount_minor, run.exponent)
        yield (
            f"cause_item:{each.pk}",
            each.case.name,
            title_of(each.cause),
            each.account,
            shown,
            run.currency,
            each.currency,
            each.begins,
            each.ends,
            each.case.first_seen_at.date(),
            each.sentence,
            each.action,
            " ".join(each.ids),
        )


def _report(view: PeriodView, names: Mapping[int, str]) -> Report:
    """A ledger and period as the existing writers take it; its bridge is proved once more."""
    now, run = view.standing, view.run
    key = f"{now.ledger.value}-{now.period}"
    called = f"{now.ledger.called}, {now.called}"
    causes = tuple(
        (
            each.title, each.cause, each.amount_minor, each.before_minor, each.item_count,
            each.since_period_called, each.action,
        )
        for each in view.causes
    )  # fmt: skip
    bridge = Section(f"{key}-causes", f"{called}: why it differs", BRIDGE_COLUMNS, causes,
                     "Difference", group="causes")  # fmt: skip
    prove(bridge.total("now"), now.difference_minor, "a bridge", key)
    signed = tuple(
        (
            each.step.value, _name(each.member_id, names), each.taken_at.date(),
            each.difference_minor, each.unexplained_minor, each.reason,
        )
        for each in view.steps
    )  # fmt: skip
    return Report(
        "evidence",
        f"{view.books_name}: {called}",
        view.sentence,
        (
            ("ledger", now.ledger.called),
            ("period", f"{now.period} ({now.called})"),
            ("state", now.state.value),
            ("run", f"explained:{run.run_id}"),
        ),
        (bridge, Section(f"{key}-signed", f"{called}: who signed", SIGNED_COLUMNS, signed,
                         group="signed")),
        f"difference at {now.called}",
        now.difference_minor,
        Origin("", run.currency, {run.currency: run.exponent}, tieout.__version__, run.snapshot),
    )  # fmt: skip


def _source(told: _Told) -> Source:
    run = told.run
    at = run.started_at.isoformat()
    name = told.books.name
    return Source(f"explained:{run.pk}", name, at, run.program, run.snapshot.content_hash)
