"""What a comparison finds: missing, doubled, altered, and errors that cancel one another."""

from collections import Counter
from pathlib import Path

import pytest

from tieout.files.matching import MatchRun, match
from tieout.files.outputs import summary_of
from tieout.files.report import write_report

HEAD = "Date,Description,Amount,Currency,Id\n"
ROWS = [
    "2026-09-02,BRIDGE STREET CAFE INV 2041,1440.00,EUR,{}1",
    "2026-09-03,TIMBERLINE SUPPLIES 88-4471,-612.48,EUR,{}2",
    "2026-09-07,MARLOWE INV-2038,875.50,EUR,{}3",
    "2026-09-11,ALDERTON INV-2043,960.00,EUR,{}4",
    "2026-09-16,CALDER GLASSWORKS CG-902,-750.25,EUR,{}5",
]


def compare(folder: Path, left: list[str], right: list[str]) -> MatchRun:
    for name, rows in (("l", left), ("r", right)):
        text = HEAD + "\n".join(rows).replace("{}", name) + "\n"
        (folder / f"{name}.csv").write_text(text, encoding="ascii")
    return match(folder / "l.csv", folder / "r.csv")


def open_ids(run: MatchRun) -> list[str]:
    """Records unmatched, or in a group that is not confirmed or leaves a residual."""
    matches = run.result.matches.to_pylist()
    doubtful = {
        row["group_id"] for row in matches if row["status"] != "confirmed" or row["residual_minor"]
    }
    ids = [r["record_id"] for r in run.result.groups.to_pylist() if r["group_id"] in doubtful]
    return sorted({*run.result.unmatched["record_id"].to_pylist(), *ids})


@pytest.mark.req("R109")
def test_a_missing_record_is_named(tmp_path: Path) -> None:
    run = compare(tmp_path, ROWS, ROWS[:3] + ROWS[4:])
    assert open_ids(run) == ["l4"]


@pytest.mark.req("R109")
def test_a_doubled_record_is_named(tmp_path: Path) -> None:
    run = compare(tmp_path, ROWS, [*ROWS, ROWS[1].replace("{}2", "{}9")])
    assert not run.agreed
    assert set(open_ids(run)) <= {"l2", "r2", "r9"}
    assert {"r2", "r9"} & set(open_ids(run))


@pytest.mark.req("R109", "R120")
@pytest.mark.parametrize(
    ("was", "now"),
    [("1440.00", "1404.00"), ("2026-09-02", "2026-12-02"), ("EUR,{}1", "USD,{}1")],
    ids=["amount", "date", "currency"],
)
def test_an_altered_record_is_named(was: str, now: str, tmp_path: Path) -> None:
    run = compare(tmp_path, ROWS, [ROWS[0].replace(was, now), *ROWS[1:]])
    assert open_ids(run) == ["l1", "r1"]


@pytest.mark.req("R108", "R029")
def test_two_errors_that_cancel_are_both_reported(tmp_path: Path) -> None:
    altered = [
        ROWS[0].replace("1440.00", "1450.00"),
        ROWS[1],
        ROWS[2],
        ROWS[3].replace("960.00", "950.00"),
        ROWS[4],
    ]
    run = compare(tmp_path, ROWS, altered)
    totals = [sum(side.table["amount_minor"].to_pylist()) for side in (run.left, run.right)]
    assert totals[0] == totals[1]
    assert open_ids(run) == ["l1", "l4", "r1", "r4"]


@pytest.mark.req("R122")
def test_counts_and_sums_of_the_summary_go_in_as_they_come_out(tmp_path: Path) -> None:
    run = compare(tmp_path, ROWS, [*ROWS[:3], "2026-09-30,ACCOUNT CHARGE,-12.50,EUR,{}8"])
    inputs = summary_of(run)["inputs"]
    count: Counter[str] = Counter()
    minor: Counter[str] = Counter()
    for table in (run.result.groups, run.result.unmatched):
        for row in table.to_pylist():
            count[row["side"]] += 1
            minor[row["side"]] += row["amount_minor"]
    assert {side: inputs[side]["records"] for side in inputs} == dict(count)
    assert minor == {"left": 191277, "right": 169052}


@pytest.mark.req("R123")
def test_what_is_outstanding_leads_the_report_largest_first(tmp_path: Path) -> None:
    page = write_report(compare(tmp_path, ROWS, ROWS[2:3]))
    places = [page.index(f'id="{part}"') for part in ("unmatched", "suggested", "confirmed")]
    assert places == sorted(places)
    amounts = [page.index(text, places[0]) for text in ("1440.00", "960.00", "-750.25", "-612.48")]
    assert amounts == sorted(amounts)


def test_amounts_with_more_decimals_than_the_currency_are_spoken_as_they_are(
    tmp_path: Path,
) -> None:
    rows = [ROWS[0], ROWS[1].replace("-612.48", "-612.4875")]
    run = compare(tmp_path, rows, [rows[0]])
    matched = run.result.matches.to_pylist()
    assert [row["reason"].split(";")[0] for row in matched] == ["1440.0000 EUR = 1440.0000 EUR"]
    unmatched = run.result.unmatched.to_pylist()
    assert [row["amount_minor"] for row in unmatched] == [-6_124_875]
    assert "612.4875 EUR" in unmatched[0]["detail"]
