"""The digest of books: what they hold, whatever files and order that came in.

Of books in files the snapshot says which files they were; this says what came out of them.

One canonical text a record, sorted, under a version: the same books give the same id on every
machine; one changed cell gives another.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256

from tieout.core.explain.books import Books

VERSION = "tieout-books-1"
"""Changed whenever the text below is: ids of two versions say nothing of each other."""


def books_digest(books: Books) -> str:
    """SHA-256 over everything the books hold, as hexadecimal digits."""
    whole = sha256(VERSION.encode())
    for field in fields(books):
        whole.update(f"\n{field.name}\n".encode())
        for text in _texts(getattr(books, field.name)):
            whole.update(text.encode() + b"\n")
    return whole.hexdigest()


def _texts(value: object) -> Iterable[str]:
    """The records of a part, one text each, in an order that does not depend on theirs."""
    if isinstance(value, Mapping):
        return sorted(_text([key, each]) for key, each in value.items())
    if isinstance(value, tuple | frozenset):
        return sorted(map(_text, value))
    return [_text(value)]


def _text(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":"))


def _plain(value: object) -> object:
    """A value as JSON has it; a record is the list of its fields."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, frozenset):
        return sorted(map(_text, value))
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical text")
