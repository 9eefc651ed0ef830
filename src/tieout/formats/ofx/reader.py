"""The tree of tags into statements, and what is odd about the file."""

import re

from tieout.core.errors import InvalidInput, Problem
from tieout.core.reading import Reading
from tieout.core.statements import continuity
from tieout.formats.common.charset import decode_western
from tieout.formats.common.source import Source
from tieout.formats.ofx import MARKS
from tieout.formats.ofx.header import read_header
from tieout.formats.ofx.statements import read_statements
from tieout.formats.ofx.tree import Lines, blanked, parse


def read(source: Source) -> Reading:
    """Read the whole file; there are no options."""
    data = source.data()
    header = read_header(data[:65_536])
    if b"<!entity" in data[:1_000_000].replace(b"\0", b"").lower():
        raise InvalidInput("xml.entities", "<!ENTITY", "plain OFX", source.name)
    decoded = decode_western(data, header.charset)
    text = blanked(decoded.text)
    root = parse(text)
    bare = data.replace(b"\0", b"")
    if not root.children or not any(mark.search(bare) for _, mark in MARKS):
        start = text.strip()[:40]
        raise InvalidInput("file.damaged", f"{start!r} and no OFX tag", "<OFX>", source.name)
    upper = text.upper()
    is_cut_off = "<OFX>" in upper and "</OFX>" not in upper[upper.rfind("<OFX>") :]
    content = read_statements(text, root, Lines(text), is_cut_off=is_cut_off)
    problems = [*decoded.problems, *content.problems]
    if is_cut_off:
        problems.append(Problem("file.truncated", "no </OFX> at the end", "a whole file"))
    if not any(each.lines for each in content.statements) and not content.held:
        held = ", ".join(_message_sets(upper)) or "no message set"
        problems.append(Problem("file.no-records", held, "a statement with records"))
    problems += continuity(content.statements)
    is_web_connect = "<INTU.BID>" in upper
    return Reading(
        file=source.name,
        format="ofx",
        variant=header.variant + (", Web Connect" if is_web_connect else ""),
        charset=decoded.charset,
        sha256=source.sha256,
        statements=tuple(content.statements),
        problems=tuple(problems),
        held=tuple(content.held),
    )


def _message_sets(upper: str) -> list[str]:
    return sorted(set(re.findall(r"<([A-Z0-9]+MSGSR[SQ]V\d)>", upper)))
