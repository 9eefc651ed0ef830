"""The part of an evidence pack about banks: reconciliations, their records, who signed them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from tieout.core.decisions import Figures
from tieout.core.evidence_pack import Source
from tieout.core.spreadsheets import amount
from tieout.files.evidence_pack import PackWriter
from tieout.store.banking.balances import last_closing
from tieout.store.banking.models import BankAccount, BankStatement
from tieout.store.ledger.balances import balances_of
from tieout.store.reconciliation.models import (
    Decision,
    MatchRun,
    Reconciliation,
    RunRecord,
    SignOff,
    Suspension,
)
from tieout.store.reconciliation.signed import figures_of, in_force
from tieout.workflows.import_words import tie_in_words
from tieout.workflows.views.groups import RecordView, record_of, with_what_is_shown

ROWS = 2000
RECORD_COLUMNS = (
    "side", "record", "date", "counterparty", "text", "references", "amount", "currency",
)  # fmt: skip
RECONCILIATION_COLUMNS = (
    "reconciliation", "name", "bank account", "ledger account", "currency", "up to", "state",
    "run", "statement balance", "statement balance on", "ledger balance", "difference",
    "bank records", "bank total", "ledger records", "ledger total", "open bank records",
    "open bank total", "open ledger records", "open ledger total",
)  # fmt: skip
SIGN_OFF_COLUMNS = (
    "sign-off", "reconciliation", "up to", "step", "who", "when (UTC)", "run", "bank records",
    "bank total", "ledger records", "ledger total", "open bank total", "open ledger total",
    "currency", "suspended (UTC)", "because",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "statement", "bank account", "file", "SHA-256", "number", "from", "to", "opening", "closing",
    "lines", "currency", "does it tie",
)  # fmt: skip
DECISION_COLUMNS = (
    "decision", "reconciliation", "verdict", "undoes", "group", "who", "when (UTC)", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BankPart:
    """What was put in, for what follows in the pack."""

    reconciliation_ids: tuple[int, ...]
    account_ids: tuple[int, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A reconciliation, the run that speaks for it, and until which day."""

    reconciliation: Reconciliation
    run: MatchRun | None
    up_to: date
    state: str
    figures: Figures

    @property
    def folder(self) -> str:
        return f"bank/{self.reconciliation.pk}"


def write_bank(
    pack: PackWriter, *, first_on: date, last_on: date, bank_account_id: int | None
) -> BankPart:
    """Every reconciliation of these accounts as its newest signed run has it, else its newest."""
    accounts = BankAccount.objects.order_by("number", "currency", "id")
    found = Reconciliation.objects.select_related("bank_account", "account").order_by("name", "id")
    if bank_account_id is not None:
        accounts = accounts.filter(id=bank_account_id)
        found = found.filter(bank_account_id=bank_account_id)
    account_ids = tuple(each.pk for each in accounts)
    told = [_told(each, first_on, last_on) for each in found]
    pack.table(
        "bank/reconciliations.csv",
        "Bank reconciliations",
        RECONCILIATION_COLUMNS,
        map(_reconciliation, told),
        is_shown=True,
    )
    ids = tuple(each.reconciliation.pk for each in told)
    signed = SignOff.objects.filter(
        reconciliation_id__in=ids, cut_off_on__range=(first_on, last_on)
    ).order_by("id")
    pack.table(
        "bank/sign-offs.csv",
        "Who prepared and who reviewed",
        SIGN_OFF_COLUMNS,
        _sign_offs(signed),
        is_shown=True,
    )
    pack.table(
        "bank/statements.csv",
        "Bank statements of these days",
        STATEMENT_COLUMNS,
        map(_statement, _statements(account_ids, first_on, last_on)),
    )
    decided = Decision.objects.filter(reconciliation_id__in=ids, decided_at__date__gte=first_on)
    pack.table(
        "bank/decisions.csv",
        "Decisions of people since the first day",
        DECISION_COLUMNS,
        map(_decision, decided.select_related("decided_by").order_by("id").iterator(ROWS)),
    )
    for each in told:
        _write_records(pack, each, first_on)
    sources = tuple(_source(each.run, each.reconciliation.name) for each in told if each.run)
    return BankPart(ids, account_ids, sources)


def _told(reconciliation: Reconciliation, first_on: date, last_on: date) -> _Told:
    signed = (
        in_force()
        .filter(reconciliation=reconciliation, cut_off_on__range=(first_on, last_on))
        .order_by("cut_off_on", "id")
        .last()
    )
    if signed is not None:
        up_to, run = signed.cut_off_on, signed.run
        return _Told(reconciliation, run, up_to, signed.step, figures_of(run, up_to))
    newest = MatchRun.objects.filter(reconciliation=reconciliation).order_by("-id").first()
    was_signed = SignOff.objects.filter(
        reconciliation=reconciliation, cut_off_on__range=(first_on, last_on)
    ).exists()
    state = "suspended" if was_signed else "not signed"
    figures = figures_of(newest, last_on) if newest else Figures()
    return _Told(reconciliation, newest, last_on, state if newest else "not run", figures)


