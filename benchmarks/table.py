"""The figures as a page: `docs/benchmarks.md`, written from the JSON results and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `python -m benchmarks --table` from the results in `benchmarks/results`; do not edit.

`make bench` runs all of them. Each checks its answer before it believes its figures: every
record once, the difference adds up, the same answer in every round, and precision and recall
against the known truth. Seconds depend on the machine and on what else it does; the ratios were
taken from alternating runs of whole processes and are what to compare. How precision and recall
are counted stands in `src/tieout/testing/quality.py`.
"""


def page(results: Path) -> str:
    """The page of all results that are there."""
    parts = [HEAD]
    for name, write in SECTIONS.items():
        path = results / f"{name}.json"
        if path.is_file():
            data = json.loads(path.read_text(encoding="utf-8"))
            parts.append(write(data) + _promises(data) + _machine(data["machine"]))
    return "\n".join(parts)


def _match(data: Mapping[str, Any]) -> str:
    heads = ["lines a side", "seconds", "of processor", "times the join", "of processor"]
    heads += ["peak MB", "µs a line"]
    heads += ["confirmed precision", "recall, confirmed", "recall, with suggestions"]
    rows = []
    for row in data["rows"]:
        quality = row["quality"]
        rows.append(
            [
                f"{row['lines']:,}",
                row["seconds"],
                row.get("cpu_seconds", ""),
                row["ratio"],
                row.get("cpu_ratio", ""),
                row["peak_mb"],
                row["microseconds_per_line"],
                f"{quality['precision']:.5f} ({quality['confirmed_wrong']} wrong)",
                f"{quality['recall_confirmed']:.4f}",
                f"{quality['recall']:.4f}",
            ]
        )
    kinds = [
        [
            kind["kind"],
            f"{kind['truth']:,}",
            _share(kind["found_confirmed"], kind["truth"]),
            _share(kind["found"], kind["truth"]),
            f"{kind['confirmed_wrong']} of {kind['confirmed']:,}",
        ]
        for kind in data["rows"][-1]["quality"]["kinds"]
    ]
    kind_heads = ["kind", "truth groups", "confirmed", "with suggestions", "wrongly confirmed"]
    bins = [
        [f"{b['low']} to {b['high']}", f"{b['count']:,}", f"{b['said']:.4f}", f"{b['right']:.4f}"]
        for b in data["rows"][-1]["quality"]["calibration"]
        if b["count"]
    ]
    return (
        "## Whole `tieout match`, CSV to report\n\nThe join is DuckDB's bare equi-join of the same "
        "files on account, currency and amount within the date window.\n\n"
        + _table(heads, rows)
        + "\nBy kind, at the largest size:\n\n"
        + _table(kind_heads, kinds)
        + "\nThe probability said and the share that is right, at the largest size:\n\n"
        + _table(["posterior", "groups", "said", "right"], bins)
    )


def _transactions(data: Mapping[str, Any]) -> str:
    head = "## Splink's `transactions` set, ids shuffled\n\n"
    if "skipped" in data:
        return f"{head}Not run: {data['skipped']}.\n"
    ours, splink = data["tieout"], data["splink"]
    rows = [
        ["Tieout, confirmed", *_scores(ours["confirmed"]), ours["seconds"], ours["peak_mb"]],
        ["Tieout, with suggestions", *_scores(ours["confirmed_and_suggested"]), "", ""],
    ]
    if "error" in splink:
        rows.append(["Splink did not run", splink["error"], "", "", "", ""])
    used = {key: splink.get(key, "") for key in ("seconds", "peak_mb")}
    for name, scores in splink.items():
        if isinstance(scores, dict):
            rows.append([f"Splink, {name.replace('_', ' ')}", *_scores(scores), *used.values()])
            used = dict.fromkeys(used, "")
    heads = ["", "precision", "recall", "F1", "seconds", "peak MB"]
    ratio = f"\nOurs takes {data['ratio']} times Splink's seconds.\n" if "ratio" in data else ""
    return head + _table(heads, rows) + ratio


def _scores(scores: Mapping[str, float]) -> list[str]:
    return [f"{scores[name]:.4f}" for name in ("precision", "recall", "f1")]


def _peers(data: Mapping[str, Any]) -> str:
    heads = ["", "lines a side", "how", "seconds", "peak MB", "precision", "recall"]
    keys = ("seconds", "peak_mb", "precision", "recall")
    rows = [
        [
            row["name"],
            f"{row['lines']:,}",
            "; ".join(filter(None, (row["how"], row.get("said", "")))),
            *(
                [f"did not run: {row['error']}", "", "", ""]
                if "error" in row
                else [row[key] for key in keys]
            ),
        ]
        for row in data["rows"]
    ]
    return "## Peers on one instance\n\nPair-wise, over all kinds.\n\n" + _table(heads, rows)


