"""`tieout fetch sap` and `tieout deliver sap`: options, environment, exit codes, JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import tieout
from tests.connectors.sap_worlds import clean_world, fake_of, span_of
from tieout.cli.app import app
from tieout.testing.books import PLANTS, BookWorld
from tieout.testing.corpus import PROJECT
from tieout.testing.sap import PASSWORD, USER, FakeSap, example_company


def run(fake: FakeSap, *words: object, **changes: str) -> Result:
    given = {
        "TIEOUT_SAP_URL": fake.url,
        "TIEOUT_SAP_USER": USER,
        "TIEOUT_SAP_PASSWORD": PASSWORD,
    }
    return CliRunner().invoke(app, [str(word) for word in words], env={**given, **changes})


def fetching(world: BookWorld, folder: Path) -> list[object]:
    """The command that fetches the world's books."""
    calendar = folder.parent / "calendar.csv"
    rows = [
        f"{each.number},{each.begins_on},{each.ends_on},{world.closed_on.get(each.number, '')}"
        for each in world.calendar.periods
    ]
    calendar.write_text("\n".join(["period,start,end,close_date", *rows]) + "\n")
    span = span_of(world)
    words: list[object] = ["fetch", "sap", "--to", folder, "--company", span.company]
    words += ["--year", span.year, "--through", span.through, "--calendar", calendar]
    for account, kind in span.controls.items():
        words += ["--control", f"{account}={kind}", "--adjustment", f"{account}=9{account}"]
    return [*words, "--suspense", span.suspense]


@pytest.mark.req("R113")
def test_from_sap_and_back_at_the_command_line(tmp_path: Path) -> None:
    world = clean_world(6, documents=8)
    for name in ("wrong_account", "wrong_sign", "slide"):
        PLANTS[name](world)
    with fake_of(world) as fake:
        for account in span_of(world).controls:
            fake.company.accounts[f"9{account}"] = "Adjustment"
        before, file = tmp_path / "before", tmp_path / "corrections.json"
        made = run(fake, *fetching(world, before))
        assert made.exit_code == 0, made.output
        assert "sales_ledger.csv" in made.output
        drafted = run(fake, "explain", before, "--correct", "all", "--corrections", file)
        assert drafted.exit_code == 1, drafted.output

        def delivered(*more: object) -> tuple[int, dict[str, Any]]:
            words = ("deliver", "sap", before, "--corrections", file, "--json", *more)
            done = run(fake, *words)
            return done.exit_code, json.loads(done.stdout)

        code, said = delivered("--check-only")
        assert code == 0
        assert {each["standing"] for each in said["documents"]} == {"checked"}
        code, said = delivered("--sent", tmp_path / "sent.json")
        assert code == 0
        assert said["complete"]
        assert {each["standing"] for each in said["documents"]} == {"posted"}
        assert said["redirected"]
        code, said = delivered()
        assert {each["standing"] for each in said["documents"]} == {"already_posted"}

        after = tmp_path / "after"
        assert run(fake, *fetching(world, after)).exit_code == 0
        proved = run(fake, "explain", after, "--prove", tmp_path / "sent.json")
        assert proved.exit_code == 0, proved.output
        for each in tieout.explain(after).ledgers:
            assert not any(each.explanation.difference())


@pytest.mark.req("R051")
def test_a_dry_run_says_what_the_real_one_then_does(tmp_path: Path) -> None:
    world = clean_world(6, documents=8)
    PLANTS["wrong_account"](world)
    with fake_of(world) as fake:
        for account in span_of(world).controls:
            fake.company.accounts[f"9{account}"] = "Adjustment"
        folder, file = tmp_path / "books", tmp_path / "corrections.json"
        words = [*fetching(world, folder), "--json"]
        dry = run(fake, *words, "--dry-run")
        assert not folder.exists()
        assert json.loads(dry.stdout) == json.loads(run(fake, *words).stdout)
        run(fake, "explain", folder, "--correct", "all", "--corrections", file)
        posting = ["deliver", "sap", folder, "--corrections", file, "--json"]
        before = (list(fake.company.items), list(fake.company.lines))
        tried = json.loads(run(fake, *posting, "--dry-run").stdout)["documents"]
        assert (fake.company.items, fake.company.lines) == before
        done = json.loads(run(fake, *posting).stdout)["documents"]
        names = ("journal", "reference")
        assert [[each[name] for name in names] for each in tried] == [
            [each[name] for name in names] for each in done
        ]
        assert {each["standing"] for each in tried} == {"checked"}
        assert {each["standing"] for each in done} == {"posted"}


