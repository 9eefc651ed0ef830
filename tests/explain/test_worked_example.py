"""The worked example, Harbour Supplies: every cell of its answer, worked out by hand elsewhere."""

import html
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import tieout
from tieout.cli.app import app
from tieout.files.answers import answer_of
from tieout.files.explained_page import page_of
from tieout.files.explained_words import headline
from tieout.files.explaining import Explanation
from tieout.testing.corpus import PROJECT

BOOKS = PROJECT / "src/tieout/cli/demo_books"
TRUTH = json.loads((PROJECT / "tests/golden/books/harbour-supplies.json").read_text("utf-8"))
LEDGERS = ("AR", "AP")
PERIODS = [str(number) for number in range(25)]


@cache
def explanation() -> Explanation:
    return tieout.explain(BOOKS)


@cache
def answer() -> dict[str, Any]:
    return answer_of(explanation())


def cells(causes: dict[str, dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Cause and period to contribution, without those that are zero."""
    plain = {
        (cause, period): amount["amount"] if isinstance(amount, dict) else amount
        for cause, row in causes.items()
        for period, amount in row.items()
    }
    return {cell: amount for cell, amount in plain.items() if amount != "0.00"}


@pytest.mark.req("R295")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_every_cause_in_every_period(ledger: str) -> None:
    said, known = answer()[ledger], TRUTH["ledgers"][ledger]
    assert said["difference"] == known["difference"]
    assert cells(said["causes"]) == cells(known["causes"])
    assert set(said["unexplained"].values()) == {"0.00"}


@pytest.mark.req("R251")
@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("split", ["by_account", "by_currency"])
def test_every_account_and_every_currency(ledger: str, split: str) -> None:
    said, known = answer()[ledger][split], TRUTH["ledgers"][ledger][split]
    assert set(said) >= set(known)
    for name, part in said.items():
        wanted = known.get(name, {"difference": dict.fromkeys(PERIODS, "0.00"), "causes": {}})
        assert part["difference"] == wanted["difference"]
        assert cells(part["causes"]) == cells(wanted["causes"])
        assert set(part["unexplained"].values()) == {"0.00"}


@pytest.mark.parametrize("ledger", LEDGERS)
def test_every_item_with_its_account_amount_and_periods(ledger: str) -> None:
    fields = ("cause", "account", "currency", "amount", "from", "to")
    said = sorted(
        str([item[each] for each in fields])
        for item in answer()["items"]
        if item["ledger"] == ledger
    )
    known = sorted(
        str([item[each] for each in fields]) for item in TRUTH["items"] if item["ledger"] == ledger
    )
    assert said == known


def test_every_item_names_what_the_answer_names() -> None:
    fields = ("ledger", "cause", "account", "amount", "from")
    known = {str([item[each] for each in fields]): set(item["ids"]) for item in TRUTH["items"]}
    for item in answer()["items"]:
        assert known[str([item[each] for each in fields])] <= set(item["ids"])


@pytest.mark.req("R273", "R274", "R275", "R276", "R277", "R285")
@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("setting", ["no", "yes_blank", "yes_ADM_ADM"])
def test_closed_balances_under_each_setting(ledger: str, setting: str) -> None:
    assert (
        answer()[ledger]["closed_balances"][setting]
        == (TRUTH["closed_balance_variants"][ledger][setting])
    )


@pytest.mark.req("R259", "R266", "R291", "R292")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_retrospective_aged_totals(ledger: str) -> None:
    for period, known in TRUTH["aged"][ledger].items():
        assert answer()[ledger]["aged"][period] == known


@pytest.mark.req("R255", "R291")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_aged_total_is_the_ledger_in_every_period(ledger: str) -> None:
    for period, report in answer()[ledger]["aged"].items():
        assert report["total"] == TRUTH["ledgers"][ledger]["subledger"][period]


@pytest.mark.req("R286", "R288")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_last_matched_period(ledger: str) -> None:
    assert (
        answer()[ledger]["last_matched_period"] == (TRUTH["ledgers"][ledger]["last_matched_period"])
    )


@pytest.mark.req("R285")
def test_a_stored_closed_balance_that_changed_names_what_was_entered_since() -> None:
    row = answer()["AR"]["closed_balances"]["stored"]["3"]
    assert (row["ledger_total"], row["ledger_total_recomputed"]) == ("21481.06", "21460.85")
    assert row["ledger_change"] == "-20.21"
    assert "SL00000162" in row["entries_since"]


@pytest.mark.req("R248", "R252", "R296")
def test_an_item_says_document_posting_difference_sentence_and_action() -> None:
    item = next(each for each in answer()["items"] if each["cause"] == "suspense")
    assert item["document"]["account"] == "55150//"
    assert item["posting"]["account"] == "99999//"
    assert item["differs"] == "account"
    assert item["sentence"] == (
        "Invoice INV0000096 of S00013 for 1674.11 EUR, dated 16 January 2023, was posted to the "
        "suspense account Suspense (99999) instead of Creditors control EUR (55150)."
    )
    assert item["action"].startswith("Journal it from suspense to the control account in the orig")


def test_every_sentence_is_one_sentence_about_its_own_item() -> None:
    for item in answer()["items"]:
        assert item["sentence"].endswith(".")
        assert "{" not in item["sentence"]
        assert item["sentence"][0].isupper()
        assert item["action"].endswith(".")


@pytest.mark.req("R289", "R290", "R293")
def test_stages_a_and_b_add_up_to_the_difference() -> None:
    for ledger in LEDGERS:
        said = answer()[ledger]
        for period in PERIODS:
            stages = [said["stages"][stage][period].replace(".", "") for stage in "AB"]
            whole = int(said["difference"][period].replace(".", ""))
            assert sum(map(int, stages)) == whole


def test_the_command_says_one_sentence_writes_its_answer_and_ends_with_1(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    ran = CliRunner().invoke(
        app,
        ["explain", str(BOOKS), "--json", str(target), "--out", str(tmp_path / "out")],
    )
    assert ran.exit_code == 1
    assert json.loads(target.read_text("utf-8")) == json.loads(json.dumps(answer()))
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["answer.json", "bridge.csv", "items.csv", "report.html"]


def test_one_ledger_and_one_period_can_be_asked_for() -> None:
    made = tieout.explain(BOOKS, ledger="AP", period=3)
    assert [each.ledger.value for each in made.ledgers] == ["AP"]
    assert not made.agreed
    assert {item.share.cause for item in made.ledgers[0].items_at(3)} == {
        "brought_forward",
        "control_not_in_settings",
        "suspense",
        "wrong_ledger",
    }


@pytest.mark.req("R269")
def test_the_folder_is_only_read(tmp_path: Path) -> None:
    for path in BOOKS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    made = tieout.explain(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert made.reading.content_hash == explanation().reading.content_hash
    assert made.books.extracted_on == date(2024, 11, 6)


def test_the_page_leads_with_the_sentence_and_every_bar_leads_to_its_items() -> None:
    page = page_of(explanation())
    for each in explanation().ledgers:
        assert headline(explanation(), each) in html.unescape(page)
    links = set(re.findall(r'href="#([A-Z]+-[a-z_]+)"', page))
    assert len(links) > 20
    assert links == set(re.findall(r'id="([A-Z]+-[a-z_]+)"', page))
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_name_with_markup_in_it_is_shown_as_it_is(tmp_path: Path) -> None:
    for path in BOOKS.iterdir():
        text = path.read_text("utf-8").replace("INV0000379", "<b>INV379</b>")
        (tmp_path / path.name).write_text(text, "utf-8")
    assert "<b>INV379" not in page_of(tieout.explain(tmp_path))
