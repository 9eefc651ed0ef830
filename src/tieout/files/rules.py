"""A rules file (TOML) to `MatchRules`, with errors that name key and value."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from tieout.core.errors import InvalidInput
from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.core.matching.words import Pass

_KINDS: dict[str, type] = {each.name: type(each.default) for each in fields(MatchRules)}


def load_rules(source: Mapping[str, object] | str | Path | MatchRules | None) -> MatchRules:
    """Rules from a file, from settings, or the defaults. Unknown keys are refused by name."""
    if source is None:
        return MatchRules()
    if isinstance(source, MatchRules):
        return source
    where = "rules"
    if not isinstance(source, Mapping):
        where = Path(source).name
        source = _parse(Path(source))
    settings: dict[str, Any] = {}
    for key, value in source.items():
        if key not in _KINDS:
            raise _refused(where, key, "a key that is not known", f"one of {', '.join(_KINDS)}")
        settings[key] = _setting(where, key, value)
    try:
        return MatchRules(**settings)
    except ValueError as error:
        raise _refused(where, "", str(error), "settings that agree") from error


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput("file.not-found", f"{path}: {error.strerror}", "a rules file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(path.name, "", str(error), "TOML") from error


def _setting(where: str, key: str, value: object) -> object:
    """One setting in its own type; passes, fee shapes and account pairs have their own forms."""
    try:
        if key == "passes" and isinstance(value, list):
            return tuple(Pass(each) for each in value)
        if key == "fee_shapes" and isinstance(value, list):
            return tuple(_fee_shape(each) for each in value)
        if key == "exact_accounts" and isinstance(value, list):
            return tuple((str(a), str(b)) for a, b in value)
    except (ValueError, TypeError) as error:
        raise _refused(where, key, str(error), "the form of the guide's example") from error
    expected = _KINDS[key]
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        value = value / 1
    if type(value) is not expected:
        raise _refused(where, key, repr(value), f"a value of type {expected.__name__}")
    return value


def _fee_shape(given: Mapping[str, Any]) -> FeeShape:
    """Raise `TypeError` for a name that is no text or a figure that is no whole number."""
    shape = FeeShape(**given)
    for each in fields(FeeShape):
        if type(getattr(shape, each.name)) is not each.type:
            raise TypeError(f"{each.name} is {getattr(shape, each.name)!r}")
    return shape


def _refused(where: str, key: str, found: str, expected: str) -> InvalidInput:
    place = f"{where}, {key}" if key else where
    return InvalidInput("match.rules-invalid", found, expected, place)
