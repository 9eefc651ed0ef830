"""`report.html` of an explanation: the bridge by cause, its history, and the items behind it.

One self-contained page, readable without a network, a server or a script.
"""

from pathlib import Path
from typing import Any

import tieout
from tieout.core.explain.causes import title_of
from tieout.core.explain.items import Item
from tieout.core.explain.sentences import money, period_phrase
from tieout.core.matching.bridge import window
from tieout.files.answers import item_row
from tieout.files.drawing import drawn_bar, environment
from tieout.files.explained_bridge import bridge_of_ledger
from tieout.files.explained_words import at, headline
from tieout.files.explaining import Explanation, LedgerAnswer
from tieout.files.writing import write_whole, writing

ITEMS_MAX = 100
"""Items shown of each cause; the tables beside the page hold all."""
CHART_HEIGHT = 110
FIELDS = (
    ("id", "id", "id"),
    ("reference", "reference", "reference"),
    ("date", "date", "date"),
    ("period", "period", "period"),
    ("account", "account", "account"),
    ("amount", "amount", "amount"),
    ("amount in its currency", "doc_amount", "doc_amount"),
    ("rate", "rate", ""),
    ("status", "", "status"),
    ("what it says", "party", "narrative"),
)
"""What stands side by side: its name, and the field of the document and of the posting."""


def write_page(made: Explanation, folder: Path) -> Path:
    """Write the page beside the tables."""
    with writing():
        return write_whole(folder / "report.html", page_of(made))


def page_of(made: Explanation) -> str:
    """The page as text."""
    control = sum(
        at(row, made.period) for each in made.ledgers for row in each.explanation.control.values()
    )
    return (
        environment()
        .get_template("explained.html.j2")
        .render(
            version=tieout.__version__,
            where=period_phrase(made.books, made.period),
            ledgers=[_ledger(made, each) for each in made.ledgers],
            problems=list(map(str, made.problems)),
            untested=made.untested,
            snapshot=made.reading.content_hash,
            items_total=sum(len(each.items) for each in made.ledgers),
            control_total=made.books.decimal(control),
            currency=made.books.base_currency,
        )
    )


def _ledger(made: Explanation, each: LedgerAnswer) -> dict[str, Any]:
    difference = each.explanation.difference()
    by_cause = each.explanation.by_cause()
    standing: dict[str, list[Item]] = {}
    for item in each.items_at(made.period):
        standing.setdefault(item.share.cause, []).append(item)
    return {
        "name": each.ledger.value,
        "called": each.ledger.called,
        "headline": headline(made, each),
        "agrees": not standing,
        "chart": _chart(made, each),
        **_history(made, difference),
        "rows": [
            {"label": title_of(code), "amounts": [made.books.decimal(amount) for amount in row]}
            for code, row in by_cause.items()
        ],
        "groups": [_group(made, code, standing[code]) for code in by_cause if code in standing],
    }


def _chart(made: Explanation, each: LedgerAnswer) -> dict[str, Any]:
    """The waterfall: sub-ledger total, less every cause, is the total of the control accounts."""
    found, base = bridge_of_ledger(made, each), made.books.base_currency
    low, high = window([bar.span for bar in found.bars])
    drawn = [
        {**drawn_bar(bar, low, high, made.books.exponents.get(base, 2)), "code": code}
        for code, bar in zip(found.codes, found.bars, strict=True)
    ]
    return {"bars": drawn, "cut": low > 0 or high < 0}


def _history(made: Explanation, difference: tuple[int, ...]) -> dict[str, Any]:
    """A column a period, up where the sub-ledger is above its control accounts."""
    highest, lowest = max(0, *difference), min(0, *difference)
    scale = CHART_HEIGHT / max(highest - lowest, 1)
    zero = highest * scale
    return {
        "zero": zero,
        "columns": [
            {
                "period": period,
                "amount": money(made.books, amount),
                "kind": "up" if amount > 0 else "down",
                "top": zero - max(amount, 0) * scale,
                "height": max(abs(amount) * scale, 0.5 if amount else 0),
                "is_now": period == made.period,
            }
            for period, amount in enumerate(difference)
        ],
    }


def _group(made: Explanation, code: str, items: list[Item]) -> dict[str, Any]:
    amount = sum(item.share.amount_minor for item in items)
    return {
        "code": code,
        "label": title_of(code),
        "amount": money(made.books, amount),
        "action": items[0].action,
        "total": len(items),
        "entries": [_item(made, item) for item in items[:ITEMS_MAX]],
    }


def _item(made: Explanation, item: Item) -> dict[str, Any]:
    row = item_row(made.books, item)
    document, posting = row["document"] or {}, row["posting"] or {}
    fields = [
        {
            "name": name,
            "document": document.get(of_document, ""),
            "posting": posting.get(of_posting, ""),
            "differs": name == row["differs"],
        }
        for name, of_document, of_posting in FIELDS
    ]
    return {
        "amount": money(made.books, item.share.amount_minor),
        "sentence": item.sentence,
        "document": document,
        "posting": posting,
        "fields": [each for each in fields if each["document"] or each["posting"]],
    }
