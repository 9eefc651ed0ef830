"""`$filter` of OData 2, as far as equality, order, `and`, `or` and brackets."""

import re
from collections.abc import Callable, Collection
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]
_TOKEN = re.compile(r"\s*(\(|\)|'(?:[^']|'')*'|[A-Za-z_]+)")
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
}


class NotOData(ValueError):  # noqa: N818  what was met
    """The text is none, or names a field that the entity has not."""


def parsed(said: str, known: Collection[str]) -> Test:
    """The test that the text describes."""
    tokens = _TOKEN.findall(said)
    if "".join(tokens).replace(" ", "") != said.replace(" ", ""):
        raise NotOData(said)
    made, rest = _either(tokens, known)
    if rest:
        raise NotOData(said)
    return made


def _either(tokens: list[str], known: Collection[str]) -> tuple[Test, list[str]]:
    one, rest = _both(tokens, known)
    while rest and rest[0] == "or":
        other, rest = _both(rest[1:], known)
        one = _or(one, other)
    return one, rest


def _both(tokens: list[str], known: Collection[str]) -> tuple[Test, list[str]]:
    one, rest = _single(tokens, known)
    while rest and rest[0] == "and":
        other, rest = _single(rest[1:], known)
        one = _and(one, other)
    return one, rest


def _or(one: Test, other: Test) -> Test:
    return lambda row: one(row) or other(row)


def _and(one: Test, other: Test) -> Test:
    return lambda row: one(row) and other(row)


def _single(tokens: list[str], known: Collection[str]) -> tuple[Test, list[str]]:
    if tokens and tokens[0] == "(":
        made, rest = _either(tokens[1:], known)
        if not rest or rest[0] != ")":
            raise NotOData("a bracket that is not closed")
        return made, rest[1:]
    if len(tokens) < 3 or tokens[0] not in known or tokens[1] not in _COMPARE:
        raise NotOData(" ".join(tokens[:3]))
    name, compare, value = tokens[0], _COMPARE[tokens[1]], tokens[2]
    if not value.startswith("'"):
        raise NotOData(value)
    wanted = value[1:-1].replace("''", "'")
    return lambda row: compare(str(row.get(name) or ""), wanted), tokens[3:]
