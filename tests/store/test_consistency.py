"""Across systems: one line an account, both balances as at one moment, the difference."""

from datetime import date

import pytest

from tests.store.firms import NOW, imported, organisation
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_decisions import Desk, booked
from tests.store.test_sign_offs import OCTOBER
from tieout.core.consistency import Agreement
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.explain.causes import UNEXPLAINED
from tieout.workflows.decide import reject_group
from tieout.workflows.record_entries import record_entries
from tieout.workflows.views.closing import books_state
from tieout.workflows.views.closing_period import period_view
from tieout.workflows.views.consistency import compared_systems, consistency, sources

pytestmark = pytest.mark.usefixtures("store")
SEPTEMBER_END, OCTOBER_END = date(2026, 9, 30), date(2026, 10, 31)


@pytest.mark.req("R107")
def test_a_bank_account_and_its_account_in_the_books_are_one_line() -> None:
    desk = Desk()
    desk.run()
    [pair] = consistency(desk.owner, on=OCTOBER_END)
    line = pair.line
    assert (line.left.system, line.right.system) == ("bank statements", "books")
    assert (line.left.balance_minor, line.left.as_at) == (11425, SEPTEMBER_END)
    assert line.right.as_at == SEPTEMBER_END
    assert line.left.known_by == "statement.sta"
    assert line.difference_minor == 11425 - (line.right.balance_minor or 0)
    assert pair.reconciliation_id == desk.reconciliation_id
    assert line.open_count == 1
    assert line.explained_minor == 10000 - 125  # brought forward by the bank alone, and a charge
    assert pair.agreement is Agreement.EXPLAINED


@pytest.mark.req("R107")
def test_what_no_record_explains_is_told_apart_and_balances_that_cancel_out_do_not_agree() -> None:
    desk = Desk()
    opening = booked("opening", 1, 10000, "BROUGHT FORWARD", "equity")
    record_entries(desk.owner, source="opening", entries=[opening], now=NOW)
    [before] = consistency(desk.owner, on=SEPTEMBER_END)
    assert (before.line.difference_minor, before.line.explained_minor) == (-125, None)
    assert before.agreement is Agreement.DIFFERS
    desk.run()
    [pair] = consistency(desk.owner, on=SEPTEMBER_END)
    assert (pair.line.explained_minor, pair.line.open_count) == (-125, 1)
    assert pair.agreement is Agreement.EXPLAINED
    other = booked("other", 29, -125, "SOMETHING ELSE ALTOGETHER", "post")
    record_entries(desk.owner, source="later", entries=[other], now=NOW)
    desk.run()
    reject_group(desk.owner, group_id=desk.groups()[-1].pk, now=NOW)
    desk.run()
    [pair] = consistency(desk.owner, on=SEPTEMBER_END)
    assert pair.line.difference_minor == 0
    assert pair.line.open_count > 0
    assert pair.agreement is Agreement.OFFSETTING
    gap = OCTOBER.replace(b"114,25", b"200,00").replace(b"104,25", b"190,00")
    imported(desk.owner, gap, "gap.sta")
    desk.run()
    [pair] = consistency(desk.owner, on=OCTOBER_END)
    assert pair.line.unexplained_minor == 20000 - 11425
    assert pair.agreement is Agreement.DIFFERS


@pytest.mark.req("R107")
def test_both_balances_are_of_the_same_day_and_follow_the_day_asked_for() -> None:
    desk = Desk()
    imported(desk.owner, OCTOBER, "october.sta")
    by_day = {
        on: consistency(desk.owner, on=on)[0].line
        for on in (date(2026, 8, 1), SEPTEMBER_END, OCTOBER_END)
    }
    assert by_day[date(2026, 8, 1)].agreement is Agreement.ONE_ONLY
    assert [by_day[each].left.balance_minor for each in (SEPTEMBER_END, OCTOBER_END)] == [
        11425,
        10425,
    ]
    for each in by_day.values():
        assert each.left.as_at is None or each.right.as_at in {None, each.left.as_at}


@pytest.mark.req("R107")
def test_every_sub_ledger_and_its_control_accounts_are_one_line() -> None:
    desk = Closing(files_of(DEMO))
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    assert state.run is not None
    pairs = consistency(desk.owner, on=NOW.date())
    assert {each.ledger for each in pairs} == {each.ledger.value for each in state.ledgers}
    for each in pairs:
        view = period_view(
            desk.owner, books_id=desk.books_id, ledger=each.ledger, period=each.period, now=NOW
        )
        now, line = view.standing, each.line
        assert line.left.balance_minor == now.sub_ledger_minor
        assert line.right.balance_minor == now.control_minor
        assert line.difference_minor == now.difference_minor
        left = sum(one.amount_minor for one in view.causes if one.cause == UNEXPLAINED)
        assert line.unexplained_minor == left
        assert line.currency == state.run.currency
    order = [each.agreement for each in pairs]
    assert order == sorted(order, key=list(dict.fromkeys(order)).index)


@pytest.mark.req("R107")
def test_two_systems_are_compared_account_by_account_by_a_mapping() -> None:
    caller = organisation()
    record_entries(caller, source="till", entries=[booked("1", 2, 5000, "SALE", "sales")], now=NOW)
    record_entries(
        caller,
        source="ledger",
        entries=[booked("1", 2, 5000, "SALE", "4000"), booked("2", 9, 120, "LATER", "4000")],
        now=NOW,
    )
    assert sources(caller) == ("ledger", "till")
    on = date(2026, 9, 5)
    lines = compared_systems(caller, left="till", right="ledger", on=on, mapping="sales = 4000")
    said = [(each.left.account, each.right.account, each.difference_minor) for each in lines]
    assert said == [("sales", "4000", 0), ("bank", "bank", 0)]
    later = compared_systems(
        caller, left="till", right="ledger", on=SEPTEMBER_END, mapping="sales = 4000"
    )
    assert [each.difference_minor for each in later] == [120, -120]
    apart = compared_systems(caller, left="till", right="ledger", on=on)
    assert [each.agreement for each in apart] == [
        Agreement.ONE_ONLY,
        Agreement.AGREES,
        Agreement.ONE_ONLY,
    ]
    with pytest.raises(NotFound):
        compared_systems(caller, left="till", right="nobody's", on=on)
    with pytest.raises(InvalidInput):
        compared_systems(caller, left="till", right="till", on=on)
    stranger = organisation("Timberline")
    assert sources(stranger) == ()
    with pytest.raises(NotFound):
        compared_systems(stranger, left="till", right="ledger", on=on)
    assert consistency(stranger, on=on) == ()
