"""Invented books as a folder in the layout that `tieout explain` reads."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, LedgerEntry, NominalPosting, SubLedger
from tieout.core.money import format_minor
from tieout.core.statements import Direction
from tieout.formats.books import LEDGER_FILES

_DEFAULTS = {
    SubLedger.AR: "debtors_control",
    SubLedger.AP: "creditors_control",
    SubLedger.INVENTORY: "stock_control",
    SubLedger.FIXED_ASSETS: "fixed_assets_control",
    SubLedger.DEPRECIATION: "depreciation_control",
    SubLedger.BANK: "bank_control",
}


def write_books(books: Books, folder: Path) -> Path:
    """Write the folder; reading it gives the same books."""
    folder.mkdir(parents=True, exist_ok=True)
    for ledger in books.ledgers:
        name = LEDGER_FILES[ledger]
        own = (entry for entry in books.entries if entry.ledger is ledger)
        _write(folder / name, (_entry(books, entry) for entry in own))
    _write(folder / "nominal.csv", (_posting(books, each) for each in books.postings))
    _write(
        folder / "accounts.csv",
        ({**_key(key), "name": "", "kind": use.value} for key, use in books.accounts.items()),
    )
    future = books.log.future
    _write(
        folder / "periods.csv",
        (
            {
                "period": period.number,
                "start": period.begins_on,
                "end": period.ends_on,
                "status": "future" if period.number in future else period.state.value,
                "close_date": "",
            }
            for period in books.calendar.periods
        ),
    )
    _write(
        folder / "period_events.csv",
        (
            {
                "period": event.period,
                "when": event.on,
                "state": event.state.value,
                "module": event.module,
            }
            for event in books.log.events
        ),
    )
    _write(
        folder / "parties.csv",
        (
            {"party": name, "ledger": ledger.value, "name": party.name, **_control(party.key)}
            for (ledger, name), party in books.parties.items()
        ),
    )
    _write(
        folder / "audit_log.csv",
        (
            {
                "when": line.on,
                "user": line.user,
                "action": line.action,
                "txn_id": line.entry_id,
                "detail": line.detail,
            }
            for line in books.audit_lines
        ),
    )
    (folder / "settings.json").write_text(json.dumps(_settings(books)), encoding="utf-8")
    return folder


def append_books(
    books: Books,
    entries: Iterable[LedgerEntry],
    postings: Iterable[NominalPosting],
    folder: Path,
) -> None:
    """Write further rows behind those of a folder's files."""
    for entry in entries:
        _add(folder / LEDGER_FILES[entry.ledger], _entry(books, entry))
    for posting in postings:
        _add(folder / "nominal.csv", _posting(books, posting))


def _add(path: Path, row: Mapping[str, object]) -> None:
    with path.open("a", encoding="utf-8", newline="") as out:
        csv.DictWriter(out, list(row), lineterminator="\n").writerow(row)


def _key(key: AccountKey) -> dict[str, str]:
    return {"account": key.code, "cost_centre": key.cost_centre, "department": key.department}


def _control(key: AccountKey) -> dict[str, str]:
    return {f"control_{name}": each for name, each in _key(key).items()}


def _entry(books: Books, entry: LedgerEntry) -> dict[str, object]:
    exponent = books.exponents[entry.currency]
    base = books.exponents[books.base_currency]
    return {
        "txn_id": entry.entry_id,
        "ledger": entry.ledger.value,
        "party": entry.party,
        "type": entry.kind.value,
        "reference": entry.reference,
        "transaction_date": entry.dated_on,
        "due_date": entry.due_on or "",
        "entry_date": entry.entered_on,
        "allocation_date": entry.allocated_on or "",
        "currency": entry.currency,
        "doc_amount": format_minor(entry.doc_minor, exponent),
        "rate": entry.rate,
        "base_amount": format_minor(entry.base_minor, base),
        "tax_amount": format_minor(entry.tax_minor, base),
        **_control(entry.key),
        "related_id": entry.related_id,
        "batch_id": entry.batch_id,
        "void_date": entry.voided_on or "",
    }


def _posting(books: Books, posting: NominalPosting) -> dict[str, object]:
    base = books.exponents[books.base_currency]
    is_debit = posting.direction is Direction.DEBIT
    amount = format_minor(posting.base_minor, base)
    doc = posting.doc_minor if is_debit else -posting.doc_minor
    return {
        "nominal_id": posting.posting_id,
        "journal_id": posting.journal_id,
        "status": posting.status.value,
        **_key(posting.key),
        "period": posting.period,
        "posting_date": posting.posted_on,
        "transaction_date": posting.dated_on,
        "entry_date": posting.entered_on,
        "source": posting.module,
        "source_id": posting.source_id,
        "line_no": posting.line_no,
        "line_count": posting.line_count,
        "reference": posting.reference,
        "narrative": posting.narrative,
        "party": "somebody" if posting.has_party else "",
        "currency": posting.currency,
        "doc_amount": format_minor(doc, books.exponents[posting.currency]),
        "debit": amount if is_debit else "",
        "credit": "" if is_debit else amount,
    }


def _settings(books: Books) -> dict[str, object]:
    defaults: dict[str, object] = {
        _DEFAULTS[ledger]: {**_key(each.default.key), "use_specified": each.default.use_specified}
        for ledger, each in books.settings.items()
        if each.default is not None
    }
    defaults["suspense"] = _key(min(books.suspense))
    base = books.exponents[books.base_currency]
    return {
        "base_currency": books.base_currency,
        "extract_date": str(books.extracted_on),
        "rounding_tolerance": format_minor(books.tolerance_minor, base),
        "reconciliation_enquiry_settings": {
            ledger.value: [_key(key) for key in sorted(each.counted)]
            for ledger, each in books.settings.items()
        },
        "default_nominal_accounts": defaults,
    }


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table; none where it has no rows."""
    made = list(rows)
    if made:
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(made[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(made)
