"""The page a person reads: safe, small, and adding up."""

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tieout.core.errors import TieoutError
from tieout.core.matching.bridge import window
from tieout.core.matching.rules import MatchRules
from tieout.engine.result import GROUPS_SCHEMA, MATCHES_SCHEMA, UNMATCHED_SCHEMA, WORD, MatchResult
from tieout.files.matching import MatchRun, match
from tieout.files.openings import DETAIL
from tieout.files.records import side_of
from tieout.files.report import ROWS_MAX, groups_shown, write_report

COUNT = 100_000


def table(texts: dict[str, int], label: str) -> pa.Table:
    """Records by narrative, all on one day."""
    return pa.table(
        {
            "record_id": [f"{label}{number}" for number in range(len(texts))],
            "amount_minor": list(texts.values()),
            "booked_on": [date(2026, 9, 1)] * len(texts),
            "currency": ["EUR"] * len(texts),
            "narrative": list(texts),
        }
    )


def test_html_in_a_bank_text_is_shown_and_does_nothing() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    left = table({evil: 100, "RENT": -8500}, "l")
    page = write_report(match(left, table({"RENT": -8500}, "r")))
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<(script|img|iframe|a [^>]*javascript)", page)
    assert "default-src 'none'" in page


def test_a_page_of_100_000_groups_stays_small_and_says_what_it_leaves_out() -> None:
    amounts = range(1, COUNT + 1)
    records = {
        "amount_minor": list(amounts),
        "booked_on": [date(2026, 9, 1)] * COUNT,
        "currency": ["EUR"] * COUNT,
    }
    left = pa.table({"record_id": [f"l{n}" for n in amounts], **records})
    right = pa.table({"record_id": [f"r{n}" for n in amounts], **records})
    ids = [f"g{n}" for n in amounts]
    fixed = {"group_id": ids, "currency": ["EUR"] * COUNT, "status": ["confirmed"] * COUNT}
    sides = [
        pa.table(
            {
                name: {
                    **fixed,
                    "side": [side] * COUNT,
                    "record_id": [f"{side[0]}{n}" for n in amounts],
                    "amount_minor": list(amounts),
                    "pass": ["identity"] * COUNT,
                    "score": [3000] * COUNT,
                    "reason": ["the same id"] * COUNT,
                }[name]
                for name in GROUPS_SCHEMA.names
            },
            GROUPS_SCHEMA,
        )
        for side in ("left", "right")
    ]
    empty = {pa.string(): "", WORD: "", pa.int64(): 0, pa.float64(): 1.0}
    matches = pa.table(
        {
            each.name: {
                **fixed,
                "pass": ["identity"] * COUNT,
                "left_count": [1] * COUNT,
                "right_count": [1] * COUNT,
                "left_minor": list(amounts),
                "right_minor": list(amounts),
            }.get(each.name, [empty[each.type]] * COUNT)
            for each in MATCHES_SCHEMA
        },
        MATCHES_SCHEMA,
    )
    result = MatchResult(pa.concat_tables(sides), matches, UNMATCHED_SCHEMA.empty_table(), {})
    run = MatchRun(
        result,
        side_of(left, "left"),
        side_of(right, "right"),
        (None, None),
        MatchRules(),
        {"reading": 0.0, "matching": 0.0},
    )
    page = write_report(run)
    assert len(page) < 1_000_000
    assert f"The {ROWS_MAX} largest of 100,000" in page


def test_the_chart_is_cut_where_all_change_is_far_from_zero() -> None:
    assert window([(0, 1000), (990, 1000), (0, 990)]) == (980, 1000)
    assert window([(-1000, 0), (-1000, -990), (-990, 0)]) == (-1000, -980)
    assert window([(0, 100), (20, 100), (0, 20)]) == (0, 100)
    assert window([(-5, 0), (-5, 10), (0, 10)]) == (-5, 10)


def test_an_opening_entry_of_the_books_is_called_what_it_is(tmp_path: Path) -> None:
    statement = tmp_path / "bank.sta"
    statement.write_text(
        ":20:S\n:25:77\n:28C:1/1\n:60F:C260831EUR841,26\n:61:2609020902D10,00NTRFNONREF\n"
        ":86:RENT\n:62F:C260930EUR831,26\n-\n",
        encoding="ascii",
    )
    books = tmp_path / "books.csv"
    books.write_text(
        "Date,Description,Amount,Currency\n2026-08-31,Capital,841.26,EUR\n"
        "2026-09-02,Rent,-10.00,EUR\n2026-09-20,Sale,841.26,EUR\n",
        encoding="ascii",
    )
    run = match(statement, books)
    details = {
        str(row["booked_on"]): row["detail"] == DETAIL for row in run.result.unmatched.to_pylist()
    }
    assert details == {"2026-08-31": True, "2026-09-20": False}


@pytest.mark.req("R114")
@pytest.mark.parametrize("library", ["pyarrow", "pandas", "polars"])
def test_tables_and_frames_are_a_side(library: str) -> None:
    pytest.importorskip(library)
    left, right = table({"RENT": -8500, "TEA 17": -310}, "l"), table({"RENT": -8500}, "r")
    if library == "pandas":
        run = match(left.to_pandas(), right.to_pandas())
    elif library == "polars":
        import polars as pl  # noqa: PLC0415  not installed everywhere

        run = match(pl.from_arrow(left), pl.from_arrow(right))
    else:
        run = match(left, right)
    assert run.result.unmatched["record_id"].to_pylist() == ["l1"]


@pytest.mark.req("R114", "R070")
@pytest.mark.parametrize(
    ("source", "code"),
    [
        (pa.table({"amount": [1]}), "table.column-missing"),
        (
            pa.table({"record_id": ["a"], "amount_minor": ["x"], "booked_on": [date(2026, 9, 1)]}),
            "record.amount-invalid",
        ),
        (
            pa.table({"record_id": ["a"], "amount_minor": [1], "booked_on": ["soon"]}),
            "record.date-invalid",
        ),
        (object(), "file.unknown-format"),
        (Path("absent.csv"), "file.not-found"),
    ],
)
def test_a_side_that_cannot_be_used_is_refused_with_a_code(source: object, code: str) -> None:
    with pytest.raises(TieoutError) as caught:
        match(source, table({"RENT": -8500}, "r"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("more", "said"), [("", "1 problem found"), ("2026-09-02,ten,T2,A\n", "2 problems found")]
)
def test_problems_are_counted_in_the_singular_and_the_plural(
    tmp_path: Path, more: str, said: str
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(f"Date,Amount,Id,Description\n2026-09-01,1.00,T1,RENT\n{more}")
    run = match(path, table({"RENT": 100}, "r"))
    assert f"<summary>{said} while reading" in write_report(run)


def test_a_rival_is_a_record_of_the_side_that_is_meant_though_both_number_from_one() -> None:
    left = table(
        {"COFFEE": -340, "FERRY": -8600, "WAGES P FENN": -145000, "WAGES R OKA": -145000}, ""
    )
    right = table({"P Fenn wages": -145000, "R Oka wages": -145000}, "")
    shown = groups_shown(match(left, right), "suggested")["rows"]
    rivals = [each for row in shown for each in row["rivals"]]
    assert sorted(rivals) == ["2026-09-01 -1450.00 P Fenn wages", "2026-09-01 -1450.00 R Oka wages"]
