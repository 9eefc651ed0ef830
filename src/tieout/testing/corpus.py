"""The corpus of real files: where it lies, what is expected of each, and what a reading gives.

`python -m tieout.testing.corpus KIND` prints every file of a kind that differs from what
`SOURCES.tsv` expects. The corpus is never part of the project; where it is absent, tests that
need it say that they were skipped.
"""

import csv
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tieout.core.errors import TieoutError
from tieout.core.reading import Reading
from tieout.core.statements import LineStatus
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source

PROJECT = Path(__file__).resolve().parents[3]


def corpus_folder() -> Path | None:
    """`TIEOUT_CORPUS`, or `shared/corpus` beside the project; None where there is none."""
    named = os.environ.get("TIEOUT_CORPUS")
    folder = Path(named) if named else PROJECT.parent / "shared" / "corpus"
    return folder if (folder / "SOURCES.tsv").is_file() else None


@dataclass(frozen=True)
class CorpusFile:
    """A row of `SOURCES.tsv`."""

    path: Path
    name: str
    kind: str
    odd: str
    expected: str
    peers: str

    def expected_number(self, key: str) -> Decimal | None:
        """The value of `key=` in the expectation, if it has one."""
        found = re.search(rf"(?:^|[ ;]){key}=(-?[\d.]+)", self.expected)
        return Decimal(found.group(1)) if found else None


def corpus_files(*kinds: str) -> Iterator[CorpusFile]:
    """The files of those kinds (all, if none is named)."""
    folder = corpus_folder()
    if folder is None:
        return
    with (folder / "SOURCES.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not kinds or row["kind"] in kinds:
                yield CorpusFile(
                    folder / row["file"],
                    row["file"],
                    row["kind"],
                    row["odd"] or "",
                    row["expected"] or "",
                    row["peers"] or "",
                )


def count_and_sum(reading: Reading, *, with_information: bool = False) -> tuple[int, Decimal]:
    """Lines that moved or will move money, and their signed sum, over all statements."""
    total, count = Decimal(0), 0
    for statement in reading.statements:
        for line in statement.lines:
            if with_information or line.status is not LineStatus.INFORMATION:
                count += 1
                total += Decimal(line.signed_minor).scaleb(-line.currency.exponent)
    return count, total


def books_counts(reading: Reading) -> dict[str, Decimal]:
    """What is compared for books: entries, their postings by either name, the sum of weights."""
    postings = [posting for entry in reading.entries for posting in entry.postings]
    total = Decimal(0)
    for each in postings:
        if each.weight_minor is not None and each.weight_currency is not None:
            total += Decimal(each.weight_minor).scaleb(-each.weight_currency.exponent)
        else:
            total += Decimal(each.signed_minor).scaleb(-each.currency.exponent)
    count = Decimal(len(postings))
    return {
        "entries": Decimal(len(reading.entries)),
        "splits": count,
        "lines": count,
        "sum": total,
    }


def verdict(file: CorpusFile) -> tuple[bool, str]:
    """Whether the reading has the counts and sums that are expected, and a line that says it.

    Lines stated for books without any entry are those of invoices, not postings.
    """
    stated_entries = file.expected_number("entries")
    is_books = stated_entries is not None
    count = stated_entries if is_books else file.expected_number("n")
    try:
        reading = read_source(Source.of(file.path))
    except TieoutError as error:
        return count in {None, 0}, f"{error}"
    if is_books:
        got = books_counts(reading)
        expected = {key: file.expected_number(key) for key in got}
        if not stated_entries:
            expected["lines"] = expected["splits"] = None
    else:
        # The expectation for camt counts every entry, those for information included.
        number, total = count_and_sum(reading, with_information=file.kind == "camt")
        got = {"n": Decimal(number), "sum": total}
        expected = {"n": count, "sum": file.expected_number("sum")}
    right = all(value in {None, got[key]} for key, value in expected.items())
    if file.kind == "csv":
        right = right and _rows_accounted_for(file, reading, int(got["n"]))
    codes = sorted({problem.code for problem in reading.all_problems()})
    figures = " ".join(f"{key}={value}" for key, value in got.items())
    return right, f"{reading.format}: {figures} held={len(reading.held)} {' '.join(codes)}"


def _rows_accounted_for(file: CorpusFile, reading: Reading, count: int) -> bool:
    """Whether a CSV's rows are lines or held, but for a header; or the problems say what else."""
    rows = file.expected_number("rows") if file.kind == "csv" else None
    if rows is None or 0 <= rows - count - len(reading.held) <= 1:
        return True
    return any(problem.code == "record.extra" for problem in reading.problems)


def main() -> None:
    """Print what differs, kind by kind, and the share that is right."""
    kinds = sys.argv[1:]
    by_kind: dict[str, list[bool]] = {}
    for file in corpus_files(*kinds):
        right, said = verdict(file)
        by_kind.setdefault(file.kind, []).append(right)
        if not right:
            sys.stdout.write(
                f"{file.name}\n    expected {file.expected}\n    got      {said}\n"
                f"    odd      {file.odd}\n    peers    {file.peers}\n"
            )
    for kind, rights in sorted(by_kind.items()):
        share = 100 * sum(rights) / len(rights)
        sys.stdout.write(f"{kind}: {sum(rights)} of {len(rights)} right ({share:.1f} %)\n")


if __name__ == "__main__":
    main()
