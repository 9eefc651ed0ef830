"""Records a second of each reader on generated files; every count and sum checked.

`python -m benchmarks.readers read FILE` reads one file and prints what it found; `make FOLDER
LINES` writes the files, in a process of its own so that the one that measures stays small.
"""

import gzip
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benchmarks.instance import as_file
from benchmarks.measure import alternate, must, peak_mb, seconds
from benchmarks.written import BANK, Line, bank, books, fixed, sheets
from tieout.formats.common.source import Source
from tieout.formats.registry import format_named, read_source
from tieout.testing.worlds import make_world

LINES = 100_000
PER_SECOND_MIN = 20_000
"""Records a second of user time: lines of a bank's file, postings of books, rows of a table."""
PEAK_MB_MAX = 1000
"""Megabytes that reading so many may take, the interpreter and its libraries included."""
TEXTS: dict[str, Callable[[list[Line]], Iterator[str]]] = {
    "ofx1.ofx": bank.ofx1,
    "ofx2.ofx": bank.ofx2,
    "camt053.xml": bank.camt053,
    "mt940.sta": bank.mt940,
    "bai2.bai": bank.bai2,
    "qif.qif": bank.qif,
    "coda.cod": fixed.coda,
    "cfonb120.cfo": fixed.cfonb120,
    "norma43.n43": fixed.norma43,
    "beancount.beancount": books.beancount,
    "ledger.journal": books.ledger,
    "saft.xml": books.saft,
    "iif.iif": books.iif,
}
"""File name to what writes it; the name begins with that of the benchmark's row."""


def run(folder: Path, sizes: tuple[int, ...], rounds: int) -> dict[str, object]:
    """Write each format's file, read it, check count and sum."""
    python = [sys.executable, "-m", "benchmarks.readers"]
    lines = str(sizes[0] if sizes else LINES)
    made = json.loads(must([*python, "make", str(folder), lines]).out)
    rows: list[dict[str, object]] = []
    for name in made["files"]:
        path = folder / name
        runs = alternate({"read": [*python, "read", str(path)]}, rounds, codes=(0,))["read"]
        found = [json.loads(each.out) for each in runs]
        if any((each["records"], each["sum"]) != (made["records"], made["sum"]) for each in found):
            raise RuntimeError(f"{name}: {found} instead of {made}")
        best = min(each["user_seconds"] for each in found)
        row = {
            "format": path.stem,
            "side": found[0]["side"],
            "records": found[0]["made"],
            "megabytes": round(path.stat().st_size / 1e6, 1),
            "user_seconds": round(best, 3),
            "records_per_second": int(found[0]["made"] / best),
            "seconds": seconds(runs),
            "peak_mb": peak_mb(runs),
        }
        rows.append(row)
        print(f"readers: {row}", flush=True)
    return {"rows": rows, "holds": _holds(rows)}


def _holds(rows: list[dict[str, object]]) -> dict[str, bool]:
    """Each promise, by name, and whether these figures keep it."""
    slow = [
        str(row["format"]) for row in rows if int(str(row["records_per_second"])) < PER_SECOND_MIN
    ]
    large = [str(row["format"]) for row in rows if float(str(row["peak_mb"])) > PEAK_MB_MAX]
    return {
        f"every format: {PER_SECOND_MIN:,} records in a second of user time": not slow,
        f"every format: less than {PEAK_MB_MAX} MB of memory": not large,
    }


def _lines(left: pa.Table) -> list[Line]:
    columns = ("booked_on", "amount_minor", "narrative")
    values = zip(*(left[name].to_pylist() for name in columns), strict=True)
    plain = str.maketrans({"/": " ", "&": "+", '"': "'", "<": " ", ">": " ", ";": ",", "|": " "})
    return [
        Line(at, day, minor, " ".join(text[:60].translate(plain).split()))
        for at, (day, minor, text) in enumerate(values, 1)
    ]


def _files(folder: Path, lines: list[Line], left: pa.Table) -> Iterator[Path]:
    for name, write in TEXTS.items():
        path = folder / name
        path.write_text("".join(write(lines)), encoding="utf-8")
        yield path
    path = folder / "gnucash.gnucash"
    path.write_bytes(gzip.compress("".join(books.gnucash(lines)).encode()))
    yield path
    for name, save in {"xlsx.xlsx": sheets.xlsx, "ods.ods": sheets.ods}.items():
        save(lines, folder / name)
        yield folder / name
    path = folder / "parquet.parquet"
    pq.write_table(as_file(left), path)
    yield path
    path = folder / "csv.csv"
    pacsv.write_csv(as_file(left), path)
    yield path


def make(folder: Path, count: int) -> None:
    """Write the files; print their names, how many records each has, and their sum."""
    left = make_world(3, count, accounts=1).left
    lines = _lines(left)
    names = [path.name for path in _files(folder, lines, left)]
    total = sum(line.minor for line in lines)
    json.dump({"files": names, "records": len(lines), "sum": total}, sys.stdout)


def read(path: Path) -> None:
    """Read one file; print records and sum of the bank's account, all records made, user time."""
    began = os.times().user
    reading = read_source(Source.of(path))
    used = os.times().user - began
    amounts = [line.signed_minor for each in reading.statements for line in each.lines]
    postings = [posting for entry in reading.entries for posting in entry.postings]
    made = len(amounts) + len(postings)
    amounts += [posting.signed_minor for posting in postings if posting.account == BANK]
    found = {"records": len(amounts), "sum": sum(amounts), "made": made, "user_seconds": used}
    json.dump({**found, "side": format_named(reading.format).side}, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        read(Path(sys.argv[2]))
