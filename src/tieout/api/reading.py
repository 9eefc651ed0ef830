"""A request's parts, read strictly: one way to read each, or a refusal that names the place."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from tieout.core.errors import InvalidInput
from tieout.formats.common.source import Source
from tieout.workflows.receive_file import check_size

_BLOCK = 1 << 20


def malformed(found: str, expected: str, where: str = "body") -> InvalidInput:
    """What cannot be read at all."""
    return InvalidInput("request.malformed", found, expected, where)


class WrongMediaType(InvalidInput):
    """A body of a kind that the operation does not take."""


class StrictParser(Parser):
    """JSON as RFC 8259 has it, in UTF-8, without a name twice, without NUL and half letters."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        value = strict_json(request.body)
        if not isinstance(value, dict):
            raise malformed(f"JSON that is {_kind(value)}", "a JSON object")
        return value

    def parse_querydict(
        self,
        data: MultiValueDict[str, Any],
        list_fields: list[str],
        request: HttpRequest,  # noqa: ARG002  the library's signature
    ) -> dict[str, Any]:
        """What was asked for; the library would pass over parameters that are left empty."""
        return {name: data.getlist(name) if name in list_fields else data[name] for name in data}


def strict_json(data: bytes) -> object:
    """The value; anything that two programs might read in two ways is refused."""
    try:
        text = data.decode("utf-8")
        value: object = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_whole
        )
    except RecursionError as error:
        raise malformed("JSON nested without end", "a JSON object") from error
    except ValueError as error:
        raise malformed(str(error)[:200], "JSON in UTF-8") from error
    if "\\u" in text:
        _check_letters(value)
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice in one object")
    return made


def _no_constant(text: str) -> object:
    raise ValueError(f"{text}, which is no number")


def _whole(text: str) -> object:
    """`2.0` is the whole number 2 to JSON; what is not whole stays as written and is refused."""
    number = float(text)
    if abs(number) < 1e15 and number.is_integer():
        return int(number)
    return f"the number {text[:40]}"


def _check_letters(value: object) -> None:
    if isinstance(value, str):
        require_letters(value, "body")
    elif isinstance(value, dict):
        for name, each in value.items():
            require_letters(name, "body")
            _check_letters(each)
    elif isinstance(value, list):
        for each in value:
            _check_letters(each)


def require_letters(text: str, where: str) -> None:
    """Refuse NUL and halves of letters: no database keeps them."""
    if "\0" in text:
        raise malformed("a NUL character", "text without it", where)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise malformed("half of a surrogate pair", "whole letters", where)


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number"}
    return names.get(type(value), "null")


def check_query(query: QueryDict, known: frozenset[str]) -> None:
    """Refuse parameters that the operation does not have, or that are there twice."""
    for name in query:
        require_letters(name, "query")
        require_letters(str(query[name]), "query")
        if name not in known:
            expected = ", ".join(sorted(known)) or "no parameters"
            raise InvalidInput("request.invalid", "an unknown parameter", expected, name[:100])
        if len(query.getlist(name)) > 1:
            raise InvalidInput("request.invalid", "the parameter twice", "it once", name)


@contextmanager
def spooled(request: HttpRequest) -> Iterator[Path]:
    """A raw body on disk, never whole in memory; gone afterwards."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        raise malformed("no length", "the header Content-Length", "Content-Length")
    check_size(int(length))
    with tempfile.NamedTemporaryFile(prefix="tieout-") as file:
        while block := request.read(_BLOCK):
            file.write(block)
        file.flush()
        yield Path(file.name)


def source_of_part(part: "UploadedFile[bytes]") -> Source:
    """A part of a form: a small one is in memory, a large one on disk already."""
    name = (part.name or "file")[:200]
    check_size(part.size or 0)
    path = getattr(part, "temporary_file_path", None)
    if path is not None:
        return Source(name, path=Path(path()))
    return Source(name, b"".join(part.chunks()))
