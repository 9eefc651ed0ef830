"""`report.html`: one self-contained page, readable without a network, a server or a script.

The page leads with what is outstanding (largest and oldest first), then shows the groups with
their reasons. Long lists are cut to the largest rows and say so; the CSV files hold all.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import tieout
from tieout.core.matching.bridge import (
    REASON_WORDS,
    RESIDUAL_WORDS,
    Bridge,
    waterfall,
    window,
)
from tieout.core.money import format_minor
from tieout.files.bridge import bridges, sums_by
from tieout.files.drawing import drawn_bar, environment
from tieout.files.matching import MatchRun
from tieout.files.records import SideRecords

if TYPE_CHECKING:
    from jinja2 import Template

ROWS_MAX = 400
"""Rows shown of each list: a page of more is slow to open and nobody reads it."""

_TELLING = ["pass", "left_count", "right_count", "left_minor", "residual_minor"]
"""What groups are chosen by, to be shown."""

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


def template() -> "Template":
    """What draws the page; compiled once."""
    return environment().get_template("report.html.j2")


def write_report(run: MatchRun) -> str:
    """The page as text."""
    made = bridges(run)
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    return template().render(
        version=tieout.__version__,
        run=run,
        summary=run.result.summary,
        charts=[_chart(each, exponents.get(each.currency, 2)) for each in made],
        headline=headline(run),
        unmatched=unmatched_shown(run),
        suggested=groups_shown(run, "suggested"),
        confirmed=groups_shown(run, "confirmed"),
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


def _chart(bridge: Bridge, exponent: int) -> dict[str, Any]:
    """The bridge as a waterfall: per bar its label, figures, and span in percent of the width."""
    drawn = waterfall(bridge, "left total", "right total")
    low, high = window([each.span for each in drawn])
    width = max(high - low, 1)
    return {
        "currency": bridge.currency,
        "left": format_minor(bridge.left_minor, exponent),
        "right": format_minor(bridge.right_minor, exponent),
        "difference": format_minor(bridge.left_minor - bridge.right_minor, exponent),
        "cut": low > 0 or high < 0,
        "zero": 100 * -low / width if low < 0 < high else None,
        "bars": [drawn_bar(each, low, high, exponent) for each in drawn],
    }


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
                    "reason_code": row["reason"],
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


def groups_shown(
    run: MatchRun, status: str, most: int = ROWS_MAX, *, each_pass: bool = False
) -> dict[str, Any]:
    """The groups of a status: those with a residual first, then several to one, then the largest.

    With `each_pass` one group of each pass, the one of most records: examples for a person.
    """
    matches = run.result.matches
    seen = matches.select(_TELLING).append_column("row", pa.array(np.arange(matches.num_rows)))
    seen = seen.filter(pc.equal(matches["status"], status))
    chosen = _one_of_each(seen) if each_pass else _telling(seen, most)
    rows = matches.take(pa.array(chosen, pa.int64())).to_pylist()
    members = _members(run, [row["group_id"] for row in rows])
    rivals = _rivals(run, rows, members)
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    return {
        "total": seen.num_rows,
        "rows": [
            {
                **row,
                **members[row["group_id"]],
                "made_by": PASS_WORDS.get(row["pass"], row["pass"]),
                "bits": f"{row['score'] / 100:.1f}",
                "rivals": rivals[row["group_id"]],
                "residual": format_minor(row["residual_minor"], exponents.get(row["currency"], 2)),
                "residual_word": RESIDUAL_WORDS.get(row["residual_cause"], row["residual_cause"]),
            }
            for row in rows
        ],
    }


def _telling(matches: pa.Table, most: int) -> list[int]:
    """The rows a person should see first."""
    has_residual = pc.not_equal(matches["residual_minor"], 0)
    several = pc.greater(pc.add(matches["left_count"], matches["right_count"]), 2)
    first = matches.filter(has_residual)
    second = matches.filter(pc.and_(pc.invert(has_residual), several))
    third = matches.filter(pc.and_(pc.invert(has_residual), pc.invert(several)))
    parts = ((first, "residual_minor"), (second, "left_minor"), (third, "left_minor"))
    rows: list[int] = []
    for table, column in parts:
        if len(rows) < most:
            rows += _largest(table, column, most - len(rows))["row"].to_pylist()
    return rows


def _one_of_each(matches: pa.Table) -> list[int]:
    rows = []
    for name in PASS_WORDS:
        table = matches.filter(pc.equal(matches["pass"], name))
        if table.num_rows:
            size = pc.add(table["left_count"], table["right_count"])
            most = table.filter(pc.equal(size, pc.max(size)))
            rows += _largest(most, "left_minor", 1)["row"].to_pylist()
    return rows


def _members(run: MatchRun, group_ids: list[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The records of some groups, by group and side, ready to be shown."""
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    ids = pa.array(group_ids, pa.string())
    rows = run.result.groups.filter(pc.is_in(run.result.groups["group_id"], value_set=ids))
    members = rows.to_pylist()
    by_side = {
        name: _lookup(side, [m["record_id"] for m in members if m["side"] == name])
        for name, side in (("left", run.left), ("right", run.right))
    }
    shown: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for member in members:
        record = by_side[member["side"]][member["record_id"]]
        sides = shown.setdefault(member["group_id"], {"left": [], "right": []})
        sides[member["side"]].append(_shown(record, exponents))
    return shown


def _rivals(
    run: MatchRun, rows: list[dict[str, Any]], members: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[str]]:
    """For each group the records named as its runner-up, each in a few words.

    An id may be of either side: then the record is meant that is not in the group itself, lies in
    its account, and is nearest to it in amount.
    """
    ids = sorted({each for row in rows for each in row["runner_up"].split()})
    exponents = dict(run.left.exponents) | dict(run.right.exponents)
    by_side = {"left": _lookup(run.left, ids), "right": _lookup(run.right, ids)}

    def words(row: dict[str, Any], name: str) -> str:
        def apart(side: str) -> tuple[bool, bool, int]:
            record, several = by_side[side][name], members[row["group_id"]][side]
            return (
                name in {each["id"] for each in several},
                record["account"] not in {each["account"] for each in several},
                abs(record["amount_minor"] - row[f"{side}_minor"]),
            )

        sides = [side for side in by_side if name in by_side[side]]
        if not sides:
            return name
        shown = _shown(by_side[min(sides, key=apart)][name], exponents)
        return f"{shown['on']} {shown['amount']} {shown['text'][:60]}".strip()

    return {
        row["group_id"]: [words(row, each) for each in row["runner_up"].split()] for row in rows
    }


def passes_of(run: MatchRun) -> list[dict[str, Any]]:
    """How many groups and records each pass made, by status."""
    summed = sums_by(run.result.matches, ["pass", "status"], ["left_count", "right_count"])
    return sorted(
        (
            {
                "pass": name,
                "made_by": PASS_WORDS.get(name, name),
                "status": status,
                "groups": groups,
                "left": left,
                "right": right,
            }
            for (name, status), (groups, left, right) in summed.items()
        ),
        key=lambda row: (row["status"], -row["groups"], row["made_by"]),
    )
