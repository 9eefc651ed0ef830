"""Journal entries as SAP's posting service takes them, and what its confirmation says.

The message is `JournalEntryBulkCreateRequest`, one journal entry in each, so that each has an
answer of its own. With the test indicator on the whole message SAP checks and takes no number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from tieout.connectors.ledgers import Document, DocumentLine, LedgerMessage
from tieout.connectors.sap.words import text_for
from tieout.core.errors import Conflict
from tieout.core.money import Currency, format_minor
from tieout.core.statements import Direction

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
FINANCE = "http://sap.com/xi/SAPSCORE/SFIN"
ACTION = (
    "http://sap.com/xi/SAPSCORE/SFIN/JournalEntryCreateRequestConfirmation_In/"
    "JournalEntryCreateRequestConfirmation_InRequest"
)
DOCUMENT_TYPE = "SA"
"""A general ledger document."""
HEADER_MAX = 25
ERROR_SEVERITY = 3
_ITEMS = {
    "S": ("Item", "GLAccount"),
    "D": ("DebtorItem", "Debtor"),
    "K": ("CreditorItem", "Creditor"),
}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What SAP answers to one journal entry."""

    number: str
    """Company, document and fiscal year; blank where none was made."""
    messages: tuple[LedgerMessage, ...]

    @property
    def is_refused(self) -> bool:
        """Whether a message is an error."""
        return any(message.is_error for message in self.messages)


def request(
    document: Document,
    type_of: Callable[[DocumentLine], str],
    at: datetime,
    user: str,
    *,
    is_test: bool,
) -> bytes:
    """The message for a document; `type_of` says D, K or S of a line."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Header")
    body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    bulk = etree.SubElement(
        body, f"{{{FINANCE}}}JournalEntryBulkCreateRequest", nsmap={"sfin": FINANCE}
    )
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    _header(bulk, document.reference, moment, is_test=is_test)
    each = etree.SubElement(bulk, "JournalEntryCreateRequest")
    _header(each, f"{document.reference}-1", moment, is_test=is_test)
    entry = etree.SubElement(each, "JournalEntry")
    for name, said in (
        ("OriginalReferenceDocumentType", "BKPFF"),
        ("BusinessTransactionType", "RFBU"),
        ("AccountingDocumentType", DOCUMENT_TYPE),
        ("DocumentReferenceID", document.reference),
        ("DocumentHeaderText", document.title[:HEADER_MAX]),
        ("CreatedByUser", user[:12]),
        ("CompanyCode", document.company),
        ("DocumentDate", document.posted_on.isoformat()),
        ("PostingDate", document.posted_on.isoformat()),
    ):
        _text(entry, name, said)
    numbered = list(enumerate(document.lines, 1))
    for kind, (name, owner) in _ITEMS.items():
        for number, line in numbered:
            if (type_of(line) if line.party else "S") == kind:
                _item(entry, document, line, (name, owner, str(number)))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _header(parent: etree._Element, name: str, moment: str, *, is_test: bool) -> None:
    header = etree.SubElement(parent, "MessageHeader")
    _text(header, "ID", name)
    _text(header, "CreationDateTime", moment)
    if is_test:
        _text(header, "TestDataIndicator", "true")


def _item(
    entry: etree._Element, document: Document, line: DocumentLine, said: tuple[str, str, str]
) -> None:
    name, owner, number = said
    item = etree.SubElement(entry, name)
    _text(item, "ReferenceDocumentItem", number)
    _text(item, owner, line.party or line.account)
    is_debit = line.direction is Direction.DEBIT
    for field, minor, currency in (
        ("AmountInTransactionCurrency", line.own_minor, document.currency),
        ("AmountInCompanyCodeCurrency", line.base_minor, document.base_currency),
    ):
        signed = minor if is_debit else -minor
        amount = _text(item, field, format_minor(signed, Currency.of(currency).exponent))
        amount.set("currencyCode", currency)
    _text(item, "DebitCreditCode", "S" if is_debit else "H")
    _text(item, "DocumentItemText", text_for(line.text))
    _text(item, "AssignmentReference", document.reference)


def _text(parent: etree._Element, name: str, said: str) -> etree._Element:
    made = etree.SubElement(parent, name)
    made.text = said
    return made


def confirmed(answer: bytes) -> Confirmed:
    """What the confirmation says.

    Raises:
        Conflict: `connector.answer-invalid` where it is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError as error:
        raise Conflict("connector.answer-invalid", str(error), "a confirmation") from error
    names = ("AccountingDocument", "CompanyCode", "FiscalYear")
    document, company, year = (_found(root, name) for name in names)
    items = [
        LedgerMessage(
            _message_code(_found(item, "TypeID")),
            _found(item, "Note"),
            _severity(item, "SeverityCode") >= ERROR_SEVERITY,
        )
        for item in root.iter("Item")
    ]
    if root.find(".//{*}JournalEntryBulkCreateConfirmation") is None:
        said = _found(root, "faultstring") or etree.QName(root).localname
        raise Conflict("connector.answer-invalid", said, "a confirmation")
    is_made = bool(document.strip("0"))
    number = f"{company} {document} {year}" if is_made else ""
    return Confirmed(number, tuple(items))


def _found(root: etree._Element, name: str) -> str:
    """The first such text below; blank where there is none."""
    for each in root.iter(name):
        if len(each) == 0:
            return (each.text or "").strip()
    return ""


def _severity(item: etree._Element, name: str) -> int:
    said = _found(item, name)
    return int(said) if said.isdigit() else ERROR_SEVERITY


def _message_code(said: str) -> str:
    """`354(F5)` as people write it: class, then number."""
    number, _, rest = said.partition("(")
    return f"{rest.rstrip(')')} {number}".strip()
