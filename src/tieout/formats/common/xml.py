"""XML without its dangers: no entities, no network, bounded trees, mended where it can be.

Banks and ledgers ship XML that is cut off, wrongly encoded, glued together from several
documents or sprinkled with bare ampersands. What can be read is read, and each repair is said.
Element names lose their namespace after parsing, because files get the namespace wrong more
often than the names.
"""

import re
from dataclasses import dataclass

from lxml import etree

from tieout.core.errors import InvalidInput, Place, Problem
from tieout.formats.common.heads import root_name
from tieout.formats.common.source import Text, decode

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,300}\?>")
_CHARSET = re.compile(
    rb"^.{0,20}<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.DOTALL
)
_NEXT = re.compile(r"<\?xml\s")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_GOOD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LEADS = tuple(bytes([lead]) for lead in range(0xC3, 0xE3))
"""First bytes of the letters of Latin, Greek and Cyrillic in UTF-8."""
_NO_CUT = ("Excessive depth", "Resource limit", "Opening and ending tag")
"""Faults after which elements are open although the file does not break off."""
_BAD_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_ROOT_TAG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^<>]*\?>\s*|<!--[^<>]*-->\s*)*(<[A-Za-z_][^<>&]*>)"
)
_DEFAULT = re.compile(rb"\sxmlns\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PREFIXED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_UNPREFIXED_TAG = re.compile(rb"<[A-Za-z_][\w.-]*[\s/>]")
_BYTE_FOR_LETTER = re.compile(r"|utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d|cp125\d")
"""Charsets in which markup is the bytes of ASCII."""


@dataclass(frozen=True)
class Document:
    """One XML document of a file. Names are bare of namespaces."""

    root: etree._Element
    namespace: str
    """That of the root, as it was."""
    namespaces: tuple[str, ...]
    """All that the document names, in order: an envelope's content has its own."""
    unclosed: tuple[etree._Element, ...] = ()
    """Elements that were still open when the document broke off, outermost first."""

    def is_cut(self, element: etree._Element) -> bool:
        """Whether the document broke off inside this element, so that it is not whole."""
        return any(element is each for each in self.unclosed)


@dataclass(frozen=True)
class Documents:
    """All XML documents of a file, and what had to be mended to read them."""

    documents: tuple[Document, ...]
    charset: str
    problems: tuple[Problem, ...] = ()
    text: str = ""
    """Of a file that had to be mended, so that it can be seen what mending did not save."""

    def lost(self, name: str) -> tuple[Problem, ...]:
        """A problem if the text of a mended file begins more such elements than were parsed."""
        if not self.text:
            return ()
        written = len(re.findall(rf"<(?:[\w.-]{{1,60}}:)?{name}[\s>]", self.text))
        parsed = sum(1 for each in self.documents for _ in each.root.iter(name))
        if written <= parsed:
            return ()
        found = f"{parsed} <{name}> that could be parsed"
        return (Problem("statement.count-differs", found, f"{written} that the file begins"),)


def parse_documents(data: bytes, where: str) -> Documents:
    """Every document in the bytes (files glued together have several), mended where need be.

    A document that declares entities is refused before parsing (XML 1.0 section 4.2).
    """
    if _ENTITY.search(data) or (b"\0" in data[:200] and _ENTITY.search(data.replace(b"\0", b""))):
        raise InvalidInput("xml.entities", "<!ENTITY", "plain XML", where)
    claimed = _claimed(data)
    bare = _without_namespaces(data, claimed)
    if bare is not None:
        try:
            return Documents((bare.parsed(),), claimed or "utf-8")
        except (etree.XMLSyntaxError, ValueError):
            pass  # what is wrong is said of the file as it is
    try:
        root = etree.fromstring(data, _parser())
        _refuse_entities(root, where)
        return Documents((_document(root),), claimed or "utf-8")
    except (etree.XMLSyntaxError, ValueError):
        return _mended(data, claimed, where)


@dataclass(frozen=True)
class _Bare:
    """A file whose names were bared before parsing, and the namespaces they had, in order."""

    data: bytes
    namespaces: tuple[str, ...]

    def parsed(self) -> Document:
        root = etree.fromstring(self.data, _parser())
        return Document(root, next(iter(self.namespaces), ""), self.namespaces)


def _without_namespaces(data: bytes, claimed: str) -> _Bare | None:
    """The file with bare names, line for line, where its root alone declares namespaces.

    None where that cannot be told from the bytes: renaming each parsed element does the same, at
    the price of a second for a million of them.
    """
    tag = _ROOT_TAG.match(data)
    if (
        tag is None
        or b"\0" in data[:200]
        or not _BYTE_FOR_LETTER.fullmatch(claimed)
        or data.find(b"xmlns", tag.end()) >= 0
        or data.count(b"<!") != data.count(b"<!--")
    ):
        return None
    begin, end = tag.span(1)
    default = _DEFAULT.search(data, begin, end)
    used: list[tuple[int, str]] = []
    if default and (unprefixed := _UNPREFIXED_TAG.search(data, begin)):
        used.append((unprefixed.start(), _text_of(default[1] or default[2])))
    prefixes = []
    for prefix, *quoted in _PREFIXED.findall(data[begin:end]):
        at = data.find(b"<" + prefix + b":", begin)
        if at >= 0:
            prefixes.append(prefix)
            used.append((at, _text_of(b"".join(quoted))))
    if default:
        lines = b"\n" * default[0].count(b"\n")
        data = b"".join((data[: default.start()], lines, data[default.end() :]))
    for prefix in prefixes:
        data = data.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
    return _Bare(data, tuple(dict.fromkeys(name for _, name in sorted(used) if name)))


def _text_of(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "replace")


def parse_xml(data: bytes, where: str) -> tuple[etree._Element, tuple[Problem, ...]]:
    """The root of the first document, bare of namespaces, and what had to be mended."""
    parsed = parse_documents(data, where)
    return parsed.documents[0].root, parsed.problems


def _parser(encoding: str | None = None) -> etree.XMLParser:
    """Strict; text nodes up to 10 MB and a depth of 256, by the parser's own limits."""
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )


