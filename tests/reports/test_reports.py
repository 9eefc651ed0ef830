"""Reports of a ledger: a total agrees wherever it appears, in every period of random books."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random

import pytest

import tieout
from tieout.core.errors import Corruption, InvalidInput
from tieout.core.explain.ageing import MONTHS, NOT_DUE, AgedSettings, aged_report, buckets_of
from tieout.core.explain.balances import closing_days, control_balance, subledger_balance
from tieout.core.explain.books import Books, EntryAllocation, SubLedger
from tieout.core.explain.explaining import explain_ledger
from tieout.core.explain.groups import Scene
from tieout.core.explain.snapshot import books_digest
from tieout.core.reports.aged import AgedQuestion, aged_ledger_report
from tieout.core.reports.changes import changes_report
from tieout.core.reports.closed import closed_report, default_keys
from tieout.core.reports.enquiry import enquiry_report
from tieout.core.reports.report import Origin, Report, Section, money, prove, text
from tieout.core.reports.statements import StatementQuestion, statements_report
from tieout.core.reports.valued import value_of, valued
from tieout.files.explaining import Explanation
from tieout.files.report_tables import json_of
from tieout.testing.books import planted_books
from tieout.testing.corpus import PROJECT

BOOKS = PROJECT / "src/tieout/cli/demo_books"
TRUTH = json.loads((PROJECT / "tests/golden/books/harbour-supplies.json").read_text("utf-8"))
LEDGERS = (SubLedger.AR, SubLedger.AP)
SEEDS = range(8)
ORIGIN = Origin("none", "GBP", {"GBP": 2})
AGEINGS = (
    AgedSettings(),
    AgedSettings(by_due_date=True),
    AgedSettings(buckets=MONTHS, counts_months=True),
    AgedSettings(buckets=buckets_of([7, 14]), ages_credits=True),
)


@cache
def random_books(seed: int) -> Books:
    """Books with every cause planted, voids among them, and allocations between any two entries."""
    books = planted_books(seed).books()
    draw = Random(seed)  # noqa: S311  invented books
    made: list[EntryAllocation] = []
    for ledger in LEDGERS:
        own = [each for each in books.entries if each.ledger is ledger]
        debits = [each for each in own if each.base_minor > 0]
        taken = [each for each in own if each.base_minor < 0]
        for number in range(40):
            debit = draw.choice(debits)
            alike = [each for each in taken if each.party == debit.party]
            credit = draw.choice(alike if alike and number % 8 else taken)
            on = max(debit.dated_on, credit.dated_on) + timedelta(days=draw.randint(-40, 40))
            base = draw.randint(1, min(debit.base_minor, -credit.base_minor))
            made.append(
                EntryAllocation(
                    f"A{number}",
                    ledger,
                    debit.entry_id,
                    credit.entry_id,
                    on,
                    on + timedelta(days=draw.randint(0, 9)),
                    base,
                    base,
                    base + draw.randint(-3, 3),
                    draw.choice(("", draw.choice(own).entry_id)),
                )
            )
    return replace(books, allocations=tuple(made))


@cache
def demo() -> Explanation:
    return tieout.explain(BOOKS)


def ends(books: Books) -> list[tuple[int, date]]:
    return [(each.number, each.ends_on) for each in books.calendar.periods]


@pytest.mark.req("R289", "R290", "R293")
@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_enquiry_of_every_period_is_its_difference_in_two_stages(
    seed: int, ledger: SubLedger
) -> None:
    books = random_books(seed)
    made = explain_ledger(books, ledger)
    difference, keys = made.difference(), Scene(books, ledger).counted
    for period, _ in ends(books):
        report = enquiry_report(books, made, period, ORIGIN)
        moved = difference[period] - difference[period - 1]
        stage_a = report.section("stage_a").total("amount")
        stage_b = report.section("stage_b").total("amount")
        assert stage_a + stage_b == moved
        assert report.section("closing").total("amount") == stage_b
        control = control_balance(books, ledger, keys, period)
        assert report.section("enquiry").total("posted") == control + stage_b
        assert report.section("stages").total("now") == control
        assert report.control_total == difference[period]
        accounts = report.section("accounts")
        assert accounts.total("difference") == difference[period]
        assert accounts.total("control") == control


@pytest.mark.req("R255", "R259", "R266", "R291", "R292")
@pytest.mark.parametrize("ageing", AGEINGS, ids=["days", "due", "months", "credits aged"])
@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_aged_total_is_the_ledger_by_party_item_bucket_and_currency(
    seed: int, ledger: SubLedger, ageing: AgedSettings
) -> None:
    books = random_books(seed)
    row = [
        sum(each) for each in zip(*explain_ledger(books, ledger).subledger.values(), strict=True)
    ]
    codes = sorted({each.currency for each in books.entries})
    for period, end in ends(books)[::3]:
        question = AgedQuestion(end, settings=ageing)
        report = aged_ledger_report(books, ledger, question, ORIGIN)
        assert report.section("parties").total("total") == row[period]
        assert report.section("items").total("left") == row[period]
        buckets = [report.section("parties").total(name) for name in ageing.names]
        assert sum(buckets) == row[period]
        split = [
            aged_ledger_report(books, ledger, replace(question, currency=code), ORIGIN)
            for code in codes
        ]
        assert sum(each.control_total for each in split) == row[period]


@pytest.mark.req("R017")
@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_balance_of_a_ledger_is_one_figure_in_every_report(
    seed: int, ledger: SubLedger
) -> None:
    books = random_books(seed)
    made = explain_ledger(books, ledger)
    for period, end in ends(books)[::3]:
        balance = subledger_balance(books, ledger, end)
        aged = aged_ledger_report(books, ledger, AgedQuestion(end), ORIGIN)
        statements = statements_report(books, ledger, StatementQuestion(AgedQuestion(end)), ORIGIN)
        enquiry = enquiry_report(books, made, period, ORIGIN)
        assert aged.control_total == balance
        assert statements.control_total == balance
        assert enquiry.section("accounts").total("ledger") == balance
        assert sum(row[period] for row in made.subledger.values()) == balance
        for report in (aged, statements):
            (said,) = json.loads(json_of([report]))
            assert said["control_total"] == report.origin.decimal(balance)


@pytest.mark.req("R261")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_ordinary_aged_report_is_what_is_open_now_and_says_so(seed: int) -> None:
    books = random_books(seed)
    for ledger in LEDGERS:
        report = aged_ledger_report(books, ledger, AgedQuestion(None), ORIGIN)
        assert report.control_total == subledger_balance(books, ledger)
        assert ("basis", "what is open now, all periods") in report.parameters
        assert "what is open now" in report.title


@pytest.mark.req("R122", "R255")
@pytest.mark.parametrize("begins", [None, 20, 400])
@pytest.mark.parametrize("seed", SEEDS)
def test_statements_of_all_parties_are_the_ledger(seed: int, begins: int | None) -> None:
    books = random_books(seed)
    for ledger in LEDGERS:
        _, end = ends(books)[-3]
        begins_on = None if begins is None else end - timedelta(days=begins)
        question = StatementQuestion(AgedQuestion(end), begins_on=begins_on)
        report = statements_report(books, ledger, question, ORIGIN)
        assert report.control_total == subledger_balance(books, ledger, end)
        names = report.section("summary").values("party")
        some = [
            statements_report(books, ledger, replace(question, party=str(name)), ORIGIN)
            for name in sorted(set(map(str, names)))
        ]
        assert sum(each.control_total for each in some) == report.control_total
        for section in report.sections[1:]:
            last = section.rows[-1]
            if begins is not None:
                assert last[section.place("running")] == section.total("amount")


@pytest.mark.req("R233")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_statement_of_each_party_at_each_date_is_its_balance(seed: int) -> None:
    books = random_books(seed)
    for ledger in LEDGERS:
        own = [each for each in books.entries if each.ledger is ledger]
        for _, end in ends(books)[::4]:
            for party in sorted({each.party for each in own})[::3]:
                question = StatementQuestion(AgedQuestion(end), party)
                alone = replace(books, entries=tuple(e for e in own if e.party == party))
                report = statements_report(books, ledger, question, ORIGIN)
                assert report.control_total == subledger_balance(alone, ledger, end)


@pytest.mark.req("R285", "R269")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_balance_at_two_moments_differs_by_what_was_recorded_between(seed: int) -> None:
    books = random_books(seed)
    draw = Random(seed)  # noqa: S311  days to look at
    for ledger in LEDGERS:
        for period, end in ends(books)[::4]:
            first = end + timedelta(days=draw.randint(-30, 30))
            second = first + timedelta(days=draw.randint(0, 60))
            report = changes_report(books, ledger, period, (first, second), ORIGIN)
            was, now = (subledger_balance(books, ledger, end, each) for each in (first, second))
            assert report.section("entries").total("amount") == now - was
            recorded = report.section("entries").values("recorded_on")
            assert all(first < each <= second for each in recorded if isinstance(each, date))
            whole = changes_report(books, ledger, period, (date.min, None), ORIGIN)
            assert whole.section("entries").total("amount") == subledger_balance(books, ledger, end)


@pytest.mark.req("R273", "R285")
@pytest.mark.parametrize("seed", SEEDS)
def test_closed_balances_today_are_the_accounts_of_the_default(seed: int) -> None:
    books = random_books(seed)
    for ledger in LEDGERS:
        report = closed_report(books, ledger, ORIGIN)
        section, keys = report.section("closed"), default_keys(books, ledger)
        assert list(section.values("period")) == list(closing_days(books, ledger))
        today = [control_balance(books, ledger, keys, each) for each in closing_days(books, ledger)]
        assert list(section.values("nominal_today")) == today
        changes = sum(each for each in section.values("ledger_change") if isinstance(each, int))
        since = report.section("since")
        sides = zip(since.values("side"), since.values("amount"), strict=True)
        assert changes == sum(
            each for side, each in sides if side == "sub-ledger" and isinstance(each, int)
        )


@pytest.mark.req("R273", "R274", "R275", "R276", "R277")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_closed_balances_of_the_worked_example_under_three_settings(ledger: SubLedger) -> None:
    report = closed_report(demo().books, ledger, ORIGIN)
    section = report.section("settings")
    said = {
        (row[section.place("setting")], str(row[section.place("period")])): row[
            section.place("then")
        ]
        for row in section.rows
    }
    known = {
        (setting, period): int(amount.replace(".", ""))
        for setting, row in TRUTH["closed_balance_variants"][ledger.value].items()
        for period, amount in row.items()
    }
    assert {cell: said[cell] for cell in known} == known


@pytest.mark.req("R285")
def test_a_stored_row_that_changed_lists_what_was_made_since() -> None:
    report = closed_report(demo().books, SubLedger.AR, ORIGIN, 3)
    section = report.section("closed")
    (row,) = section.rows
    named = ("ledger_stored", "ledger_then", "ledger_today", "ledger_change")
    assert [row[section.place(name)] for name in named] == [2148106, 2148106, 2146085, -2021]
    assert "SL00000162" in report.section("since").values("id")
    assert report.section("since").total("amount") == -2021


@pytest.mark.req("R259", "R266", "R291", "R292")
@pytest.mark.parametrize("ledger", LEDGERS)
def test_aged_reports_of_the_worked_example(ledger: SubLedger) -> None:
    books = demo().books
    for known in TRUTH["aged"][ledger.value].values():
        question = AgedQuestion(date.fromisoformat(known["as_at"]))
        section = aged_ledger_report(books, ledger, question, ORIGIN).section("parties")
        for name, amount in known.items():
            if name != "as_at":
                assert section.total(name) == int(amount.replace(".", ""))


@pytest.mark.req("R289", "R290")
@pytest.mark.parametrize("each", range(2))
def test_the_enquiry_of_the_worked_example_closes_on_its_answer(each: int) -> None:
    made = demo().ledgers[each].explanation
    known = TRUTH["ledgers"][made.ledger.value]
    for period in range(1, 25):
        report = enquiry_report(demo().books, made, period, ORIGIN)
        now = report.section("stages").rows[0][report.section("stages").place("now")]
        assert now == int(known["subledger"][str(period)].replace(".", ""))
        total = report.section("stages").total("now")
        assert total == int(known["control"][str(period)].replace(".", ""))


@pytest.mark.req("R289")
def test_a_ledger_in_which_there_is_nothing_has_reports_of_nothing() -> None:
    books = replace(random_books(1), entries=(), postings=(), allocations=())
    made = explain_ledger(books, SubLedger.AP)
    for report in (
        enquiry_report(books, made, 2, ORIGIN),
        aged_ledger_report(books, SubLedger.AP, AgedQuestion(ends(books)[1][1]), ORIGIN),
        closed_report(books, SubLedger.AP, ORIGIN),
    ):
        assert report.control_total == 0
        assert report.sentence.startswith("Purchase ledger")


def test_what_is_open_at_other_rates_is_rounded_item_by_item() -> None:
    books = demo().books
    assert len(books.rates) > 50
    made = aged_report(books, SubLedger.AR, date(2024, 8, 31))
    for period in (1, 20):
        known = 0
        for item in made.items:
            currency = item.entry.currency
            if currency == books.base_currency:
                known += item.left_minor
                continue
            rate = books.rates[period, currency]
            value = Decimal(item.left_doc).scaleb(-books.exponents[currency])
            value *= Decimal(rate.digits).scaleb(-rate.exponent)
            known += int(value.scaleb(2).quantize(Decimal(1), ROUND_HALF_UP))
        assert valued(books, made, period) == known
        assert known != made.total
    assert valued(books, made, 999) is None


def test_a_valuation_stands_beside_an_aged_report_and_says_that_it_ties_to_nothing() -> None:
    books = demo().books
    on = date(2024, 8, 31)
    plain = aged_ledger_report(books, SubLedger.AR, AgedQuestion(on), ORIGIN)
    report = aged_ledger_report(books, SubLedger.AR, AgedQuestion(on, rates_of=1), ORIGIN)
    assert report.sections[:2] == plain.sections
    assert report.control_total == plain.control_total
    found = report.section("valuation")
    assert "agrees with no ledger" in found.note
    assert dict(report.parameters)["valued besides at"].startswith("the rates of")
    made = aged_report(books, SubLedger.AR, on)
    assert found.total("left") == made.total
    assert found.total("value") == valued(books, made, 1)
    for currency, _, own, *_, value, difference in found.rows:
        items = [each for each in made.items if each.entry.currency == currency]
        assert own == sum(each.left_doc for each in items)
        assert value == sum(value_of(books, each, 1) or 0 for each in items)
        assert (difference == 0) == (currency == "GBP")
    with pytest.raises(InvalidInput, match="no rate of"):
        aged_ledger_report(books, SubLedger.AR, AgedQuestion(on, rates_of=999), ORIGIN)


def test_buckets_may_be_any_days_that_go_up() -> None:
    assert buckets_of([30, 60, 90])[1:] == (("31-60", 60), ("61-90", 90), ("91+", None))
    for wrong in ([], [30, 30], [60, 30], [-1]):
        with pytest.raises(ValueError, match="go up"):
            buckets_of(wrong)


def test_by_due_date_what_is_not_due_stands_apart() -> None:
    books = demo().books
    end = date(2024, 9, 30)
    report = aged_report(books, SubLedger.AR, end, settings=AgedSettings(by_due_date=True))
    not_due = [each for each in report.items if each.bucket == NOT_DUE]
    assert not_due
    assert all(each.entry.due_on and each.entry.due_on > end for each in not_due)
    assert report.buckets[NOT_DUE] == sum(each.left_minor for each in not_due)


def every_report(books: Books) -> list[Report]:
    ledger, (period, end) = SubLedger.AR, ends(books)[1]
    origin = Origin.of(books, version="0", files="f" * 64)
    return [
        enquiry_report(books, explain_ledger(books, ledger), period, origin),
        closed_report(books, ledger, origin),
        aged_ledger_report(books, ledger, AgedQuestion(end), origin),
        statements_report(books, ledger, StatementQuestion(AgedQuestion(end)), origin),
        changes_report(books, ledger, period, (end, None), origin),
    ]


@pytest.mark.req("R122", "R269")
def test_every_report_carries_what_it_was_made_from() -> None:
    books = random_books(1)
    for report in every_report(books):
        said = dict(report.about())
        assert said["snapshot"] == "f" * 64
        assert said["books (SHA-256)"] == books_digest(books)
        assert said["rows"] == str(sum(len(each.rows) for each in report.sections))
        assert said[f"control total: {report.control_name}"].endswith(" GBP")
        assert said["made by"] == "tieout 0"
        assert said["ledger"] == "Sales ledger"
        assert report.sentence.endswith(".")


def test_the_snapshot_does_not_depend_on_order_and_sees_every_cell() -> None:
    books = random_books(2)
    shuffled = replace(
        books,
        entries=books.entries[::-1],
        postings=books.postings[::-1],
        accounts=dict(reversed(list(books.accounts.items()))),
        allocations=books.allocations[::-1],
    )
    assert books_digest(shuffled) == books_digest(books)
    first, *rest = books.entries
    changes: list[Callable[[], Books]] = [
        lambda: replace(books, entries=(replace(first, base_minor=first.base_minor + 1), *rest)),
        lambda: replace(books, entries=(replace(first, party="x"), *rest)),
        lambda: replace(books, entries=tuple(rest)),
        lambda: replace(books, entries=(first, *books.entries)),
        lambda: replace(books, tolerance_minor=3),
        lambda: replace(books, settings={}),
        lambda: replace(books, allocations=books.allocations[1:]),
    ]
    assert len({books_digest(books), *(books_digest(each()) for each in changes)}) == 8


def test_a_total_that_the_books_do_not_have_is_refused() -> None:
    with pytest.raises(Corruption, match=r"explain\.identity-broken"):
        prove(1, 2, "a total", "AR")


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        Section("x", "X", (text("a", "A"), money("b", "B")), (("one",),))


def test_an_allocation_is_counted_in_the_decimals_of_its_entries() -> None:
    books = demo().books
    entries = {entry.entry_id: entry for entry in books.entries}
    yen = [each for each in books.allocations if entries[each.debit_id].currency == "JPY"]
    assert yen
    for each in yen:
        assert each.doc_minor <= abs(entries[each.debit_id].doc_minor)
    made = aged_report(books, SubLedger.AR, date(2024, 8, 31))
    cleared = {each.debit_id for each in yen}
    assert all(
        abs(item.left_doc) <= abs(item.entry.doc_minor)
        for item in made.items
        if item.entry.entry_id in cleared
    )
