"""What stands in the way of reading: faults, pages, strangers, amounts; each has its code."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import requests

from tests.connectors.sap_worlds import clean_world, fake_of, fetched, ledger_of, span_of
from tieout.connectors.calendar import Calendar
from tieout.connectors.sap import Address, SapLedger, Session
from tieout.connectors.sap.posting import confirmed
from tieout.connectors.sap.span import calendar_of
from tieout.connectors.sap.words import narrative_of, text_for
from tieout.core.errors import TieoutError
from tieout.core.explain.books import AccountUse
from tieout.core.explain.causes import CAUSES
from tieout.files.fetching import connected_system, fetch_books, read_calendar
from tieout.formats.books import read_books
from tieout.testing.sap import PASSWORD, USER, Company, FakeSap, company_of

WORLD = clean_world(4, documents=12)


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(TieoutError) as raised:
        act()
    return raised.value.code


@pytest.mark.parametrize(("theirs", "ours"), [(1, 5_000), (7, 5_000), (3, 10), (10, 3), (900, 1)])
def test_pages_do_not_matter(theirs: int, ours: int, tmp_path: Path) -> None:
    company = company_of(WORLD.books())
    with FakeSap(company, page=theirs) as fake:
        fetched(fake, span_of(WORLD), WORLD, tmp_path / "one", page=ours)
        made = files(tmp_path / "one")
    with FakeSap(company) as fake:
        assert made == files(fetched(fake, span_of(WORLD), WORLD, tmp_path / "other"))


def test_a_busy_system_is_asked_again(tmp_path: Path) -> None:
    with fake_of(WORLD) as fake:
        fake.faults += ["busy", "broken", "ok", "busy"]
        fetched(fake, span_of(WORLD), WORLD, tmp_path / "books")
        assert len(fake.asked) > len(set(fake.asked))


def test_a_system_that_stays_away_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with fake_of(WORLD) as fake:
        fake.faults += ["busy"] * 4
        folder = tmp_path / "books"
        said = code_of(lambda: fetched(fake, span_of(WORLD), WORLD, folder))
        assert said == "connector.not-reached"
        assert not folder.exists()


def test_a_wrong_password_is_not_tried_again() -> None:
    with fake_of(WORLD) as fake:
        ledger = SapLedger(Session(Address(fake.url, USER, "wrong")), span_of(WORLD))
        assert code_of(ledger.fetch) == "connector.sign-in-refused"
        assert len(fake.asked) == 1


def test_the_password_is_shown_nowhere() -> None:
    assert PASSWORD not in repr(Address("https://example.org", USER, PASSWORD))
    for url in ("http://example.org", "https://me:it@example.org", "ftp://example.org", "x"):
        assert code_of(lambda url=url: Address(url, USER, PASSWORD)) == "command.invalid"  # type: ignore[misc]


def test_a_next_page_of_another_system_is_not_asked() -> None:
    class Elsewhere(FakeSap):
        @property
        def url(self) -> str:
            return super().url.replace("127.0.0.1", "localhost")

    with fake_of(WORLD) as fake, Elsewhere(fake.company, page=3) as other:
        here = other.url.replace("localhost", "127.0.0.1")
        ledger = SapLedger(Session(Address(here, USER, PASSWORD)), span_of(WORLD))
        assert code_of(ledger.fetch) == "connector.answer-invalid"


@pytest.mark.parametrize("more", [1, -1])
def test_a_ledger_that_changes_while_it_is_read_is_refused(more: int, tmp_path: Path) -> None:
    class Moving(FakeSap):
        """A row comes or goes between two pages of the general ledger."""

        looks = 0

        def rows(self, path: str, asked: Mapping[str, str]) -> dict[str, object]:
            self.looks += path.endswith("GLAccountLineItem")
            of_year = [row for row in self.company.lines if row["FiscalPeriod"] == "003"]
            if self.looks == 3 and more > 0:
                self.company.lines.append(dict(of_year[0]))
            elif self.looks == 3:
                self.company.lines.remove(of_year[0])
            self.looks += self.looks == 3
            return super().rows(path, asked)

    with Moving(company_of(WORLD.books()), page=5) as fake:
        ledger = ledger_of(fake, span_of(WORLD), WORLD)
        assert code_of(lambda: fetch_books(ledger, tmp_path / "books")) == "connector.changed"
        assert not (tmp_path / "books").exists()


def test_what_the_system_does_not_have_is_said() -> None:
    with fake_of(WORLD) as fake:
        stranger = ledger_of(fake, replace(span_of(WORLD), company="9999"), WORLD)
        assert code_of(stranger.fetch) == "connector.company-unknown"
        fake.company.variant = "V3"
        unknown = ledger_of(fake, replace(span_of(WORLD), calendar=None), WORLD)
        assert code_of(unknown.fetch) == "connector.calendar-unknown"
        fake.company.items[0]["AmountInCompanyCodeCurrency"] = "1.005"
        assert code_of(ledger_of(fake, span_of(WORLD), WORLD).fetch) == "connector.answer-invalid"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with fake_of(WORLD) as fake:
        ledger = ledger_of(fake, span_of(WORLD), WORLD)
        assert code_of(lambda: fetch_books(ledger, tmp_path)) == "output.not-writable"
        assert not fake.asked
    assert code_of(lambda: connected_system(tmp_path)) == "connector.folder-not-fetched"


def test_special_periods_a_moved_account_and_strange_dates_are_told(tmp_path: Path) -> None:
    world = clean_world(4, documents=12)
    with fake_of(world) as fake:
        company = fake.company
        last = f"{len(company.periods) + 2:03}"
        of_year = [row for row in company.lines if row["FiscalYear"] == str(company.year)]
        for row in of_year[:2]:
            row["FiscalPeriod"] = last
        item = next(
            row
            for row in company.items
            if row["FinancialAccountType"] == "D"
            and row["GLAccount"] == company.customers[str(row["Customer"])]
        )
        party = str(item["Customer"])
        company.customers[party] = next(
            code
            for code, kind in company.controls.items()
            if kind == "D" and code != item["GLAccount"]
        )
        made = fetch_books(ledger_of(fake, span_of(world), world), tmp_path / "books")
    said = " ".join(made.notes)
    assert f"2 lines of special periods are in period {len(world.calendar.periods)}" in said
    assert f"{party} has the reconciliation account {company.customers[party]} now" in said


def test_adjustment_accounts_are_counted_beside_their_account(tmp_path: Path) -> None:
    with fake_of(WORLD) as fake:
        span = span_of(WORLD)
        account = next(iter(span.controls))
        span = replace(span, adjustments={account: "9999900"})
        folder = fetched(fake, span, WORLD, tmp_path / "books")
    books = read_books(folder).books
    (key,) = [key for key in books.accounts if key.code == "9999900"]
    assert books.accounts[key] in {AccountUse.CONTROL_AR, AccountUse.CONTROL_AP}
    assert any(key in settings.counted for settings in books.settings.values())


def test_words_of_a_correction_fit_fifty_letters_and_come_back() -> None:
    for cause in CAUSES:
        said = f"Correction of 20260100000012000001 ({cause})"
        assert len(text_for(said)) <= 50
        assert narrative_of(text_for(said)) == said
    for other in ("Rent", "Corr of the rent", "Corr x y", ""):
        assert narrative_of(text_for(other)) == other


def test_a_calendar_is_a_table_or_months(tmp_path: Path) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text(
        "period,start,end,close_date\n1,2026-04-01,2026-06-30,2026-07-09\n2,2026-07-01,2026-09-30,\n"
    )
    made = read_calendar(path)
    assert made == Calendar(
        ((date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))),
        {1: date(2026, 7, 9)},
    )
    path.write_text("period,start,end\n1,2026-04-01,2026-06-30\n2,2026-07-02,2026-09-30\n")
    assert code_of(lambda: read_calendar(path)) == "connector.calendar-unknown"
    assert code_of(lambda: Calendar.months(date(2026, 4, 2))) == "connector.calendar-unknown"
    months = Calendar.months(date(2026, 4, 1))
    assert months.periods[11] == (date(2027, 3, 1), date(2027, 3, 31))
    assert [months.folded(each) for each in ("001", "012", "016")] == [1, 12, 12]
    assert calendar_of("K4", 2028).periods[1] == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    "answer", [b"", b"<html/>", b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_an_answer_that_is_no_confirmation_is_refused(answer: bytes) -> None:
    assert code_of(lambda: confirmed(answer)) == "connector.answer-invalid"


def test_the_fake_enforces_what_is_published() -> None:
    """Else the tests of the connector would prove nothing."""
    company = Company("1010", "EUR", "YCOA", 2026, [(date(2026, 1, 1), date(2026, 12, 31))])
    with FakeSap(company) as fake:
        root = f"{fake.url}/sap/opu/odata/sap"
        cube = f"{root}/API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube"
        let_in = (USER, PASSWORD)

        def status(url: str, **given: str) -> int:
            params = {name.replace("_", "$", 1): said for name, said in given.items()}
            return requests.get(url, params=params, auth=let_in, timeout=9).status_code

        assert requests.get(cube, timeout=9).status_code == 401
        assert status(cube, _select="CompanyCode") == 200
        assert status(cube, _select="Invented") == 400
        assert status(cube, _select="CompanyCode", _filter="CompanyCode eq 1010") == 400
        assert status(cube, _select="CompanyCode", _filter="(CompanyCode eq '1010'") == 400
        assert status(f"{root}/API_INVENTED/A_CompanyCode", _select="CompanyCode") == 400
        assert requests.post(cube, auth=let_in, timeout=9).status_code == 403
        fetch = {"X-CSRF-Token": "Fetch"}
        got = requests.get(
            cube, params={"$select": "CompanyCode"}, auth=let_in, headers=fetch, timeout=9
        )
        token = {"X-CSRF-Token": got.headers["x-csrf-token"]}
        assert requests.post(cube, auth=let_in, headers=token, timeout=9).status_code == 405
        assert Session(Address(fake.url, USER, PASSWORD)).send(b"<a/>", "x") is None
