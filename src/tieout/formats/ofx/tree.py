"""OFX text to a tree: SGML without closing tags and XML alike, mended where it is broken.

OFX 1.6 section 2.3 lets 1.x leave out the closing tags of fields; banks leave out others too,
or add some. So neither an SGML nor an XML parser is used: a tag with text behind it is a field,
and an aggregate ends where its closing tag stands or where a tag comes that cannot be inside it.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from html.entities import html5

from tieout.formats.common.fields import tidy

DEPTH_MAX = 60
"""OFX nests about ten deep; what goes deeper is damage."""

_TAG = re.compile(r"<(/?)(?:[A-Za-z0-9_]{1,40}:)?([A-Za-z][A-Za-z0-9._-]*)(\s[^<>]*)?(/?)>")
_NOT_BREAK = re.compile(r"[^\r\n]")
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

_RANKS = {
    "OFX": 0,
    "BANKTRANLIST": 4,
    "BANKTRANLISTP": 4,
    "INVTRANLIST": 4,
    "LOANTRANLIST": 4,
    "LEDGERBAL": 4,
    "AVAILBAL": 4,
    "INVPOSLIST": 4,
    "INVOOLIST": 4,
    "INVBAL": 4,
    "BALLIST": 4,
    "INVBANKTRAN": 5,
    "BUYDEBT": 5,
    "BUYMF": 5,
    "BUYOPT": 5,
    "BUYOTHER": 5,
    "BUYSTOCK": 5,
    "CLOSUREOPT": 5,
    "INCOME": 5,
    "INVEXPENSE": 5,
    "JRNLFUND": 5,
    "JRNLSEC": 5,
    "MARGININTEREST": 5,
    "REINVEST": 5,
    "RETOFCAP": 5,
    "SELLDEBT": 5,
    "SELLMF": 5,
    "SELLOPT": 5,
    "SELLOTHER": 5,
    "SELLSTOCK": 5,
    "SPLIT": 5,
    "TRANSFER": 5,
    "STMTTRN": 6,
    "STMTTRNP": 6,
    "LOANSTMTTRN": 6,
}
_FIELDS = frozenset(
    ("TRNTYPE", "DTPOSTED", "DTUSER", "DTAVAIL", "DTTRAN", "TRNAMT", "FITID", "SRVRTID", "CHECKNUM")
) | frozenset(("CHKNUM", "REFNUM", "SIC", "NAME", "MEMO", "CURDEF", "BANKID", "BRANCHID", "ACCTID"))
"""Never an aggregate, even when empty and unclosed."""


@lru_cache(maxsize=4096)
def _rank(name: str) -> int | None:
    """How deep an aggregate stands; one that opens ends all that stand as deep or deeper."""
    if name.endswith("MSGSRSV1"):
        return 1
    if name.endswith("TRNRS"):
        return 2
    if name.endswith("STMTRS"):
        return 3
    return _RANKS.get(name)


class Element:
    """An aggregate: its name, where it stands in the text, and what is inside, in order."""

    __slots__ = ("begin", "children", "end", "is_closed", "name")

    def __init__(self, name: str, begin: int) -> None:
        self.name = name
        self.begin = begin
        self.end = -1
        self.is_closed = False
        self.children: list[Element | Field] = []

    def leaves(self, skip: frozenset[str] = frozenset()) -> Iterator[tuple[str, "Field"]]:
        """Every field inside, with its path of names below this element."""
        stack: list[tuple[str, Iterator[Element | Field]]] = [("", iter(self.children))]
        while stack:
            prefix, rest = stack[-1]
            each = next(rest, None)
            if each is None:
                stack.pop()
            elif isinstance(each, Field):
                yield prefix + each.name, each
            elif each.name not in skip:
                stack.append((f"{prefix}{each.name}.", iter(each.children)))


class Field:
    """A field: name, value with entities resolved and whitespace tidied, place in the text."""

    __slots__ = ("begin", "name", "value")

    def __init__(self, name: str, value: str, begin: int) -> None:
        self.name = name
        self.value = value
        self.begin = begin


class Lines:
    """Offsets in a text to line numbers."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]

    def number(self, offset: int) -> int:
        """The line, counted from 1."""
        return bisect_right(self._starts, offset)


