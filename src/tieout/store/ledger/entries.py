"""Journal entries in bulk: some thousand of them, and their postings, are one value a statement."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tieout.core.journal import JournalEntry, Posting, digest
from tieout.store.postgres.files import sql_text

BLOCK = 2000
NUL = str.maketrans({"\0": "\ufffd"})
"""PostgreSQL's texts hold no NUL."""


def add_entries(
    organisation_id: UUID,
    source: str,
    entries: Sequence[JournalEntry],
    accounts: Mapping[str, int],
    at: datetime,
) -> int:
    """Entries of one source, whose ids none of it has; the sum of their digests as numbers.

    `accounts` is the id of each code.
    """
    digests = 0
    given: dict[str, Any] = {"organisation": str(organisation_id), "source": source, "at": at}
    with connection.cursor() as cursor:
        for begin in range(0, len(entries), BLOCK):
            some = entries[begin : begin + BLOCK]
            rows = [_entry(each) for each in some]
            digests += sum(int(each["digest"], 16) for each in rows)
            cursor.execute(sql_text("ledger/entries_take"), {**given, "rows": _value(rows)})
            ids: dict[str, int] = dict(cursor.fetchall())
            postings = [
                row
                for each, kept in zip(some, rows, strict=True)
                for row in _postings(each, ids[kept["entry_id"]], accounts)
            ]
            cursor.execute(sql_text("ledger/postings_take"), {**given, "rows": _value(postings)})
    return digests


def _value(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _entry(each: JournalEntry) -> dict[str, Any]:
    return {
        "entry_id": each.entry_id.translate(NUL),
        "booked_on": _day(each.booked_on),
        "counterparty": each.counterparty.translate(NUL),
        "narrative": each.narrative.translate(NUL),
        "references": [one.translate(NUL) for one in each.references],
        "digest": digest(each).hex(),
    }


def _postings(
    entry: JournalEntry, entry_id: int, accounts: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    for position, posting in enumerate(entry.postings, 1):
        yield {
            "entry_id": entry_id,
            "position": position,
            "account_id": accounts[posting.account],
            **_weighed(posting),
            "posted_on": _day(posting.posted_on),
            "booked_on": _day(posting.posted_on or entry.booked_on),
            "narrative": posting.narrative.translate(NUL),
            "reference": posting.reference.translate(NUL),
        }


def _weighed(posting: Posting) -> dict[str, Any]:
    weight, currency = posting.weight_minor, posting.weight_currency
    if weight is None or currency is None:
        weight, currency = posting.signed_minor, posting.currency
    return {
        "amount_minor": posting.amount_minor,
        "direction": str(posting.direction),
        "currency": posting.currency.code,
        "exponent": posting.currency.exponent,
        "weight_minor": weight,
        "weight_currency": currency.code,
        "weight_exponent": currency.exponent,
    }


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
