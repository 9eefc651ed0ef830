"""What an OFX file says of itself before it begins: version, form, charset. All may be untrue."""

import re
from dataclasses import dataclass

_PAIR = re.compile(
    rb"""(OFXHEADER|VERSION|ENCODING|CHARSET)\s*(?::|=\s*["'])\s*"""
    rb"""([A-Za-z0-9.\-]{0,30}?)(?=["'\s]|[A-Z]{4,15}:|$)""",
    re.IGNORECASE,
)
_BEGIN = re.compile(rb"<\s*(?:\w+:)?OFX\b", re.IGNORECASE)
_XML_ENCODING = re.compile(
    rb"""<\?xml[^<>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Header:
    """The version as `1.0.2`, whether it is XML by its own word, and the charset it names."""

    version: str
    is_xml: bool
    charset: str

    @property
    def variant(self) -> str:
        """For people: `OFX 1.0.2 (SGML)`."""
        if not self.version:
            return "OFX without a header"
        return f"OFX {self.version} ({'XML' if self.is_xml else 'SGML'})"


def read_header(head: bytes) -> Header:
    """The header that stands before the first `<OFX>`, as 1.x lines or as a 2.x instruction."""
    head = head.replace(b"\0", b"")
    begin = _BEGIN.search(head)
    before = head[: begin.start()] if begin else head[:2000]
    xml = _XML_ENCODING.search(before)
    is_xml = b"<?OFX" in before.upper()
    if is_xml:
        before = before[before.upper().index(b"<?OFX") :]
    pairs = {key.decode().upper(): value.decode() for key, value in _PAIR.findall(before)}
    digits = pairs.get("VERSION", "")
    version = ".".join(digits) if re.fullmatch(r"\d{3}", digits) else digits
    charset = xml.group(1).decode() if xml else _charset(pairs)
    return Header(version, is_xml, charset)


def _charset(pairs: dict[str, str]) -> str:
    """OFX 1.6 section 2.2.1: ENCODING is USASCII or UNICODE, CHARSET qualifies the first."""
    encoding, charset = pairs.get("ENCODING", "").upper(), pairs.get("CHARSET", "").upper()
    if encoding in {"UTF-8", "UTF8", "UNICODE"} or charset in {"UTF-8", "UTF8"}:
        return "utf-8"
    if charset in {"", "NONE"}:
        return "ascii" if encoding == "USASCII" else ""
    if charset.startswith("8859"):
        return f"iso-{charset}"
    return f"cp{charset}" if charset.isdigit() else charset
