"""Subjects: what a comment or a piece of evidence is about, and whom a comment names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.errors import InvalidInput


class SubjectKind(StrEnum):
    """The kinds of record that can be spoken of."""

    MATCH_GROUP = "match_group"
    DECISION = "decision"
    RECONCILIATION = "reconciliation"
    SIGN_OFF = "sign_off"
    BANK_LINE = "bank_line"
    POSTING = "posting"
    RECEIVED_FILE = "received_file"
    BOOKS = "books"
    CASE = "case"
    """What differs between a sub-ledger and its control accounts, the same through all runs."""
    CERTIFICATION = "certification"


@dataclass(frozen=True, slots=True)
class Subject:
    """One record, written `match_group:12` everywhere, the audit chain included."""

    kind: SubjectKind
    record_id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.record_id}"

    @classmethod
    def of(cls, text: str) -> "Subject":
        """The subject of that text; `InvalidInput` when there is no such kind or no number."""
        kind, _, number = text.partition(":")
        if kind not in set(SubjectKind) or not (number.isascii() and number.isdigit()):
            kinds = ", ".join(SubjectKind)
            raise InvalidInput("comment.invalid", repr(text), f"one of {kinds}, `:` and a number")
        return cls(SubjectKind(kind), int(number))


def mentioned(text: str, members: Mapping[int, tuple[str, str]]) -> tuple[int, ...]:
    """The members whom a text names as `@` and their e-mail address or name, in any case.

    `members` is id to (address, name). A name within a longer word is no mention, and of two
    names that begin alike the longer one is meant.
    """
    words = sorted(
        ((word, member) for member, known in members.items() for word in known if word.strip()),
        key=lambda each: (-len(each[0]), each),
    )
    found: set[int] = set()
    for word, member in words:
        pattern = re.compile(rf"(?<!\w)@{re.escape(word)}(?![\w@])", re.IGNORECASE)
        text, times = pattern.subn(" ", text)
        if times:
            found.add(member)
            found |= {other for same, other in words if same.casefold() == word.casefold()}
    return tuple(sorted(found))
