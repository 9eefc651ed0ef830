"""Physical lines into logical records: continuations, missing slashes, and their fields.

A record is `code,field,field…/`; 88 continues the one before. Fields end with commas, the text
of a 16 record runs to the end and may hold commas and slashes (BAI2 section "Record formats").
"""

import re
from dataclasses import dataclass

_CODE = re.compile(r"\s*(01|02|03|16|49|88|98|99)(?:,|:|(?=/?\s*$))")
_TRAILERS = {"49", "98", "99"}
_ON_ONE_LINE = re.compile(r"/[ \t]*(?=(?:02|03|16|88|49|98|99),)")


@dataclass(slots=True)
class Record:
    """A record with its continuations."""

    code: str
    segments: list[str]
    line: int
    physical: int = 1
    """How many physical records it takes, for the counts in the trailers."""

    @property
    def raw(self) -> str:
        """As it stood, for a person to look at."""
        return "\n88,".join([f"{self.code},{self.segments[0]}", *self.segments[1:]])

    def fields(self) -> list[str]:
        """All fields of a record that has no text."""
        return [each.strip() for segment in self.segments for each in segment.split(",")]


class Cursor:
    """Takes the fields of a 16 record one by one; what is left is its text."""

    def __init__(self, segments: list[str]) -> None:
        self._segments = segments
        self._next = 1
        self._rest: str | None = segments[0]

    @property
    def at_end(self) -> bool:
        """Whether the segment is used up, so that a continuation would come next."""
        return self._rest is None

    def take(self) -> str:
        """The next field, from a continuation if need be; empty when there is none."""
        if self._rest is None:
            if self._next >= len(self._segments):
                return ""
            self._rest = self._segments[self._next]
            self._next += 1
        value, comma, rest = self._rest.partition(",")
        self._rest = rest if comma else None
        return value.strip()

    def texts(self) -> list[str]:
        """What has not been taken, segment by segment."""
        first = [self._rest] if self._rest else []
        return [*first, *self._segments[self._next :]]


def split_records(text: str) -> tuple[list[Record], list[tuple[int, str]]]:
    """All records in order, and lines that belong to none: before the first, behind a trailer."""
    records: list[Record] = []
    strays: list[tuple[int, str]] = []
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        found = _CODE.match(line)
        if found and (found.group(1) != "88" or records):
            body = _without_slash(line[found.end() :])
            if found.group(1) == "88":
                records[-1].segments.append(body)
                records[-1].physical += 1
            else:
                records.append(Record(found.group(1), [body], number))
        elif records and records[-1].code not in _TRAILERS:
            # Wrapped without an 88: it belongs to the record before.
            records[-1].segments.append(_without_slash(line))
        else:
            strays.append((number, line))
    return records, strays


def _without_slash(body: str) -> str:
    return body.strip().removesuffix("/")


def _lines(text: str) -> list[str]:
    lines = re.split(r"\r*\n|\r", text.replace("\x1a", ""))
    if len(lines) <= 3 and len(_ON_ONE_LINE.findall(text)) > 2:
        return _ON_ONE_LINE.sub("/\n", text).split("\n")
    return lines
