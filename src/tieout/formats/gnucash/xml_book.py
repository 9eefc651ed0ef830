"""GnuCash books stored as XML: version 2 (`gnc-v2`, since 2001) and the older version 1."""

from collections import Counter

from lxml import etree

from tieout.formats.common import nodes
from tieout.formats.common.nodes import Node, copied
from tieout.formats.common.xml import (
    Document,
    child,
    children,
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
_OWN_SLOTS = frozenset({"date-posted", "notes"})
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
    whole = copied(element)
    source = nodes.child(whole, "restore") or whole
    currency = nodes.child(source, "currency")
    splits = [_split(each) for each in _splits(source)]
    slots = _slots(source)
    posted = _slot(slots, "date-posted") or _stamp(nodes.child(source, "date-posted"))
    notes = _slot(slots, "notes")
    others = [(key, value) for key, value in slots if key not in _OWN_SLOTS and value]
    is_cut = document.is_cut(element)
    has_amounts = all(split.value or split.quantity for split in splits)
    return TransactionRow(
        guid=nodes.text_at(source, "id") or nodes.text_at(source, "guid"),
        currency=_currency(currency) if currency is not None else "",
        posted=posted,
        splits=tuple(splits),
        number=nodes.text_at(source, "num"),
        description=" ".join(
            each for each in (nodes.text_at(source, "description"), notes) if each
        ),
        attributes=(*others, *nodes.leaves(source, _CONSUMED)),
        raw="" if has_amounts and not is_cut else raw_text(element),
        place=place_of(element, number),
        is_cut=is_cut,
    )


def _currency(node: Node) -> str:
    return commodity(nodes.text_at(node, "space"), nodes.text_at(node, "id"))


def _splits(transaction: Node) -> list[Node]:
    inner = nodes.children(nodes.child(transaction, "splits") or transaction, "split")
    return [nodes.child(each, "restore") or each for each in inner]


def _split(element: Node) -> SplitRow:
    return SplitRow(
        account=nodes.text_at(element, "account") or nodes.text_at(element, "account", "guid"),
        value=nodes.text_at(element, "value") or nodes.text_at(element, "value", "numeric"),
        quantity=nodes.text_at(element, "quantity")
        or nodes.text_at(element, "quantity", "numeric"),
        state=nodes.text_at(element, "reconciled-state")
        or nodes.text_at(element, "reconcile-state"),
        memo=nodes.text_at(element, "memo"),
        action=nodes.text_at(element, "action"),
        reconciled=_stamp(nodes.child(element, "reconcile-date")),
        guid=nodes.text_at(element, "id") or nodes.text_at(element, "guid"),
    )


def _stamp(element: Node | None) -> str:
    return (
        nodes.text_at(element, "date")
        or nodes.text_at(element, "gdate")
        or nodes.text_at(element, "s")
    )


def _slots(element: Node) -> list[tuple[str, str]]:
    """Key and value of every slot; a date's value stands one level down."""
    found = []
    for each in nodes.children(nodes.child(element, "slots"), "slot"):
        value = nodes.child(each, "value")
        text = nodes.text_at(each, "value") or _stamp(value)
        found.append((nodes.text_at(each, "key"), text))
    return found


def _slot(slots: list[tuple[str, str]], key: str) -> str:
    """The value of the slot of that name."""
    return next((value for name, value in slots if name == key), "")
