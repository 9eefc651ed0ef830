"""The answer of `tieout explain` as data: the JSON of the layout, and tables for a folder."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tieout.core import spreadsheets
from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, LedgerEntry, NominalPosting
from tieout.core.explain.causes import CAUSES, UNEXPLAINED
from tieout.core.explain.explaining import LedgerExplanation, Row
from tieout.core.explain.groups import Cell, Share
from tieout.core.explain.items import Item, stages_of
from tieout.core.spreadsheets import cell as guarded
from tieout.files.explaining import Explanation, LedgerAnswer
from tieout.files.writing import write_whole, writing

Words = Callable[[int], str]


@dataclass(frozen=True)
class _OfAccount:
    """The cells of one account."""

    key: AccountKey

    def __call__(self, cell: Cell) -> bool:
        return cell[0] == self.key


@dataclass(frozen=True)
class _OfCurrency:
    """The cells of one currency."""

    code: str

    def __call__(self, cell: Cell) -> bool:
        return cell[1] == self.code


def answer_of(made: Explanation) -> dict[str, Any]:
    """The whole answer; amounts are plain decimals in text, keyed by period."""
    words = made.books.decimal
    answer: dict[str, Any] = {each.ledger.value: _ledger(each, words) for each in made.ledgers}
    answer["items"] = [item_row(made.books, item) for each in made.ledgers for item in each.items]
    answer["proposals"] = [
        {
            "ledger": each.ledger.value,
            "code": proposal.code,
            "ids": list(proposal.ids),
            "amount": words(proposal.amount_minor),
            "sentence": proposal.sentence,
        }
        for each in made.ledgers
        for proposal in each.proposals
    ]
    answer["problems"] = [
        {
            "code": problem.code,
            "file": problem.place.file,
            "row": problem.place.line,
            "column": problem.place.field,
            "message": str(problem),
        }
        for problem in made.problems
    ]
    answer["untested"] = [{"cause": each.cause, "why": each.why} for each in made.untested]
    answer["agreed"] = made.agreed
    answer["base_currency"] = made.books.base_currency
    answer["snapshot"] = made.reading.content_hash
    return answer


def _ledger(each: LedgerAnswer, words: Words) -> dict[str, Any]:
    explanation, books = each.explanation, each.books
    periods = _periods(books)
    said = _split(explanation, explanation.shares, explanation.difference(), periods, words)
    accounts = sorted(
        {share.key for share in explanation.shares}
        | {cell[0] for cell in (*explanation.subledger, *explanation.control)}
    )
    currencies = sorted({cell[1] for cell in (*explanation.subledger, *explanation.control)})
    said["by_account"] = {
        str(key): _part(explanation, _OfAccount(key), periods, words) for key in accounts
    }
    said["by_currency"] = {
        code: _part(explanation, _OfCurrency(code), periods, words) for code in currencies
    }
    said["stages"] = {
        stage: _row(row, periods, words) for stage, row in stages_of(explanation).items()
    }
    said["last_matched_period"] = explanation.last_matched
    said["offsetting"] = words(explanation.offsetting)
    said["infinite_difference"] = words(each.infinite)
    said["closed_balances"] = _closed(each, words)
    said["aged"] = {
        str(number): _aged(each, number, words)
        for number in periods
        if 1 <= number <= books.last_period
    }
    return said


def _periods(books: Books) -> list[int]:
    return [0, *(period.number for period in books.calendar.periods)]


def _row(row: Row, periods: list[int], words: Words) -> dict[str, str]:
    return {str(number): words(row[number] if number < len(row) else 0) for number in periods}


def _split(
    explanation: LedgerExplanation,
    shares: Iterable[Share],
    difference: Row,
    periods: list[int],
    words: Words,
) -> dict[str, Any]:
    """Difference, causes (cells that are not zero) and what is unexplained."""
    by_cause = explanation.by_cause(shares)
    nothing = (0,) * explanation.periods
    return {
        "difference": _row(difference, periods, words),
        "causes": {
            code: {str(number): words(row[number]) for number in periods if row[number]}
            for code, row in by_cause.items()
            if code != UNEXPLAINED
        },
        "unexplained": _row(by_cause.get(UNEXPLAINED, nothing), periods, words),
    }


def _part(
    explanation: LedgerExplanation,
    is_of: Callable[[Cell], bool],
    periods: list[int],
    words: Words,
) -> dict[str, Any]:
    shares = [share for share in explanation.shares if is_of((share.key, share.currency))]
    difference = [0] * explanation.periods
    for sign, rows in ((1, explanation.subledger), (-1, explanation.control)):
        for cell, row in rows.items():
            if is_of(cell):
                difference = [
                    total + sign * amount for total, amount in zip(difference, row, strict=True)
                ]
    return _split(explanation, shares, tuple(difference), periods, words)


def _closed(each: LedgerAnswer, words: Words) -> dict[str, Any]:
    """What closed balances total under each setting, and stored against recomputed."""
    said: dict[str, Any] = {
        name: {str(number): words(total) for number, total in totals.items()}
        for name, totals in each.closed_totals.items()
    }
    said["stored"] = {
        str(row.stored.period): {
            "closed_on": row.stored.closed_on.isoformat(),
            "ledger_total": words(row.stored.ledger_total),
            "nominal_control_total": words(row.stored.nominal_total),
            "ledger_total_recomputed": words(row.ledger_total),
            "nominal_control_total_recomputed": words(row.nominal_total),
            "ledger_change": words(row.ledger_total - row.stored.ledger_total),
            "nominal_control_change": words(row.nominal_total - row.stored.nominal_total),
            "entries_since": [entry.entry_id for entry in row.entries_since],
        }
        for row in each.closed
    }
    return said


def _aged(each: LedgerAnswer, number: int, words: Words) -> dict[str, str]:
    report = each.aged(number)
    return {
        "as_at": report.as_at.isoformat(),
        "total": words(report.total),
        **{name: words(amount) for name, amount in report.buckets.items()},
    }


def item_row(books: Books, item: Item) -> dict[str, Any]:
    """One item, with both sides of it and the field in which they differ."""
    share = item.share
    return {
        "ledger": item.ledger.value,
        "cause": share.cause,
        "account": str(share.key),
        "currency": share.currency,
        "amount": books.decimal(share.amount_minor),
        "from": share.begins,
        "to": share.ends,
        "ids": list(item.ids),
        "differs": item.differs.value,
        "document": _entry(books, item.entry),
        "posting": _posting(books, item.posting),
        "sentence": item.sentence,
        "action": item.action,
    }


def _entry(books: Books, entry: LedgerEntry | None) -> dict[str, str] | None:
    if entry is None:
        return None
    return {
        "id": entry.entry_id,
        "type": entry.kind.value,
        "party": entry.party,
        "reference": entry.reference,
        "date": entry.dated_on.isoformat(),
        "entered": entry.entered_on.isoformat(),
        "period": str(books.calendar.number_of(entry.dated_on)),
        "account": str(entry.key),
        "currency": entry.currency,
        "doc_amount": books.decimal(entry.doc_minor, entry.currency),
        "rate": entry.rate,
        "amount": books.decimal(entry.base_minor),
    }


def _posting(books: Books, posting: NominalPosting | None) -> dict[str, str] | None:
    if posting is None:
        return None
    return {
        "id": posting.posting_id,
        "journal": posting.journal_id,
        "status": posting.status.value,
        "source": posting.module,
        "reference": posting.reference,
        "narrative": posting.narrative,
        "date": posting.dated_on.isoformat(),
        "entered": posting.entered_on.isoformat(),
        "period": str(posting.period),
        "account": str(posting.key),
        "currency": posting.currency,
        "doc_amount": books.decimal(posting.doc_minor, posting.currency),
        "direction": posting.direction.value,
        "amount": books.decimal(posting.base_minor),
    }


def write_answer(answer: Mapping[str, Any], folder: Path) -> tuple[Path, ...]:
    """Write `answer.json`, `bridge.csv` (cause by period) and `items.csv` into a folder."""
    ledgers = {name: said for name, said in answer.items() if _is_ledger(said)}
    columns = ("ledger", "cause", "account", "currency", "amount", "from", "to")
    items = [[*columns, "ids", "differs", "sentence", "action"]]
    for item in answer["items"]:
        end = [" ".join(item["ids"]), item["differs"], item["sentence"], item["action"]]
        cells = [Decimal(item[name]) if name == "amount" else item[name] for name in columns]
        items.append([guarded(cell) for cell in (*cells, *end)])
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        whole = write_json(answer, folder / "answer.json")
        bridge = write_whole(folder / "bridge.csv", _table(_bridge(ledgers)))
        return whole, bridge, write_whole(folder / "items.csv", _table(items))


def write_json(answer: Mapping[str, Any], path: Path) -> Path:
    """Write the answer as JSON."""
    with writing():
        return write_whole(path, json.dumps(answer, indent=1, ensure_ascii=False) + "\n")


def _is_ledger(said: object) -> bool:
    return isinstance(said, dict) and "difference" in said


def _bridge(ledgers: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, said in ledgers.items():
        periods = list(said["difference"])
        yield ["ledger", "cause", *periods]
        for code in (*CAUSES, UNEXPLAINED):
            row = said["unexplained"] if code == UNEXPLAINED else said["causes"].get(code)
            if row:
                yield [name, code, *(row.get(number, "0.00") for number in periods)]
        yield [name, "difference", *said["difference"].values()]


_AMOUNT = re.compile(r"-?\d+(\.\d+)?")


def _cell(said: object) -> str:
    """As it stands in a table: an amount as it is, any other text never a formula."""
    text = "" if said is None else str(said)
    return text if _AMOUNT.fullmatch(text) else spreadsheets.cell(text)


def _table(rows: Iterable[list[str]]) -> str:
    table = io.StringIO()
    csv.writer(table).writerows([_cell(each) for each in row] for row in rows)
    return table.getvalue()
