"""Text into tagged fields: envelopes, message ends and lines broken in the wrong place.

SWIFT writes `:tag:` at the start of a line; everything up to the next tag belongs to it. Files
from banks add headers without tags, end messages with `-`, and wrap texts so that a time of day
(`:20:45`) stands where a tag would.
"""

import re
from dataclasses import dataclass, field

from tieout.formats.common.fields import tidy

_TAG = re.compile(
    r"\s{0,3}:(20|21|25P?|28C?|60[FM]?|61|86|62[FM]?|64|65[FM]?|12|13D?|34F|90[CD]|NS) ?:",
    re.IGNORECASE,
)
_TIME = re.compile(r":[0-5]\d:[0-5]\d(?!\d)")
_HOUR_BEFORE = re.compile(r"(?:^|\D)(?:[01]\d|2[0-3])$")
_ENVELOPE = re.compile(r"\s*(?:[{\u00e4][1-5]:|-[}\u00e5])")
_TEXT_BLOCK = re.compile(r"[{\u00e4]4:")
_END = re.compile(r"\s*[-\u00ad](?:XXX)?\s*")
_HEADER = re.compile(
    r"\s*(?:[A-Z]{6}[A-Z0-9]{2,6}"  # the bank's BIC alone on a line
    r"|:?9\d\d:?(?: \d\d)?"  # the message type: `940`, `940 00`, `:940:`
    r"|\d{4} \d{2}[A-Z0-9]{6,12}\d*"  # a short telex header
    r"|XXX|-|[{}]+)\s*"
)
_BROKEN_TAG = re.compile(r"\d{2}[A-Z]?:")
_ON_ONE_LINE = re.compile(r"(?=:(?:20|21|25|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D|90[CD]):)")


@dataclass(slots=True)
class Field:
    """One tagged field: its tag, the text after it line by line, and where it stands."""

    tag: str
    lines: list[str]
    line: int
    after_end: bool = False
    """It is the first one after the end of a message."""

    @property
    def text(self) -> str:
        """The lines joined as they stood."""
        return "\n".join(self.lines)


@dataclass(slots=True)
class Fields:
    """All fields of a file, and the lines that belong to none."""

    fields: list[Field] = field(default_factory=list)
    strays: list[tuple[int, str]] = field(default_factory=list)


class _Splitter:
    """Goes through the lines once; knows the field it is in and whether a message has ended."""

    def __init__(self) -> None:
        self.found = Fields()
        self.current: Field | None = None
        self.ended = False
        self.pending: list[tuple[int, str]] = []

    def take(self, number: int, line: str) -> None:
        if _ENVELOPE.match(line):
            self._end_message()
            line = _after_text_block(line)
            if not line.strip():
                return
        tag = _TAG.match(line) if ":" in line[:4] else None
        if tag and not self._goes_on(line):
            self._begin(tag.group(1).upper(), line[tag.end() :], number)
        elif _END.fullmatch(line):
            self.ended = True
        elif self.current is None or self.ended:
            if tidy(line) and not _HEADER.fullmatch(line):
                self.pending.append((number, line))
        elif self.current.tag in {"86", "NS", "61"} or not _HEADER.fullmatch(line):
            self.current.lines.append(line)

    def _begin(self, name: str, text: str, number: int) -> None:
        if self.pending and self.current is not None and name not in {"20", "12"}:
            # A lone `-` stood inside a text: what followed it belongs to the text.
            self.current.lines += ["-", *(each for _, each in self.pending)]
            self.pending.clear()
            self.ended = False
        self.set_aside()
        self.current = Field(name, [text], number, after_end=self.ended)
        self.found.fields.append(self.current)
        self.ended = False

    def _end_message(self) -> None:
        self.set_aside()
        self.current, self.ended = None, True

    def _goes_on(self, line: str) -> bool:
        """A wrapped text goes on with minutes and seconds that look like a tag."""
        return (
            self.current is not None
            and not self.ended
            and self.current.tag in {"86", "NS"}
            and _TIME.match(line) is not None
            and _HOUR_BEFORE.search(self.current.lines[-1][-3:]) is not None
        )

    def set_aside(self) -> None:
        if self.pending:
            self.found.strays += self.pending
            self.pending.clear()


def split_fields(text: str) -> Fields:
    """The tagged fields in order; text outside of messages is kept as strays."""
    splitter = _Splitter()
    for number, line in _lines(text):
        splitter.take(number, line)
    splitter.set_aside()
    return splitter.found


def _after_text_block(line: str) -> str:
    """What stands behind the last `{4:` of an envelope line."""
    blocks = list(_TEXT_BLOCK.finditer(line))
    return line[blocks[-1].end() :] if blocks else ""


def _lines(text: str) -> list[tuple[int, str]]:
    """Numbered lines; `@@` as line end (HBCI) and files on one single line are opened up."""
    if "@@:" in text:
        text = text.replace("@@", "\n")
    lines = re.split(r"\r*\n|\r", text)
    if len(lines) <= 3 and len(_ON_ONE_LINE.findall(text)) > 3:
        lines = _ON_ONE_LINE.sub("\n", text).split("\n")
    numbered: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if numbered and numbered[-1][1].strip() == ":" and _BROKEN_TAG.match(line):
            numbered[-1] = (numbered[-1][0], ":" + line)
        else:
            numbered.append((number, line))
    return numbered
