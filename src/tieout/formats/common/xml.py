"""XML without its dangers: no entities, no network, no huge trees, errors with code and place."""

from lxml import etree

from tieout.core.errors import InvalidInput, Problem

NODES_DEPTH_MAX = 200


def parse_xml(data: bytes, where: str) -> tuple[etree._Element, tuple[Problem, ...]]:
    """The root element, and a problem if the document had to be mended.

    A document type with entities is refused before parsing (XML 1.0 section 4.2). Malformed or
    cut-off XML is parsed as far as it goes, with the place of the first fault as a problem.
    """
    head = data[:4096].lower()
    if b"<!doctype" in head and b"<!entity" in data[:1_000_000].lower():
        raise InvalidInput("xml.entities", "<!ENTITY", "plain XML", where)
    strict = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(data, strict), ()
    except etree.XMLSyntaxError as error:
        fault = Problem("file.damaged", f"XML that breaks at line {error.lineno}: {error.msg}")
        mending = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, mending)
        except (etree.XMLSyntaxError, ValueError):
            root = None
        if root is None:
            raise InvalidInput("xml.malformed", fault.found, "well-formed XML", where) from error
        return root, (fault,)
    except ValueError as error:
        raise InvalidInput("xml.malformed", str(error), "well-formed XML", where) from error


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along that path of local names, whatever the namespace."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """All direct children of that local name."""
    return [] if element is None else [each for each in element if local(each) == name]


def text_at(element: etree._Element | None, *path: str) -> str:
    """The tidied text along that path, or the empty string."""
    found = child(element, *path)
    return " ".join((found.text or "").split()) if found is not None else ""