def _mended(data: bytes, claimed: str, where: str) -> Documents:
    decoded = _decoded(data, claimed)
    text, repairs = _repaired(decoded.text)
    problems = list(decoded.problems)
    if repairs:
        problems.append(Problem("xml.mended", ", ".join(repairs), "well-formed XML"))
    documents: list[Document] = []
    for piece, line in (each for whole in _pieces(text) for each in _glued(*whole)):
        document, fault = _parse_piece(piece, line, where)
        if document is not None:
            documents.append(document)
        if fault is not None:
            problems.append(fault)
    if not documents:
        found = problems[-1].found if problems else "no element"
        raise InvalidInput("xml.malformed", found, "well-formed XML", where)
    return Documents(tuple(documents), decoded.charset, tuple(problems), text)


def _claimed(data: bytes) -> str:
    found = _CHARSET.match(data[:400].replace(b"\0", b""))
    return found.group(1).decode("ascii").lower() if found else ""


def _decoded(data: bytes, claimed: str) -> Text:
    """The text by mark, claim, UTF-8 or Windows-1252, whichever holds first.

    Nothing is guessed by statistics: a ledger in XML that is not what it claims is one of these.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data.startswith(b"\xef\xbb\xbf"):
        return decode(data)
    if data[:4] in {b"<\0?\0", b"\0<\0?"}:  # UTF-16 without its mark
        charset = "utf-16-le" if data[0] else "utf-16-be"
        return Text(data.decode(charset, errors="replace"), charset)
    data = data.replace(b"\0", b" ")
    wide = claimed.startswith(("utf-16", "utf16", "ucs", "utf-32"))  # written by databases
    note = Problem("file.encoding", f"text that is not {claimed}", "the charset it names")
    for charset in ("" if wide else claimed, "utf-8"):
        try:
            text = data.decode(charset) if charset else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None:
            return Text(text, charset, (note,) if claimed and charset != claimed else ())
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    if sum(data.count(lead) for lead in _LEADS) > 3 * bad:  # mostly UTF-8 after all
        return Text(text, "utf-8", (Problem("file.encoding", f"{bad} bytes that are not utf-8"),))
    text = data.decode("cp1252", errors="replace")
    note = Problem(
        "file.encoding", f"text that is not {claimed or 'utf-8'}", "the charset it names"
    )
    return Text(text, "cp1252", (note,))


def _repaired(text: str) -> tuple[str, list[str]]:
    """The text with what no XML may contain taken out or escaped, and what that was."""
    repairs: list[str] = []
    text, count = _NOT_XML.subn(" ", text)
    if count:
        repairs.append(f"{count} control characters")
    bad = sum(not _is_character(each) for each in _BAD_REFERENCE.finditer(text))
    if bad:
        text = _BAD_REFERENCE.sub(lambda m: m[0] if _is_character(m) else " ", text)
        repairs.append(f"{bad} references to characters that do not exist")
    if "<![CDATA[" not in text:  # where an ampersand needs no escape
        text, count = _BARE.subn("&amp;", text)
        if count:
            repairs.append(f"{count} bare ampersands")
    start = text.find("<")
    if start > 0 and text[:start].strip("\ufeff \t\r\n"):
        repairs.append(f"{start} characters before the first element")
    return text, repairs


def _is_character(reference: re.Match[str]) -> bool:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF


def _pieces(text: str) -> list[tuple[str, int]]:
    """The documents of a file glued together, each with the number of its first line."""
    starts = [found.start() for found in _NEXT.finditer(text)]
    if not starts or text[: starts[0]].strip("\ufeff \t\r\n").startswith("<"):
        starts.insert(0, max(text.find("<"), 0))
    ends = [*starts[1:], len(text)]
    line, last, pieces = 1, 0, []
    for start, end in zip(starts, ends, strict=True):
        line, last = line + text.count("\n", last, start), start
        pieces.append((text[start:end], line))
    return pieces


def _glued(text: str, line: int) -> list[tuple[str, int]]:
    """Documents that follow one another without a declaration between them."""
    name = root_name(text[:65_536].encode("utf-8", "replace"))
    ends = list(re.finditer(rf"</(?:[\w.-]{{1,60}}:)?{re.escape(name)}\s*>\s*(?=<)", text))
    starts = len(re.findall(rf"<(?:[\w.-]{{1,60}}:)?{re.escape(name)}[\s>]", text)) if ends else 0
    if not name or not ends or starts != len(ends) + 1:
        return [(text, line)]
    pieces, last = [], 0
    for cut in (*(found.end() for found in ends), len(text)):
        pieces.append((text[last:cut], line))
        line, last = line + text.count("\n", last, cut), cut
    return pieces


def _parse_piece(text: str, line: int, where: str) -> tuple[Document | None, Problem | None]:
    """One document, read as far as it goes, and the fault it stopped at."""
    body = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)
    body = "\n" * min(line - 1, 60_000) + body
    encoded = body.encode("utf-8")
    try:
        whole = etree.fromstring(encoded, _parser("utf-8"))
        _refuse_entities(whole, where)
        return _document(whole), None
    except (etree.XMLSyntaxError, ValueError) as error:
        fault = _fault(error)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    still_open: list[etree._Element] = []
    try:
        parser.feed(encoded)
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element):  # noqa: SLF001  the class has no other name
                continue
            if event == "start":
                still_open.append(element)
            elif still_open and still_open[-1] is element:
                still_open.pop()
        root: etree._Element | None = parser.close()
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return None, fault
    _refuse_entities(root, where)
    return _document(root, tuple(still_open)), _judged(fault, text, root, still_open)


def _judged(
    fault: Problem, text: str, root: etree._Element, still_open: list[etree._Element]
) -> Problem:
    """The parser's fault as what it means for the reader of the file."""
    if still_open and not fault.found.startswith(_NO_CUT):
        return Problem(
            "file.truncated",
            f"XML that breaks off inside <{local(still_open[-1])}>",
            f"</{local(root)}> at the end",
            place_of(still_open[-1]),
        )
    if fault.found.startswith("Extra content") and "<" not in text.rpartition(">")[2]:
        return Problem("xml.mended", "text after the end of the document", "nothing", fault.place)
    if fault.found.startswith("Namespace prefix"):
        return Problem("xml.mended", fault.found, "a namespace that is declared", fault.place)
    return fault


