"""A figure that somebody compares: typed, or that of a report kept as JSON."""

import json
from dataclasses import dataclass
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.core.explain.books import SubLedger


@dataclass(frozen=True)
class Figure:
    """The figure, and what the report it comes from says of itself."""

    amount: str
    """A plain decimal."""
    notes: tuple[str, ...] = ()


def figure_of(given: str, ledger: SubLedger) -> Figure:
    """The figure, or the control total of that ledger in a report that was kept.

    Raises:
        InvalidInput: The file is not there (`file.not-found`), or is no report of the ledger
            (`command.invalid`).
    """
    if not given.endswith(".json"):
        return Figure(given)
    path = Path(given)
    if not path.is_file():
        raise InvalidInput("file.not-found", given, "a report kept as JSON")
    try:
        for report in json.loads(path.read_text(encoding="utf-8")):
            parameters = dict(report["parameters"])
            if parameters.get("ledger") == ledger.called:
                said = {**parameters, "snapshot": report["snapshot"]}
                notes = tuple(f"{name} of the report compared: {said[name]}" for name in said)
                return Figure(str(report["control_total"]), notes)
    except (ValueError, TypeError, KeyError) as error:
        found = f"{path.name}: {type(error).__name__}: {error}"
        raise InvalidInput("command.invalid", found, "a report kept as JSON") from error
    expected = f"a report of the {ledger.called.lower()}"
    raise InvalidInput("command.invalid", path.name, expected)
