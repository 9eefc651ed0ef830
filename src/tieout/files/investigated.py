"""An investigation and the guide as data, for `--json` and for other programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from tieout.core.explain.books import Books
from tieout.core.explain.corrections import Accepted
from tieout.core.explain.explaining import LedgerExplanation, Row
from tieout.core.explain.findings import GuideStep
from tieout.core.explain.proving import Proof
from tieout.core.explain.whatifs import Landing, Tried
from tieout.files.corrections.filed import account_of
from tieout.files.investigating import Investigation


def investigation_data(made: Investigation) -> dict[str, Any]:
    """What was tried and accepted, and every difference before and after."""
    books = made.books
    return {
        "snapshot": made.snapshot,
        "copy": made.copy_digest,
        "what_ifs": [_tried(books, each) for each in made.tried],
        "corrections": [
            _accepted(books, each) for each in (made.corrected.accepted if made.corrected else ())
        ],
        "before": differences(books, made.before),
        "after": differences(books, made.after),
    }


def differences(books: Books, made: Iterable[LedgerExplanation]) -> dict[str, dict[str, str]]:
    """By ledger and period."""
    return {each.ledger.value: _row(books, each.difference()) for each in made}


def _row(books: Books, row: Row) -> dict[str, str]:
    return {str(period): books.decimal(amount) for period, amount in enumerate(row)}


def _tried(books: Books, each: Tried) -> dict[str, Any]:
    return {
        "what_if": str(each.ask),
        "sentence": each.sentence,
        "notes": list(each.warnings),
        "landings": [_landing(books, landing) for landing in each.landings],
        "brought_in": [
            {
                "cause": share.cause,
                "amount": books.decimal(share.amount_minor),
                "from": share.begins,
                "to": share.ends,
                "ids": list(share.group.ids),
            }
            for share in each.brought_in
        ],
        "agreed": [ledger.value for ledger in each.agreed],
        "before": differences(books, each.before),
        "after": differences(books, each.after),
    }


def _landing(books: Books, each: Landing) -> dict[str, Any]:
    return {
        "posting": each.line.posting_id,
        "entry": each.entry.entry_id if each.entry else None,
        "reference": each.line.reference,
        "status": each.line.status.value,
        "amount": books.decimal(each.line.base_minor),
        "direction": each.line.direction.value,
        "document_period": each.own_period,
        "lands_now": each.lands_now,
        "lands_with_all_open": each.lands_open,
        "is_elsewhere": each.is_elsewhere,
    }


def _accepted(books: Books, each: Accepted) -> dict[str, Any]:
    correction, way = each.correction, each.way
    return {
        "case": correction.case,
        "ledger": correction.ledger.value,
        "cause": correction.cause,
        "amount": books.decimal(correction.amount_minor),
        "way": way.name,
        "kind": way.kind.value,
        "sentence": way.sentence,
        "notes": list(way.warnings),
        "reopens": sorted(way.reopens),
        "other_ways": [
            {"way": other.name, "kind": other.kind.value, "sentence": other.sentence}
            for other in correction.ways
            if other.name != way.name
        ],
        "lines": [
            {
                "journal": line.journal_id,
                "account": account_of(line),
                "direction": line.direction.value,
                "amount": books.decimal(line.base_minor),
                "currency": line.currency,
                "period": line.period,
                "date": line.posted_on.isoformat(),
                "reference": line.reference,
                "narrative": line.narrative,
            }
            for lines in way.journals.values()
            for line in lines
        ],
    }


def guide_data(steps: Sequence[GuideStep]) -> list[dict[str, Any]]:
    """The steps of the procedure with their findings."""
    return [
        {
            "step": step.number,
            "title": step.title,
            "findings": [
                {
                    "ledger": finding.ledger.value if finding.ledger else None,
                    "sentence": finding.sentence,
                    "details": list(finding.details),
                    "stops": finding.stops,
                }
                for finding in step.findings
            ],
        }
        for step in steps
    ]


def proof_data(books: Books, proof: Proof) -> dict[str, Any]:
    """What agreed with a posting file and what departed."""
    return {
        "holds": proof.holds,
        "posted": proof.is_posted,
        "agreeing": proof.agreeing,
        "departures": [
            {
                "what": each.what,
                "case": each.case,
                "found": each.found,
                "expected": each.expected,
            }
            for each in proof.departures
        ],
        "after": differences(books, proof.after),
    }
