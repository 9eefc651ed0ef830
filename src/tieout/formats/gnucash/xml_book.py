"""GnuCash books stored as XML: version 2 (`gnc-v2`, since 2001) and the older version 1."""

from collections import Counter

from lxml import etree

from tieout.formats.common.xml import (
    Document,
    child,
    children,
    leaves,
    local,
    place_of,
    raw_text,
    text_at,
)
from tieout.formats.gnucash.book import AccountRow, Book, SplitRow, TransactionRow, commodity

_TEMPLATES = "template-transactions"
_SET_ASIDE = {
    "schedxaction": "scheduled transactions",
    "budget": "budgets",
    "GncInvoice": "invoices",
    "GncEntry": "invoice lines",
    "GncCustomer": "customers",
    "GncVendor": "vendors",
    "GncEmployee": "employees",
    "GncJob": "jobs",
    "GncOrder": "orders",
}
_CONSUMED = frozenset(
    {"id", "guid", "currency", "num", "date-posted", "description", "splits", "split", "slots"}
    | {"date-entered/ns"}
)


def read_xml_book(document: Document) -> Book:
    """All books of a document, as one."""
    book = Book()
    for element in document.root.iter("template-transactions", "transaction", *_SET_ASIDE):
        name = local(element)
        if name == _TEMPLATES:
            book.set_aside["template transactions"] += len(children(element, "transaction"))
        elif name in _SET_ASIDE:
            book.set_aside[_SET_ASIDE[name]] += 1
        elif local(element.getparent()) != _TEMPLATES:
            number = len(book.transactions) + 1
            book.transactions.append(_transaction(element, number, document))
    for element in document.root.iter("account"):
        row = _account(element)
        if row is not None:
            book.accounts.append(row)
    for element in document.root.iter("commodity"):
        fraction = text_at(element, "fraction")
        if fraction.isdecimal() and len(fraction) <= 18:
            book.fractions[_commodity(element)] = int(fraction)
    prices = sum(len(children(each, "price")) for each in document.root.iter("pricedb"))
    book.set_aside += Counter({"prices": prices, "template transactions": 0})
    book.stated = _counts(document.root)
    return book


def _counts(root: etree._Element) -> dict[str, int]:
    """`count-data` of the books; versions after 2.0 may leave it out."""
    found: Counter[str] = Counter()
    for element in root.iter("count-data"):
        kind = next((str(value) for value in element.attrib.values()), "")
        text = (element.text or "").strip()
        if text.isdecimal() and len(text) < 12:
            found[kind] += int(text)
    return dict(found)


def _account(element: etree._Element) -> AccountRow | None:
    """An account of the chart: those of templates and references to accounts are not."""
    parent = element.getparent()
    if parent is None or local(parent) in {_TEMPLATES, "split"}:
        return None
    old = child(element, "restore")  # version 1 wraps what an account says
    source = element if old is None else old
    guid = text_at(source, "id") or text_at(source, "guid")
    if not guid or len(source) == 0:
        return None
    return AccountRow(
        guid=guid,
        name=text_at(source, "name"),
        kind=text_at(source, "type"),
        commodity=_commodity(child(source, "commodity"))
        if child(source, "commodity") is not None
        else _commodity(child(source, "currency")),
        parent=text_at(source, "parent") or text_at(source, "parent", "guid"),
        code=text_at(source, "code"),
    )


def _commodity(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return commodity(text_at(element, "space"), text_at(element, "id"))


def _transaction(element: etree._Element, number: int, document: Document) -> TransactionRow:
    old = child(element, "restore")
    source = element if old is None else old
    currency = child(source, "currency")
    splits = [_split(each) for each in _splits(source)]
    posted = slot(source, "date-posted") or _stamp(child(source, "date-posted"))
    known = {"date-posted", "notes"}
    slots = [(key, value) for key, value in _slots(source) if key not in known and value]
    notes = slot(source, "notes")
    is_cut = document.is_cut(element)
    has_amounts = all(split.value or split.quantity for split in splits)
    return TransactionRow(
        guid=text_at(source, "id") or text_at(source, "guid"),
        currency=_commodity(currency) if currency is not None else "",
        posted=posted,
        splits=tuple(splits),
        number=text_at(source, "num"),
        description=" ".join(each for each in (text_at(source, "description"), notes) if each),
        attributes=(*slots, *leaves(source, _CONSUMED)),
        raw="" if has_amounts and not is_cut else raw_text(element),
        place=place_of(element, number),
        is_cut=is_cut,
    )


def _splits(transaction: etree._Element) -> list[etree._Element]:
    grouped = child(transaction, "splits")
    inner = children(grouped if grouped is not None else transaction, "split")
    return [old if (old := child(each, "restore")) is not None else each for each in inner]


def _split(element: etree._Element) -> SplitRow:
    return SplitRow(
        account=text_at(element, "account") or text_at(element, "account", "guid"),
        value=text_at(element, "value") or text_at(element, "value", "numeric"),
        quantity=text_at(element, "quantity") or text_at(element, "quantity", "numeric"),
        state=text_at(element, "reconciled-state") or text_at(element, "reconcile-state"),
        memo=text_at(element, "memo"),
        action=text_at(element, "action"),
        reconciled=_stamp(child(element, "reconcile-date")),
        guid=text_at(element, "id") or text_at(element, "guid"),
    )


def _stamp(element: etree._Element | None) -> str:
    return text_at(element, "date") or text_at(element, "gdate") or text_at(element, "s")


def _slots(element: etree._Element) -> list[tuple[str, str]]:
    """Key and value of every slot; a date's value stands one level down."""
    found = []
    for each in children(child(element, "slots"), "slot"):
        value = child(each, "value")
        text = text_at(each, "value") or _stamp(value)
        found.append((text_at(each, "key"), text))
    return found


def slot(element: etree._Element, key: str) -> str:
    """The value of the slot of that name."""
    return next((value for name, value in _slots(element) if name == key), "")