def _fault(error: Exception) -> Problem:
    if isinstance(error, etree.XMLSyntaxError):
        return Problem(
            "file.damaged", str(error.msg)[:160], "well-formed XML", Place(line=error.lineno)
        )
    return Problem("file.damaged", str(error)[:160], "well-formed XML")


def _refuse_entities(root: etree._Element, where: str) -> None:
    """The second look, for a charset in which the first could not see the declaration."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():  # type: ignore[attr-defined]  # stubs lack it
        raise InvalidInput("xml.entities", "<!ENTITY", "plain XML", where)


def _document(root: etree._Element, unclosed: tuple[etree._Element, ...] = ()) -> Document:
    namespaces: dict[str, None] = {}
    bare: dict[str, str] = {}
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        if tag not in bare:
            bare[tag] = tag
            if ":" in tag and not tag.startswith("{"):  # a prefix that is declared nowhere
                bare[tag] = _name(tag.rpartition(":")[2])
            elif tag.startswith("{"):
                namespace, _, name = tag[1:].partition("}")
                namespaces.setdefault(namespace)
                bare[tag] = _name(name)
        if bare[tag] != tag:
            element.tag = bare[tag]
    return Document(root, next(iter(namespaces), ""), tuple(namespaces), unclosed)


def place_of(element: etree._Element, record: int | None = None) -> Place:
    """Where an element stands in the file."""
    line = element.sourceline
    return Place(line=line if isinstance(line, int) else None, record=record)


def _name(text: str) -> str:
    """A name that may be set, from one that mending let through."""
    return text if _GOOD_NAME.fullmatch(text) else "_" + re.sub(r"[^A-Za-z0-9_.-]", "_", text)


def local(element: etree._Element | None) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = "" if element is None else element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if "}" in tag else tag


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along that path of names, which parsing has stripped bare."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(name), None)
    return element


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """All direct children of that name."""
    return [] if element is None else list(element.iterchildren(name))


def text_at(element: etree._Element | None, *path: str) -> str:
    """The tidied text along that path, or the empty string."""
    found = child(element, *path)
    return " ".join((found.text or "").split()) if found is not None else ""


def leaves(
    element: etree._Element | None, consumed: frozenset[str], prefix: str = ""
) -> list[tuple[str, str]]:
    """Every text below that no path in `consumed` covers, as (path, text): nothing is lost.

    An amount carries its currency, written behind it.
    """
    found: list[tuple[str, str]] = []
    for each in () if element is None else element:
        path = f"{prefix}{local(each)}"
        if path in consumed:
            continue
        if len(each):
            found.extend(leaves(each, consumed, f"{path}/"))
            continue
        text = " ".join((each.text or "").split())
        currency = each.get("Ccy")
        if text:
            found.append((path, f"{text} {currency}" if currency else text))
    return found


def raw_text(element: etree._Element, characters_max: int = 2000) -> str:
    """The element as text, for a record that is held back."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return str(text)[:characters_max]
