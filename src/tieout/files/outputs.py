"""What a match run leaves in its folder: three tables, a summary and a page a person can read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

import tieout
from tieout.core.reading import Reading
from tieout.engine.workers import over
from tieout.files.matching import MatchRun
from tieout.files.records import SideRecords
from tieout.files.report import write_report
from tieout.files.writing import write_whole, writing

FILES = ("groups.csv", "matches.csv", "unmatched.csv", "summary.json", "report.html")


def write_outputs(run: MatchRun, folder: Path) -> list[Path]:
    """Write all five files; each is complete or absent. Returns their paths."""
    with writing("a folder to write to"):
        folder.mkdir(parents=True, exist_ok=True)
        over(
            lambda name: _write(run, folder / name),
            # The longest first, so that neither thread is left with it at the end.
            ("report.html", "matches.csv", "groups.csv", "unmatched.csv", "summary.json"),
        )
    return [folder / name for name in FILES]


def _write(run: MatchRun, path: Path) -> None:
    if path.name == "summary.json":
        text = json.dumps(summary_of(run), indent=2, ensure_ascii=False, default=str)
        write_whole(path, text + "\n")
    elif path.name == "report.html":
        write_whole(path, write_report(run))
    else:
        _write_table(getattr(run.result, path.stem), path)


def _write_table(table: pa.Table, path: Path) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(quoting_style="needed"))
    part.replace(path)


def summary_of(run: MatchRun) -> dict[str, Any]:
    """The whole run as plain data: what came in, what came out, that it adds up, and how."""
    return {
        "program": f"tieout {tieout.__version__}",
        "agreed": run.agreed,
        **run.result.summary,
        "inputs": {
            "left": _side(run.left, run.readings[0]),
            "right": _side(run.right, run.readings[1]),
        },
        "notes": list(run.notes),
        "seconds": {**_mapping(run.result.summary.get("seconds")), **run.seconds},
    }


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _side(side: SideRecords, reading: Reading | None) -> dict[str, Any]:
    return {
        "file": side.label,
        "sha256": reading.sha256 if reading else "",
        "format": reading.format if reading else "table",
        "variant": reading.variant if reading else "",
        "records": side.table.num_rows,
        "set_aside": side.set_aside,
        "held": len(reading.held) if reading else 0,
        "decimals": dict(side.exponents),
        "mapping": dict(reading.mapping) if reading else {},
        "problems": [
            {"code": each.code, "severity": each.severity, "text": str(each)}
            for each in side.problems[:1000]
        ],
        "problem_count": len(side.problems),
    }
