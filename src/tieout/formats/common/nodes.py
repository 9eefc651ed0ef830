"""Small copies of XML elements: one record's elements as plain values that are quick to ask.

A record of camt is asked for a hundred things, most of which it does not have. Asking lxml costs
a call and a proxy each time; so a record is copied once, asked, and let go.
"""

from lxml import etree

from tieout.core.errors import Place


class Node:
    """One element: name, tidied text, currency attribute, line, and its children in order.

    Parsing has stripped names bare of their namespace.
    """

    __slots__ = ("by_name", "children", "currency", "line", "name", "raw")

    def __init__(self, element: etree._Element) -> None:
        self.name = str(element.tag)
        self.raw = element.text or ""
        self.currency = element.get("Ccy", "")
        self.line: int | None = None
        self.children = _NONE
        self.by_name = _CHILDLESS
        if not len(element):
            return
        self.children = [Node(each) for each in element]
        line = element.sourceline
        self.line = line if isinstance(line, int) else None
        by_name: dict[str, list[Node]] = {}
        self.by_name = by_name
        for each in self.children:
            if each.name in by_name:
                by_name[each.name].append(each)
            else:
                by_name[each.name] = [each]

    @property
    def text(self) -> str:
        """Its own text, tidied."""
        return " ".join(self.raw.split())

    def named(self, name: str) -> list["Node"]:
        """The children of that name."""
        return self.by_name.get(name, _NONE)


_NONE: list[Node] = []
_CHILDLESS: dict[str, list[Node]] = {}


def node_of(element: etree._Element | None) -> Node | None:
    """The copy of an element, if there is one."""
    return None if element is None else Node(element)


def place_of(node: Node, record: int | None = None) -> Place:
    """Where an element stands in the file."""
    return Place(line=node.line, record=record)


def child(node: Node | None, *path: str) -> Node | None:
    """The first descendant along that path of names."""
    for name in path:
        if node is None:
            return None
        found = node.by_name.get(name)
        node = found[0] if found is not None else None
    return node


def children(node: Node | None, name: str) -> list[Node]:
    """All direct children of that name."""
    return [] if node is None else node.named(name)


def text_at(node: Node | None, *path: str) -> str:
    """The tidied text along that path, or the empty string."""
    for name in path:
        if node is None:
            return ""
        found = node.by_name.get(name)
        if found is None:
            return ""
        node = found[0]
    return "" if node is None else node.text


def leaves(node: Node | None, consumed: frozenset[str], prefix: str = "") -> list[tuple[str, str]]:
    """Every text below that no path in `consumed` covers, as (path, text): nothing is lost.

    An amount carries its currency, written behind it.
    """
    found: list[tuple[str, str]] = []
    for each in () if node is None else node.children:
        path = f"{prefix}{each.name}"
        if path in consumed:
            continue
        if each.children:
            found.extend(leaves(each, consumed, f"{path}/"))
        elif text := each.text:
            found.append((path, f"{text} {each.currency}" if each.currency else text))
    return found