def test_what_is_no_journal_is_said_and_left_to_somebody(tmp_path: Path) -> None:
    world = clean_world(6, documents=8)
    PLANTS["missing"](world)
    with fake_of(world) as fake:
        folder, file = tmp_path / "books", tmp_path / "corrections.json"
        assert run(fake, *fetching(world, folder)).exit_code == 0
        run(fake, "explain", folder, "--correct", "all", "--corrections", file)
        made = run(fake, "deliver", "sap", folder, "--corrections", file)
        assert made.exit_code == 0
        assert "Not a journal, to be done in the system" in made.output
        assert not any(each.startswith("POST") for each in fake.asked)


def test_what_is_refused_is_said_with_what_to_do(tmp_path: Path) -> None:
    world = clean_world(6, documents=8)
    PLANTS["wrong_sign"](world)
    with fake_of(world) as fake:
        folder, file = tmp_path / "books", tmp_path / "corrections.csv"
        words = fetching(world, folder)
        plain = [word for word in words if word != "--adjustment" and "=9" not in str(word)]
        assert run(fake, *plain).exit_code == 0
        run(fake, "explain", folder, "--correct", "all", "--corrections", file)
        made = run(fake, "deliver", "sap", folder, "--corrections", file)
        assert made.exit_code == 1
        assert "posting.reconciliation-account" in made.output
        assert "--adjustment" in " ".join(made.output.split())
        assert not any(each.startswith("POST") for each in fake.asked)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        (["--control", "1=X"], "1=X"),
        (["--adjustment", "1"], "'1'"),
        (["--adjustment", "1=2", "--adjustment", "1=3"], "1=3"),
        (["--closed-through", "Z=3"], "Z=3"),
        (["--closed-through", "soon"], "+=soon"),
        (["--document-type", "XX=thing"], "XX=thing"),
        (["--url", "http://example.org"], "http://example.org"),
    ],
)
def test_options_that_cannot_be_are_refused(more: list[str], found: str, tmp_path: Path) -> None:
    words = ["fetch", "sap", "--to", tmp_path / "x", "--company", "1010", "--year", "2026"]
    with fake_of(clean_world(1, documents=1)) as fake:
        made = run(fake, *words, "--through", "3", *more)
        assert made.exit_code == 2
        assert found in made.output
        assert not fake.asked


def test_who_signs_in_is_asked_for_and_never_an_option(tmp_path: Path) -> None:
    words = ["fetch", "sap", "--to", tmp_path / "x", "--company", "1010", "--year", "2026"]
    with fake_of(clean_world(1, documents=1)) as fake:
        made = run(fake, *words, "--through", "3", TIEOUT_SAP_PASSWORD="")
        assert made.exit_code == 2
        assert "TIEOUT_SAP_PASSWORD" in made.output
        helped = run(fake, "fetch", "sap", "--help").output
        assert "--password" not in helped


def test_the_example_of_the_guide_is_posted_and_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (PROJECT / "docs/guides/sap.md").read_text(encoding="utf-8")
    lines = [line.split()[2:] for line in page.splitlines() if line.startswith("$ tieout ")]
    with FakeSap(example_company()) as fake:
        codes = [run(fake, *words).exit_code for words in lines]
    assert codes == [0, 1, 0, 0, 0, 0]
