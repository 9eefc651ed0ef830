"""Names bared in the bytes before parsing are those that baring each parsed element gives."""

from pathlib import Path

import pytest
from lxml import etree

from tieout.formats.common import nodes, xml

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = sorted(path for kind in ("camt", "saft", "ofx") for path in (GOLDEN / kind).glob("*.xml"))
ENTRY = "<Ntry><Amt Ccy='EUR'>1</Amt></Ntry>"


def tree(root: etree._Element) -> list[tuple[object, ...]]:
    return [(e.tag, e.text, e.tail, e.sourceline, sorted(e.attrib.items())) for e in root.iter()]


def both(data: bytes) -> tuple[xml.Document, xml.Document]:
    quick = xml._without_namespaces(data, xml._claimed(data))
    assert quick is not None
    return quick.parsed(), xml._document(etree.fromstring(data, xml._parser()))


@pytest.mark.parametrize(
    "text",
    [
        f'<Document xmlns="urn:a">{ENTRY}</Document>',
        f'<?xml version="1.0"?>\n<!-- own -->\n<D\n  a="1"\n  xmlns="urn:a">{ENTRY}</D>',
        '<n:Document xmlns:n="urn:n" xmlns:x="urn:x"><x:A><n:B x:c="1"/></x:A></n:Document>',
        '<Document xmlns="urn:a" xmlns:p="urn:p"><p:A/>\n<B/><!-- <p:C> --></Document>',
        '<p:Document xmlns:p="urn:p" xmlns="urn:a"><A>p:A &lt;p:A</A></p:Document>',
        "<Document><A/></Document>",
    ],
)
def test_names_and_namespaces_are_the_same_either_way(text: str) -> None:
    quick, slow = both(text.encode())
    assert tree(quick.root) == tree(slow.root)
    assert quick.namespaces == slow.namespaces
    assert quick.namespace == slow.namespace


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_files_parse_the_same_either_way(path: Path) -> None:
    data = path.read_bytes()
    quick = xml._without_namespaces(data, xml._claimed(data))
    try:
        slow = xml._document(etree.fromstring(data, xml._parser()))
    except (etree.XMLSyntaxError, ValueError):
        return  # mended from the bytes as they are
    if quick is not None:
        found = quick.parsed()
        assert tree(found.root) == tree(slow.root)
        assert found.namespaces == slow.namespaces


@pytest.mark.parametrize(
    "data",
    [
        b'<A xmlns="urn:a"><B xmlns="urn:b"/></A>',  # an envelope
        b'<A xmlns="urn:a"><![CDATA[<x:B>]]></A>',
        b'<!DOCTYPE A><A xmlns="urn:a"/>',
        b'<A xmlns="urn:a&amp;b"/>',
        '<?xml version="1.0" encoding="utf-16"?><A xmlns="urn:a"/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="ebcdic-cp-us"?><A xmlns="urn:a"/>',
        b"no element",
    ],
)
def test_what_the_bytes_alone_do_not_tell_is_left_to_the_parser(data: bytes) -> None:
    assert xml._without_namespaces(data, xml._claimed(data)) is None


def test_a_copied_element_keeps_its_text_beside_a_stray_child() -> None:
    node = nodes.copied(etree.fromstring("<Amt Ccy='EUR'>12.00<Odd>1</Odd></Amt>"))
    assert (node.text, node.currency, nodes.text_at(node, "Odd")) == ("12.00", "EUR", "1")
