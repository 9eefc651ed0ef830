"""Documents into statements: what holds entries is one, whatever wraps it."""

import re

from lxml import etree

from tieout.core.errors import InvalidInput, Problem
from tieout.core.reading import HeldRecord, Reading
from tieout.core.statements import Statement, continuity
from tieout.formats.camt.statement import read_section
from tieout.formats.common.source import Source
from tieout.formats.common.xml import Document, child, local, parse_documents, text_at

_MESSAGE = re.compile(r"camt\.05[234](?:\.\d{3})?(?:\.\d{2})?")
_SECTIONS = {"Stmt", "Rpt", "Ntfctn"}
_WRAPPERS = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}


def read(source: Source) -> Reading:
    """All statements of all documents in the file."""
    parsed = parse_documents(source.data(), source.name)
    problems = [*parsed.problems, *parsed.lost("Ntry")]
    statements: list[Statement] = []
    held: list[HeldRecord] = []
    variants: dict[str, None] = {}
    records = 0
    for document in parsed.documents:
        variant = _variant(document)
        if variant:
            variants.setdefault(variant)
        for section, entries in _sections(document.root):
            part = read_section(section, entries, records + 1, _header(section))
            records += part.records
            statements.extend(part.statements)
            problems.extend(part.problems)
            held.extend(part.held)
    if not statements:
        if not variants:
            name = local(parsed.documents[0].root)
            raise InvalidInput("file.unknown-format", f"<{name}>", "a camt document", source.name)
        problems.append(Problem("file.no-records", "no statement in it", "Stmt, Rpt or Ntfctn"))
    return Reading(
        file=source.name,
        format="camt",
        variant=", ".join(variants),
        charset=parsed.charset,
        sha256=source.sha256,
        statements=tuple(statements),
        problems=(*problems, *continuity(statements)),
        held=tuple(held),
    )


def _sections(root: etree._Element) -> list[tuple[etree._Element, list[etree._Element]]]:
    """What holds entries, with its entries: sections by name, and foreign parents of entries.

    An entry belongs to the nearest section around it, however deep a wrapper put it.
    """
    found: dict[int, tuple[etree._Element, list[etree._Element]]] = {}  # by identity
    for element in root.iter("Ntry", *_SECTIONS):
        if local(element) != "Ntry":
            if _is_section(element):
                found.setdefault(id(element), (element, []))
            continue
        section = next(element.iterancestors(*_SECTIONS), element.getparent())
        if section is not None:
            found.setdefault(id(section), (section, []))[1].append(element)
    return list(found.values())


def _is_section(element: etree._Element) -> bool:
    """A section by name that stands in a wrapper or holds what sections hold."""
    parent = element.getparent()
    return (parent is not None and local(parent).partition("V")[0] in _WRAPPERS) or any(
        child(element, name) is not None for name in ("Acct", "Ntry", "Bal")
    )


def _variant(document: Document) -> str:
    """The message and version, from the namespaces, the envelope, or the wrapper's name."""
    places = [*document.namespaces, *(str(value) for value in document.root.attrib.values())]
    places += [text_at(each) for each in document.root.iter("MsgDefIdr")]
    for text in places:
        found = _MESSAGE.search(text)
        if found:
            return found.group()
    for element in document.root.iter():
        name, _, version = local(element).partition("V")
        if name in _WRAPPERS:
            return f"{_WRAPPERS[name]}.001.{version}" if version else _WRAPPERS[name]
    return ""


def _header(section: etree._Element) -> tuple[tuple[str, str], ...]:
    """The message's id and time, from the group header beside the section."""
    header = child(section.getparent(), "GrpHdr")
    found = ((f"GrpHdr/{name}", text_at(header, name)) for name in ("MsgId", "CreDtTm"))
    return tuple((name, text) for name, text in found if text)
