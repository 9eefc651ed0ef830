"""The two populations of a reconciliation as the engine takes them, and its answer in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Q

from tieout.core.decisions import Decided, Verdict
from tieout.core.money import Currency
from tieout.core.statements import LineStatus
from tieout.store.banking.models import BankLine
from tieout.store.ledger.models import Posting
from tieout.store.postgres.files import copying, sql_text
from tieout.store.reconciliation.models import DecidedRecord, Decision, MatchRun, Reconciliation

BLOCK = 5000


@dataclass(frozen=True)
class Sides:
    """Both populations in one currency, counted in one exponent; a record's id is its row's."""

    left: list[dict[str, Any]]
    right: list[dict[str, Any]]
    currency: Currency


def sides_of(reconciliation: Reconciliation) -> Sides:
    """Lines counted once that are bookings, and the postings of the account in that currency."""
    bank = reconciliation.bank_account
    postings = list(
        Posting.objects.filter(account=reconciliation.account, currency=bank.currency)
        .select_related("entry")
        .order_by("id")
    )
    finest = max([bank.exponent, *(each.exponent for each in postings)])
    lines = (
        BankLine.objects.filter(account=bank, repeats__isnull=True)
        .exclude(status=LineStatus.INFORMATION)
        .defer("details")
        .order_by("id")
    )
    factor = 10 ** (finest - bank.exponent)
    left = [_of_line(each, bank.currency, factor) for each in lines.iterator(chunk_size=BLOCK)]
    right = [_of_posting(each, 10 ** (finest - each.exponent)) for each in postings]
    return Sides(left, right, Currency(bank.currency, finest))


def _of_line(line: BankLine, currency: str, factor: int) -> dict[str, Any]:
    sign = 1 if line.direction == "credit" else -1
    return {
        "record_id": str(line.pk),
        "account": "",
        "currency": currency,
        "amount_minor": sign * line.amount_minor * factor,
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "external_id": line.bank_id,
        "reference": " ".join(line.references),
        "counterparty": line.counterparty,
        "narrative": line.narrative,
        "kind": line.kind,
        "is_pending": line.status == LineStatus.PENDING,
    }


def _of_posting(posting: Posting, factor: int) -> dict[str, Any]:
    sign = 1 if posting.direction == "debit" else -1
    entry = posting.entry
    return {
        "record_id": str(posting.pk),
        "account": "",
        "currency": posting.currency,
        "amount_minor": sign * posting.amount_minor * factor,
        "booked_on": posting.posted_on or entry.booked_on,
        "value_on": None,
        "external_id": "",
        "reference": " ".join(each for each in (*entry.references, posting.reference) if each),
        "counterparty": entry.counterparty,
        "narrative": " ".join(each for each in (entry.narrative, posting.narrative) if each),
        "kind": "",
        "is_pending": False,
    }


def amounts_of(
    reconciliation: Reconciliation, line_ids: Sequence[int], posting_ids: Sequence[int]
) -> tuple[dict[int, int], dict[int, int], int]:
    """Signed amounts by id of those lines and postings that are of it, and their decimals."""
    bank = reconciliation.bank_account
    lines = BankLine.objects.filter(account=bank, id__in=line_ids, repeats__isnull=True)
    postings = Posting.objects.filter(
        account=reconciliation.account, currency=bank.currency, id__in=posting_ids
    )
    finest = max([bank.exponent, *(each.exponent for each in postings)])
    left = [_of_line(each, bank.currency, 10 ** (finest - bank.exponent)) for each in lines]
    right = [
        _of_posting(each, 10 ** (finest - each.exponent))
        for each in postings.select_related("entry")
    ]
    return (
        {int(each["record_id"]): each["amount_minor"] for each in left},
        {int(each["record_id"]): each["amount_minor"] for each in right},
        finest,
    )


def decisions_of(reconciliation: Reconciliation, exponent: int) -> tuple[Decided, ...]:
    """Every decision ever made of it, oldest first, its amounts in that count."""
    made = Decision.objects.filter(reconciliation=reconciliation).order_by("id")
    records = DecidedRecord.objects.filter(decision__reconciliation=reconciliation).order_by("id")
    return _decided(made, records, reconciliation, exponent)


def decisions_on(
    reconciliation: Reconciliation, line_ids: Sequence[int], posting_ids: Sequence[int]
) -> tuple[Decided, ...]:
    """The decisions that hold one of these records, and what undoes them; few, however many are."""
    found = set(
        DecidedRecord.objects.filter(line_id__in=line_ids).values_list("decision_id", flat=True)
    ) | set(
        DecidedRecord.objects.filter(posting_id__in=posting_ids).values_list(
            "decision_id", flat=True
        )
    )
    made = Decision.objects.filter(
        Q(id__in=found) | Q(undoes_id__in=found), reconciliation=reconciliation
    ).order_by("id")
    records = DecidedRecord.objects.filter(decision_id__in=found).order_by("id")
    return _decided(made, records, reconciliation, None)


def _decided(
    made: Iterable[Decision],
    records: Iterable[DecidedRecord],
    reconciliation: Reconciliation,
    exponent: int | None,
) -> tuple[Decided, ...]:
    members: dict[int, tuple[list[tuple[str, int]], list[tuple[str, int]]]] = {}
    for each in records:
        left, right = members.setdefault(each.decision_id, ([], []))
        side = left if each.side == "left" else right
        side.append((str(each.line_id or each.posting_id), each.amount_minor))
    decided = []
    for one in made:
        written = reconciliation.bank_account.exponent if one.exponent is None else one.exponent
        factor = 1 if exponent is None else 10 ** (exponent - written)
        sides = [
            tuple((name, minor * factor) for name, minor in side)
            for side in members.get(one.pk, ([], []))
        ]
        verdict = Verdict(one.verdict)
        decided.append(Decided(one.pk, verdict, sides[0], sides[1], one.undoes_id))
    return tuple(decided)


def add_run(run: MatchRun, matches: pa.Table, groups: pa.Table, unmatched: pa.Table) -> None:
    """The groups of a run and all its records, by COPY."""
    values: dict[str, str | int] = {"organisation": str(run.organisation_id), "run": run.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql_text("reconciliation/run_in"))
        with copying(cursor, "reconciliation/groups_copy") as copy:
            for row in _group_rows(matches):
                copy.write_row(row)
        with copying(cursor, "reconciliation/records_copy") as copy:
            for row in _record_rows(groups, unmatched):
                copy.write_row(row)
        cursor.execute(sql_text("reconciliation/groups_take"), values)
        cursor.execute(sql_text("reconciliation/records_take"), values)


def _rows(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for batch in table.select(list(names)).to_batches(max_chunksize=BLOCK):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _group_rows(matches: pa.Table) -> Iterator[tuple[Any, ...]]:
    names = (
        "group_id", "pass", "rule", "status", "score", "posterior", "residual_minor",
        "residual_cause", "solutions", "runner_up", "runner_up_score", "reason", "score_amount",
        "score_date", "score_reference", "score_counterparty", "score_exclusivity", "left_count",
        "right_count", "left_minor", "right_minor",
    )  # fmt: skip
    for row in _rows(matches, names):
        posterior_ppm = int(row[5] * 1_000_000)
        yield (*row[:5], posterior_ppm, *row[6:])


def _record_rows(groups: pa.Table, unmatched: pa.Table) -> Iterable[tuple[Any, ...]]:
    for side, record_id, amount, group in _rows(
        groups, ("side", "record_id", "amount_minor", "group_id")
    ):
        yield side, int(record_id), amount, group, "", "", ""
    for side, record_id, *rest in _rows(
        unmatched, ("side", "record_id", "amount_minor", "reason", "detail", "nearest_id")
    ):
        amount, reason, detail, nearest = rest
        yield side, int(record_id), amount, None, reason, detail, nearest
