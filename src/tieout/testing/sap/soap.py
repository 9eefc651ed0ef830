"""The fake's posting service: XML in, the confirmation as SAP words it out."""

from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from tieout.testing.sap.company import TYPES, YES, Company, Entry, Said
from tieout.testing.sap.published import HEAD_ORDER, LENGTHS, NEEDED

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_FINANCE = "{http://sap.com/xi/SAPSCORE/SFIN}"
Element = ET.Element


class Malformed(ValueError):  # noqa: N818  what was met
    """The message is not what the service publishes."""


def answered(company: Company, body: bytes, on: date) -> tuple[int, bytes]:
    """HTTP status and answer to a message; a fault where it is not what is published."""
    try:
        root = ET.fromstring(body)  # noqa: S314  what our own connector has sent
        is_test, entries = _request(root)
    except (ET.ParseError, Malformed, ValueError) as error:
        return 500, _fault(str(error))
    with company.lock:
        confirmations = [_taken(company, entry, on, is_test=is_test) for entry in entries]
    return 200, _envelope(confirmations)


def _request(root: Element) -> tuple[bool, list[Entry]]:
    """Whether it is a test run, and the entries."""
    bulk = root.find(f"{_SOAP}Body/{_FINANCE}JournalEntryBulkCreateRequest")
    if bulk is None:
        raise Malformed("no JournalEntryBulkCreateRequest")
    is_test = (bulk.findtext("MessageHeader/TestDataIndicator") or "") == "true"
    return is_test, [_entry(each) for each in bulk.findall("JournalEntryCreateRequest")]


def _entry(request: Element) -> Entry:
    made = request.find("JournalEntry")
    if made is None or not (request.findtext("MessageHeader/ID") or ""):
        raise Malformed("no JournalEntry, or no message ID")
    order = [HEAD_ORDER.index(child.tag) for child in made if child.tag in HEAD_ORDER]
    strange = [child.tag for child in made if child.tag not in HEAD_ORDER]
    if strange or order != sorted(order):
        raise Malformed(f"elements out of order, or unknown: {strange}")
    for element in request.iter():
        if len(element.text or "") > LENGTHS.get(element.tag, 1_000):
            raise Malformed(f"{element.tag} is longer than {LENGTHS[element.tag]}")
    head = {child.tag: child.text or "" for child in made if len(child) == 0}
    missing = [name for name in NEEDED if not head.get(name)]
    if missing:
        raise Malformed(f"no {missing[0]}")
    items: list[tuple[str, dict[str, str], dict[str, str]]] = []
    for child in made:
        if child.tag in TYPES:
            fields = {each.tag: each.text or "" for each in child}
            currencies = {each.tag: each.get("currencyCode", "") for each in child}
            is_credit = fields["AmountInCompanyCodeCurrency"].startswith("-")
            if fields.get("DebitCreditCode") != ("H" if is_credit else "S"):
                raise Malformed("an amount whose sign is not its debit/credit code")
            items.append((child.tag, fields, currencies))
    return Entry(head, items)


def _taken(company: Company, entry: Entry, on: date, *, is_test: bool) -> Element:
    refused = company.refusals(entry)
    number = ""
    if refused:
        said = [Said("RW", "609", "Error in document: BKPFF $ FAKE"), *refused]
    elif is_test:
        said = [Said("RW", "614", "Document check - no errors: BKPFF $ FAKE", YES)]
    else:
        number = company.post(entry, on)
        text = f"Document posted successfully: BKPFF {number}{company.code}{company.year} FAKE"
        said = [Said("RW", "605", text, YES)]
    made = ET.Element("JournalEntryCreateConfirmation")
    inner = ET.SubElement(made, "JournalEntryCreateConfirmation")
    for name, value in (
        ("AccountingDocument", number or "0000000000"),
        ("CompanyCode", company.code if number else ""),
        ("FiscalYear", str(company.year) if number else "0000"),
    ):
        ET.SubElement(inner, name).text = value
    log = ET.SubElement(made, "Log")
    worst = max(each.severity for each in said)
    ET.SubElement(log, "MaximumLogItemSeverityCode").text = worst
    for each in said:
        item = ET.SubElement(log, "Item")
        ET.SubElement(item, "TypeID").text = f"{each.number}({each.message_class})"
        ET.SubElement(item, "SeverityCode").text = each.severity
        ET.SubElement(item, "Note").text = each.text
    return made


def _envelope(confirmations: list[Element]) -> bytes:
    envelope = ET.Element(f"{_SOAP}Envelope")
    body = ET.SubElement(envelope, f"{_SOAP}Body")
    bulk = ET.SubElement(body, f"{_FINANCE}JournalEntryBulkCreateConfirmation")
    bulk.extend(confirmations)
    ET.SubElement(bulk, "Log")
    return _bytes(envelope)


def _fault(said: str) -> bytes:
    envelope = ET.Element(f"{_SOAP}Envelope")
    body = ET.SubElement(envelope, f"{_SOAP}Body")
    fault = ET.SubElement(body, f"{_SOAP}Fault")
    ET.SubElement(fault, "faultcode").text = "soap-env:Server"
    ET.SubElement(fault, "faultstring").text = said
    return _bytes(envelope)


def _bytes(root: Element) -> bytes:
    made: Any = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return bytes(made)
