"""`report.html`: one self-contained page, readable without a network, a server or a script.

The page leads with what is outstanding (largest and oldest first), then shows the groups with
their reasons. Long lists are cut to the largest rows and say so; the CSV files hold all.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import tieout
from tieout.core.money import format_minor
from tieout.files.bridge import REASON_WORDS, RESIDUAL_WORDS, Bridge, bridges
from tieout.files.matching import MatchRun
from tieout.files.records import SideRecords

ROWS_MAX = 400
"""Rows shown of each list: a page of more is slow to open and nobody reads it."""

PASS_WORDS = {
    "decision": "decided by a person",
    "pending": "pending line and its posted one",
    "identity": "same id",
    "reference": "same reference",
    "amount-date-party": "amount, date and party",
    "batch": "several make one",
    "split": "one paid in several",
    "fee-net": "net of a fee",
    "transfer": "transfer between own accounts",
    "partial": "part payment",
    "reversal": "reversal",
    "duplicate": "looks like a duplicate",
}


def write_report(run: MatchRun) -> str:
    """The page as text."""
    template = _environment().get_template("report.html.j2")
    made = bridges(run)
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    return template.render(
        version=tieout.__version__,
        run=run,
        summary=run.result.summary,
        charts=[_chart(each, exponents.get(each.currency, 2)) for each in made],
        headline=headline(run),
        unmatched=unmatched_shown(run),
        suggested=_groups(run, exponents, "suggested"),
        confirmed=_groups(run, exponents, "confirmed"),
        passes=passes_of(run),
        rows_max=ROWS_MAX,
        reason_words=REASON_WORDS,
        residual_words=RESIDUAL_WORDS,
        pass_words=PASS_WORDS,
    )


def headline(run: MatchRun) -> str:
    """The one sentence that comes first, on paper and on screen."""
    matches, unmatched = run.result.matches, run.result.unmatched
    confirmed = pc.sum(pc.equal(matches["status"], "confirmed")).as_py() or 0
    suggested = matches.num_rows - confirmed
    if run.agreed:
        return f"Agreed: all {run.left.table.num_rows:,} records are matched and nothing is left."
    sides = unmatched["side"]
    alone = {side: pc.sum(pc.equal(sides, side)).as_py() or 0 for side in ("left", "right")}
    return (
        f"{confirmed:,} groups confirmed, {suggested:,} suggested for a person to decide; "
        f"{alone['left']:,} records of the left and {alone['right']:,} of the right have no match."
    )


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _chart(bridge: Bridge, exponent: int) -> dict[str, Any]:
    """The bridge as a waterfall: per bar its label, figures, and span in percent of the width."""
    running = bridge.left_minor
    spans = [(min(0, running), max(0, running))]
    for step in bridge.steps:
        spans.append(
            (min(running, running + step.amount_minor), max(running, running + step.amount_minor))
        )
        running += step.amount_minor
    spans.append((min(0, running), max(0, running)))
    low, high = _window(spans)
    width = max(high - low, 1)
    labels = [
        ("left total", bridge.left_minor, bridge.left_count, "total"),
        *(
            (step.label, step.amount_minor, step.count, "up" if step.amount_minor >= 0 else "down")
            for step in bridge.steps
        ),
        ("right total", bridge.right_minor, bridge.right_count, "total"),
    ]
    return {
        "currency": bridge.currency,
        "left": format_minor(bridge.left_minor, exponent),
        "right": format_minor(bridge.right_minor, exponent),
        "difference": format_minor(bridge.left_minor - bridge.right_minor, exponent),
        "cut": low > 0 or high < 0,
        "bars": [
            {
                "label": label,
                "amount": format_minor(amount, exponent),
                "count": count,
                "kind": kind,
                "start": 100 * (max(span[0], low) - low) / width,
                "width": max(100 * (span[1] - max(span[0], low)) / width, 0.4),
            }
            for (label, amount, count, kind), span in zip(labels, spans, strict=True)
        ],
    }


def _window(spans: list[tuple[int, int]]) -> tuple[int, int]:
    """From where to where the chart reaches: cut at the bottom when all change is at the top."""
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    middle = spans[1:-1]
    if low == 0 and middle:
        floor = min(span[0] for span in middle)
        change = high - floor
        if floor > 4 * change:
            return floor - change, high
    return low, high


def _lookup(side: SideRecords, ids: list[str]) -> dict[str, dict[str, Any]]:
    """The records of those ids, for showing them beside the match."""
    some = side.table.filter(
        pc.is_in(side.table["record_id"], value_set=pa.array(ids, pa.string()))
    )
    return {row["record_id"]: row for row in some.to_pylist()}


def _shown(record: Mapping[str, Any], exponents: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": record["record_id"],
        "on": record["booked_on"].isoformat() if record["booked_on"] else "no date",
        "amount": format_minor(record["amount_minor"], exponents.get(record["currency"], 2)),
        "currency": record["currency"],
        "account": record["account"],
        "text": " ".join(
            part
            for part in (record["counterparty"], record["narrative"], record["reference"])
            if part
        ),
    }


def unmatched_shown(run: MatchRun, most: int = ROWS_MAX) -> dict[str, Any]:
    """Per side: the largest unmatched records with reason and nearest, and how many there are."""
    made = {}
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    for name, side, other in (("left", run.left, run.right), ("right", run.right, run.left)):
        table = run.result.unmatched
        table = table.filter(pc.equal(table["side"], name))
        top = _largest(table, "amount_minor", most)
        rows = top.to_pylist()
        records = _lookup(side, [row["record_id"] for row in rows])
        nearest = _lookup(other, [row["nearest_id"] for row in rows if row["nearest_id"]])
        made[name] = {
            "total": table.num_rows,
            "rows": [
                {
                    **_shown(records[row["record_id"]], exponents),
                    "reason": REASON_WORDS.get(row["reason"], row["reason"]),
                    "detail": row["detail"],
                    "nearest": _shown(nearest[row["nearest_id"]], exponents)
                    if row["nearest_id"] in nearest
                    else None,
                }
                for row in rows
            ],
        }
    return made


def _largest(table: pa.Table, column: str, most: int = ROWS_MAX) -> pa.Table:
    """The rows with the greatest absolute amounts."""
    size = pc.abs(table[column])
    if table.num_rows <= most:
        return table.take(pc.array_sort_indices(size, order="descending"))
    keyed = table.append_column("_size", size)
    return keyed.take(pc.select_k_unstable(keyed, most, [("_size", "descending")]))


def _groups(run: MatchRun, exponents: Mapping[str, int], status: str) -> dict[str, Any]:
    """The groups of a status: those with a residual first, then the largest."""
    matches = run.result.matches
    matches = matches.filter(pc.equal(matches["status"], status))
    with_residual = matches.filter(pc.not_equal(matches["residual_minor"], 0))
    without = matches.filter(pc.equal(matches["residual_minor"], 0))
    several = without.filter(pc.greater(pc.add(without["left_count"], without["right_count"]), 2))
    pairs = without.filter(pc.less_equal(pc.add(without["left_count"], without["right_count"]), 2))
    rows = [
        row
        for table, column in (
            (with_residual, "residual_minor"),
            (several, "left_minor"),
            (pairs, "left_minor"),
        )
        for row in _largest(table, column).to_pylist()
    ][:ROWS_MAX]
    ids = pa.array([row["group_id"] for row in rows], pa.string())
    members = run.result.groups.filter(
        pc.is_in(run.result.groups["group_id"], value_set=ids)
    ).to_pylist()
    by_side = {
        name: _lookup(side, [m["record_id"] for m in members if m["side"] == name])
        for name, side in (("left", run.left), ("right", run.right))
    }
    shown: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for member in members:
        record = by_side[member["side"]][member["record_id"]]
        sides = shown.setdefault(member["group_id"], {"left": [], "right": []})
        sides[member["side"]].append(_shown(record, exponents))
    return {
        "total": matches.num_rows,
        "rows": [
            {
                **row,
                **shown[row["group_id"]],
                "made_by": PASS_WORDS.get(row["pass"], row["pass"]),
                "bits": f"{row['score'] / 100:.1f}",
                "residual": format_minor(row["residual_minor"], exponents.get(row["currency"], 2)),
                "residual_word": RESIDUAL_WORDS.get(row["residual_cause"], row["residual_cause"]),
            }
            for row in rows
        ],
    }


def passes_of(run: MatchRun) -> list[dict[str, Any]]:
    """How many groups and records each pass made, by status."""
    grouped = run.result.matches.group_by(["pass", "status"]).aggregate(
        [("group_id", "count"), ("left_count", "sum"), ("right_count", "sum")]
    )
    return sorted(
        (
            {
                "pass": row["pass"],
                "made_by": PASS_WORDS.get(row["pass"], row["pass"]),
                "status": row["status"],
                "groups": row["group_id_count"],
                "left": row["left_count_sum"],
                "right": row["right_count_sum"],
            }
            for row in grouped.to_pylist()
        ),
        key=lambda row: (row["status"], -row["groups"], row["made_by"]),
    )
