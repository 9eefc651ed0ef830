"""Small copies of XML elements: one record's elements as plain values that are quick to ask.

A record of camt is asked for a hundred things, most of which it does not have. Asking lxml costs
a call and a proxy each time; so a record is copied once, asked, and let go.
"""

from lxml import etree

from tieout.core.errors import Place


class Node:
    """One element: name, text, currency attribute, line, and its children in order.

    Parsing has stripped names bare of their namespace.
    """

    __slots__ = ("by_name", "children", "currency", "line", "name", "raw")
    name: str
    raw: str
    currency: str
    line: int | None
    children: list["Node"]
    by_name: dict[str, list["Node"]]

    @property
    def text(self) -> str:
        """Its own text, tidied."""
        return " ".join(self.raw.split())

    def named(self, name: str) -> list["Node"]:
        """The children of that name."""
        return self.by_name.get(name, _NONE)


_NONE: list[Node] = []
_CHILDLESS: dict[str, list[Node]] = {}


def copied(element: etree._Element) -> Node:
    """The copy of an element and all below it."""
    made = Node()
    made.name = element.tag
    made.raw = element.text or ""
    made.currency = element.get("Ccy", "")
    if not len(element):
        made.line, made.children, made.by_name = None, _NONE, _CHILDLESS
        return made
    line = element.sourceline
    made.line = line if isinstance(line, int) else None
    below = made.children = []
    by_name: dict[str, list[Node]] = {}
    made.by_name = by_name
    for each in element:
        node = copied(each)
        below.append(node)
        same = by_name.get(node.name)
        if same is None:
            by_name[node.name] = [node]
        else:
            same.append(node)
    return made


def node_of(element: etree._Element | None) -> Node | None:
    """The copy of an element, if there is one."""
    return None if element is None else copied(element)


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
