"""A run as it is kept: its items by COPY; and what is read of runs again and again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from tieout.core.explain.certifying import SYSTEM, ClosingPolicy, ClosingStep, PeriodFigures, Taken
from tieout.store.banking.lines import NUL
from tieout.store.closing.models import CauseItem, Certification, Difference, Explained, Policy
from tieout.store.postgres.files import copying, sql_text

PeriodKey = tuple[str, int]
"""A ledger and a period."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item on its way into the store."""

    ledger: str
    case: str
    cause: str
    account: str
    currency: str
    amount_minor: int
    begins: int
    ends: int | None
    rank: int
    differs: str
    ids: tuple[str, ...]
    document: Mapping[str, str] | None
    posting: Mapping[str, str] | None
    sentence: str
    action: str


def add_items(run: Explained, items: Iterable[ItemRow], at: datetime) -> None:
    """The items of a run, and the cases that it is the first to see."""
    values: dict[str, Any] = {
        "organisation": str(run.organisation_id),
        "books": run.books_id,
        "run": run.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_text("closing/items_in"))
        with copying(cursor, "closing/items_copy") as copy:
            for each in items:
                names = (each.ledger, each.case, each.cause, each.account, each.currency)
                figures = (each.amount_minor, each.begins, each.ends, each.rank)
                found = (each.ids, each.document, each.posting)
                said = (each.sentence, each.action)
                copy.write_row(
                    (
                        *map(_text, names),
                        *figures,
                        each.differs,
                        *map(_json, found),
                        *map(_text, said),
                    )
                )
        cursor.execute(sql_text("closing/cases_take"), values)
        cursor.execute(sql_text("closing/items_take"), values)


def _text(value: str) -> str:
    return value.translate(NUL)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value).replace("\\u0000", "")


def newest_run(books_id: int) -> Explained | None:
    """The last run over the books, if there is one."""
    return Explained.objects.filter(books_id=books_id).order_by("-id").first()


def figures_of(row: Difference) -> PeriodFigures:
    """A row as the rules take it."""
    return PeriodFigures(
        row.sub_ledger_minor,
        row.control_minor,
        row.unexplained_minor,
        row.item_count,
        row.is_closed,
    )


def standing_items(run: Explained, ledger: str, period: int) -> QuerySet[CauseItem]:
    """The items of a run that stand at the end of a period."""
    lasting = Q(ends__isnull=True) | Q(ends__gt=period)
    return CauseItem.objects.filter(lasting, run=run, ledger=ledger, begins__lte=period)


def steps_of(books_id: int) -> QuerySet[Certification]:
    """Every step of the books' periods, the oldest first."""
    return Certification.objects.filter(books_id=books_id).order_by("id")


def steps_by_period(books_id: int) -> dict[PeriodKey, list[Certification]]:
    """The steps of every ledger and period that has some, the oldest first."""
    found: dict[PeriodKey, list[Certification]] = {}
    for each in steps_of(books_id):
        found.setdefault((each.ledger, each.period), []).append(each)
    return found


def taken_of(steps: Iterable[Certification]) -> list[Taken]:
    """Steps as the rules take them."""
    return [Taken(ClosingStep(each.step), each.taken_by_id or SYSTEM) for each in steps]


def policies_of(books_id: int) -> dict[str, ClosingPolicy]:
    """The newest policy of each ledger that has one."""
    found = Policy.objects.filter(books_id=books_id).order_by("ledger", "-id").distinct("ledger")
    return {each.ledger: each.to_core() for each in found}
