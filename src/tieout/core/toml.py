"""Plain values written as TOML; the standard library only reads it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def toml_of(tables: Mapping[str, Any]) -> str:
    """Plain values first, then `[[name]]` for each table of a list; empty lists are left out.

    A table inside such a table is `[name.inner]`; further in, everything stands on its line.
    """
    lines = [
        f"{_key(name)} = {_value(value)}"
        for name, value in tables.items()
        if not isinstance(value, list)
    ]
    for name, entries in tables.items():
        for entry in entries if isinstance(entries, list) else ():
            lines += ["", f"[[{_key(name)}]]", *_table(name, entry)]
    return "\n".join(lines) + "\n"


def _table(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    inner = {key: value for key, value in entry.items() if isinstance(value, Mapping)}
    yield from _lines({key: value for key, value in entry.items() if key not in inner})
    for key, values in inner.items():
        yield from ("", f"[{_key(name)}.{_key(key)}]")
        yield from _lines(dict(sorted(values.items())))


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """As a basic string: JSON's escapes are TOML's, but for the one letter JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {_value(value[name])}" for name in sorted(value))
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)