def _reconciliation(each: _Told) -> tuple[object, ...]:
    one, figures = each.reconciliation, each.figures
    account = one.bank_account
    exponent = each.run.exponent if each.run else account.exponent
    last = last_closing(account, each.up_to)
    closing = None if last is None else amount(last.closing_minor or 0, account.exponent)
    kept = balances_of(one.organisation_id, [one.account_id], each.up_to)
    balance = kept.get((one.account_id, account.currency))
    ledger = amount(balance.balance_minor, balance.exponent) if balance else Decimal(0)
    return (
        f"reconciliation:{one.pk}",
        one.name,
        account.name or account.number,
        one.account.code,
        account.currency,
        each.up_to,
        each.state,
        f"match_run:{each.run.pk}" if each.run else "",
        closing,
        (last.closing_on or last.ends_on) if last else None,
        ledger,
        None if closing is None else closing - ledger,
        figures.left_count,
        amount(figures.left_minor, exponent),
        figures.right_count,
        amount(figures.right_minor, exponent),
        figures.open_left_count,
        amount(figures.open_left_minor, exponent),
        figures.open_right_count,
        amount(figures.open_right_minor, exponent),
    )


def _sign_offs(found: QuerySet[SignOff]) -> Iterator[tuple[object, ...]]:
    suspended = {
        each.sign_off_id: each
        for each in Suspension.objects.filter(sign_off__in=found.values("id"))
    }
    for each in found.select_related("signed_by", "run"):
        exponent, off = each.run.exponent, suspended.get(each.pk)
        yield (
            f"sign_off:{each.pk}",
            f"reconciliation:{each.reconciliation_id}",
            each.cut_off_on,
            each.step,
            each.signed_by.name or each.signed_by.email,
            f"{each.signed_at:%Y-%m-%d %H:%M:%S}",
            f"match_run:{each.run_id}",
            each.left_count,
            amount(each.left_minor, exponent),
            each.right_count,
            amount(each.right_minor, exponent),
            amount(each.open_left_minor, exponent),
            amount(each.open_right_minor, exponent),
            each.run.currency,
            f"{off.suspended_at:%Y-%m-%d %H:%M:%S}" if off else "",
            str(off) if off else "",
        )


def _statements(
    account_ids: tuple[int, ...], first_on: date, last_on: date
) -> Iterator[BankStatement]:
    found = BankStatement.objects.filter(account_id__in=account_ids)
    found = found.filter(
        Q(begins_on__lte=last_on) | Q(begins_on__isnull=True),
        Q(ends_on__gte=first_on) | Q(ends_on__isnull=True),
    )
    return found.select_related("account", "reading__file").order_by("id").iterator(ROWS)


def _statement(each: BankStatement) -> tuple[object, ...]:
    account, file = each.account, each.reading.file
    opening, closing = each.opening_minor, each.closing_minor
    return (
        f"bank_statement:{each.pk}",
        account.name or account.number,
        file.name,
        bytes(file.sha256).hex(),
        each.number,
        each.begins_on,
        each.ends_on,
        None if opening is None else amount(opening, account.exponent),
        None if closing is None else amount(closing, account.exponent),
        each.line_count,
        account.currency,
        tie_in_words(each),
    )


def _decision(each: Decision) -> tuple[object, ...]:
    return (
        f"decision:{each.pk}",
        f"reconciliation:{each.reconciliation_id}",
        each.verdict,
        f"decision:{each.undoes_id}" if each.undoes_id else "",
        f"match_group:{each.group_id}" if each.group_id else "",
        each.decided_by.name or each.decided_by.email,
        f"{each.decided_at:%Y-%m-%d %H:%M:%S}",
        each.reason,
    )


def _write_records(pack: PackWriter, told: _Told, first_on: date) -> None:
    """What is open by the last day, whenever it is of; and what is matched in these days."""
    if told.run is None:
        return
    name = told.reconciliation.name
    records = RunRecord.objects.filter(run=told.run).filter(
        Q(line__booked_on__lte=told.up_to)
        | Q(posting__booked_on__lte=told.up_to)
        | Q(line__booked_on__isnull=True, posting__booked_on__isnull=True)
    )
    pack.table(
        f"{told.folder}/open.csv",
        f"{name}: records without a match, up to {told.up_to}",
        (*RECORD_COLUMNS, "why", "detail"),
        _rows(records.filter(group__isnull=True), told.run),
        sums={"amount": "currency"},
    )
    within = records.filter(group__isnull=False).filter(
        Q(line__booked_on__gte=first_on) | Q(posting__booked_on__gte=first_on)
    )
    pack.table(
        f"{told.folder}/matched.csv",
        f"{name}: matched records from {first_on} to {told.up_to}",
        (*RECORD_COLUMNS, "group", "status", "made by", "why"),
        _rows(within, told.run),
        sums={"amount": "currency"},
    )


def _rows(records: QuerySet[RunRecord], run: MatchRun) -> Iterator[tuple[object, ...]]:
    found = with_what_is_shown(records).select_related("group").order_by("id")
    for each in found.iterator(ROWS):
        yield (*_record(record_of(each), run), *_place(each))


def _record(each: RecordView, run: MatchRun) -> Iterable[object]:
    kind = "bank_line" if each.side == "left" else "posting"
    return (
        "bank" if each.side == "left" else "ledger",
        f"{kind}:{each.record_id}",
        each.booked_on,
        each.counterparty,
        each.text,
        " ".join(each.references),
        amount(each.amount_minor, run.exponent),
        run.currency,
    )


def _place(each: RunRecord) -> Iterable[object]:
    group = each.group
    if group is None:
        return (each.reason, each.detail)
    return (f"match_group:{group.pk}", group.status, group.made_by, group.reason)


def _source(run: MatchRun, name: str) -> Source:
    return Source(f"match_run:{run.pk}", name, run.started_at.isoformat(), run.program)