def blanked(text: str) -> str:
    """The text with comments as blanks and CDATA as escaped text, line breaks where they were."""
    text = _spans_replaced(text, "<!--", "-->", lambda inside: _NOT_BREAK.sub(" ", inside))
    return _spans_replaced(text, "<![CDATA[", "]]>", escape)


def _spans_replaced(text: str, begin: str, end: str, made: Callable[[str], str]) -> str:
    kept: list[str] = []
    here = 0
    while (start := text.find(begin, here)) >= 0 and (stop := text.find(end, start)) >= 0:
        kept += (text[here:start], made(text[start + len(begin) : stop]))
        here = stop + len(end)
    return "".join((*kept, text[here:])) if kept else text


def unescape(text: str) -> str:
    """Text with its entities resolved; only those with a semicolon, so that `AT&TRADE` stays."""
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if not name.startswith("#"):
        return html5.get(f"{name};", found.group())
    code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


def parse(text: str) -> Element:
    """The whole text as one tree, below an element without a name."""
    with_text, closed = _survey(text)
    root = Element("", 0)
    builder = _Builder(root, closed - with_text)
    tags = _TAG.finditer(text)
    found = next(tags, None)
    while found is not None:
        after = next(tags, None)
        begin, end = found.span()
        slash, name, attributes, ending = found.groups()
        name = name.upper()
        if slash:
            builder.close(name, end)
            found = after
            continue
        value = text[end : after.start() if after else len(text)].strip()
        if ending or (attributes and attributes.endswith("/")):
            builder.field(name, "", begin)
        elif value and _rank(name) is None:
            builder.field(name, tidy(unescape(value)), begin)
        elif builder.is_aggregate(name) and not _closes(after, name):
            builder.open(name, begin)
        else:
            builder.field(name, "", begin)
        found = after
    builder.finish(len(text))
    return root


def _closes(tag: re.Match[str] | None, name: str) -> bool:
    return tag is not None and bool(tag.group(1)) and tag.group(2).upper() == name


def _survey(text: str) -> tuple[set[str], set[str]]:
    """The names of tags that have text behind them, and of those that are closed somewhere."""
    with_text: set[str] = set()
    closed: set[str] = set()
    last, end = "", 0
    for found in _TAG.finditer(text):
        begin = found.start()
        if last and end < begin and not text[end:begin].isspace():
            with_text.add(last)
        slash, name = found.group(1, 2)
        if slash:
            closed.add(name)
            last = ""
        else:
            last = "" if name in with_text else name
        end = found.end()
    return set(map(str.upper, with_text)), set(map(str.upper, closed))


class _Builder:
    """The stack of aggregates that are open."""

    def __init__(self, root: Element, aggregates: set[str]) -> None:
        self.stack = [root]
        self.open_names: Counter[str] = Counter()
        self.aggregates = aggregates - _FIELDS

    def is_aggregate(self, name: str) -> bool:
        return (_rank(name) is not None or name in self.aggregates) and len(self.stack) < DEPTH_MAX

    def field(self, name: str, value: str, begin: int) -> None:
        self.stack[-1].children.append(Field(name, value, begin))

    def open(self, name: str, begin: int) -> None:
        rank = _rank(name)
        if rank is not None:
            depth = len(self.stack)
            for index in range(len(self.stack) - 1, 0, -1):
                other = _rank(self.stack[index].name)
                if other is not None and other < rank:
                    break
                if other is not None:
                    depth = index
            self._pop_to(depth, begin)
        element = Element(name, begin)
        self.stack[-1].children.append(element)
        self.stack.append(element)
        self.open_names[name] += 1

    def close(self, name: str, end: int) -> None:
        if not self.open_names[name]:
            return
        depth = len(self.stack) - 1
        while self.stack[depth].name != name:
            depth -= 1
        self.stack[depth].is_closed = True
        self._pop_to(depth, end)

    def finish(self, end: int) -> None:
        self._pop_to(1, end)
        self.stack[0].end = end

    def _pop_to(self, depth: int, end: int) -> None:
        while len(self.stack) > depth:
            gone = self.stack.pop()
            gone.end = end
            self.open_names[gone.name] -= 1