def _readers(data: Mapping[str, Any]) -> str:
    heads = ["format", "records", "MB", "user seconds", "records a second", "seconds", "peak MB"]
    rows = [
        [
            row["format"],
            f"{row['records']:,}",
            row["megabytes"],
            row["user_seconds"],
            f"{row['records_per_second']:,}",
            row["seconds"],
            row["peak_mb"],
        ]
        for row in data["rows"]
    ]
    return (
        "## Readers\n\nRecords are lines of a bank's file, postings of books (two an entry here), "
        "rows of a table; count and sum are checked. Records a second are of the user time that "
        "reading takes, the best of the rounds; seconds and peak memory are of whole processes, "
        "start included.\n\n" + _table(heads, rows)
    )


def _server(data: Mapping[str, Any]) -> str:
    come, people, kept = data["import"], data["people"], data["backup"]
    large = f"{data['lines']:,}"
    shown = {
        "page": "page",
        "small_ms": "at 1,000 lines",
        "large_ms": f"at {large}",
        "ratio": "ratio",
        "small_median_ms": "median at 1,000",
        "large_median_ms": f"median at {large}",
        "small_processor_ms": "processor at 1,000",
        "large_processor_ms": f"processor at {large}",
        "processor_ratio": "ratio",
        "large_queries": "queries",
    }
    shown = {name: head for name, head in shown.items() if name in data["pages"][0]}
    pages = [[row[name] for name in shown] for row in data["pages"]]
    return (
        "## The server\n\n"
        f"Import of {data['lines']:,} lines through the verbs: {come['receive_seconds']} s to keep "
        f"the file and {come['import_seconds']} s to read and record it, {come['ratio']} times a "
        f"bare COPY ({come['copy_seconds']} s; ratios of the rounds: "
        f"{', '.join(map(str, come['ratios']))}). The bare COPY puts the same rows as text into a "
        "logged table of the same columns with a primary key, without any other index, constraint, "
        "trigger or row security; into a table without the key it takes "
        f"{come['copy_without_key_seconds']} s.\n\n"
        f"{data['confirm_all']['groups']:,} groups confirmed by one act: "
        f"{data['confirm_all']['seconds']} s. {people['people']} people at once: "
        f"{people['pages']} pages, {people['errors']} errors, median {people['median_ms']} ms, "
        f"95th percentile {people['p95_ms']} ms. Backup of it all ({kept['megabytes']} MB): "
        f"{kept['backup_seconds']} s, restore: {kept['restore_seconds']} s.\n\n"
        "Milliseconds of each page in a small and a large organisation on one server: the 95th "
        "percentile, the median, and the processor time of page and database:\n\n"
        + _table(list(shown.values()), pages)
    )


def _explain(data: Mapping[str, Any]) -> str:
    heads = ["documents", "rows", "seconds", "of processor", "times the bare sum", "of processor"]
    heads += ["peak MB", "cells right", "again after 100 postings", "of the first run"]
    heads += ["again within one process", "of the first run"]
    rows = [
        [
            f"{row['documents']:,}",
            f"{row['rows']:,}",
            row["seconds"],
            row["cpu_seconds"],
            row["ratio"],
            row["cpu_ratio"],
            row["peak_mb"],
            f"{row['cells']:,}",
            f"{row['again']['seconds']} s ({row['again']['cpu_seconds']} s)",
            f"{row['again']['share']} ({row['again']['cpu_share']})",
            f"{row['again']['inside_seconds']} s",
            f"{row['again']['inside_share']} ({row['again']['inside_cpu_share']})",
        ]
        for row in data["rows"]
    ]
    grown = ", ".join(
        f"{sizes}: {cost}" for sizes, cost in data["growth_at_twice_the_size"].items()
    )
    return (
        "## Whole `tieout explain`, files to causes\n\nThe bare sum is DuckDB reading the same "
        "files and adding up amounts by account, currency and period. Every cell of the answer "
        "(cause, account, currency, period) was planted and is compared. The last columns are "
        "a run with what the first one kept, as seconds and, in brackets, as processor "
        "time.\n\n"
        + _table(heads, rows)
        + (f"\nProcessor time at twice the size: {grown}.\n" if grown else "")
    )


SECTIONS = {
    "match": _match,
    "splink_transactions": _transactions,
    "peers": _peers,
    "readers": _readers,
    "server": _server,
    "explain": _explain,
}


def _table(heads: list[str], rows: list[list[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else ""


def _promises(data: Mapping[str, Any]) -> str:
    holds = data.get("holds", {})
    lines = [f"- {'kept' if kept else '**not kept**'}: {name}\n" for name, kept in holds.items()]
    return "\nPromises:\n\n" + "".join(lines) if lines else ""


def _machine(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    when = f"Run on {machine['day']} by `{machine['command']}`. " if "day" in machine else ""
    return (
        f"\n{when}{machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, "
        f"Python {machine['python']}, {versions}; load before the run {machine['load_before']}.\n"
    )
