"""What the doors show: pages that neither repeat nor lose a row, filters, figures that agree."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal, TypeVar

import pytest

from tests.store.firms import NOW, SEPTEMBER, firm, imported, line, organisation, statement
from tests.store.test_decisions import Desk
from tests.store.test_imports import CSV, bring
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput, NotFound
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import RunRecord
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_group, reject_group
from tieout.workflows.views import banking, paging
from tieout.workflows.views import groups as view_groups
from tieout.workflows.views.banking import (
    LineFilter,
    LineView,
    bank_accounts,
    gaps,
    lines,
    statements,
)
from tieout.workflows.views.files import problems, received_file, received_files
from tieout.workflows.views.groups import GroupFilter, GroupView, group, groups, unmatched
from tieout.workflows.views.paging import Page
from tieout.workflows.views.runs import reconciliation, reconciliations, run, runs, sign_offs
from tieout.workflows.views.trail import audit_events, decisions, members

pytestmark = pytest.mark.usefixtures("store")

TODAY = NOW.date()


View = TypeVar("View")


def walk(ask: Callable[[str | None], Page[View]]) -> list[View]:
    """Every row, page by page."""
    rows: list[View] = []
    cursor = None
    while True:
        page = ask(cursor)
        rows += page.rows
        if page.next_cursor is None:
            return rows
        cursor = page.next_cursor


def an_account(caller: Caller) -> int:
    with tenant(caller.organisation_id):
        return BankAccount.objects.order_by("id")[0].pk


def test_an_account_shows_its_balance_its_statements_and_its_gaps() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    november = statement(
        line("1102", "D1,00", "FEE"), opening="90,00", closing="89,50", number=2,
        days=("1101", "1130"),
    )  # fmt: skip
    imported(caller, november, "november.sta")
    [account] = bank_accounts(caller)
    assert (account.closing_minor, account.closing_on) == (8950, date(2026, 11, 30))
    assert (account.statement_count, account.line_count, account.untied_count) == (2, 4, 1)
    newest, oldest = statements(caller, account_id=account.account_id).rows
    assert (newest.ties, oldest.ties) == (False, True)
    assert newest.file_name == "november.sta"
    assert "0.50 apart" in newest.sentence
    assert [each.code for each in gaps(caller, account_id=account.account_id)] == ["statement.gap"]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_lines_give_every_line_once_and_those_without_a_day_last(limit: int) -> None:
    caller = organisation()
    rows = b"2026-09-02,Fee,-1.00,EUR\n2026-09-03,Odd,-2.00,EUR\nnever,Lost,-3.00,EUR\n"
    rows += b"nie,Gone,-4.00,EUR\n"
    bring(caller, CSV + rows, "bank.csv", "77")
    account_id = an_account(caller)
    shown = walk(lambda at: lines(caller, account_id=account_id, cursor=at, limit=limit))
    with tenant(caller.organisation_id):
        kept = {each.pk: each.booked_on for each in BankLine.objects.all()}
    ids = [each.line_id for each in shown]
    assert sorted(ids) == sorted(kept)
    days = [each.booked_on for each in shown]
    dated = [each for each in days if each]
    assert dated == sorted(dated, reverse=True)
    assert days[len(dated) :] == [None] * (len(kept) - len(dated))
    assert len(dated) < len(kept)


def test_lines_are_found_by_text_amount_day_and_status() -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    account_id = an_account(caller)

    def found(**where: Any) -> list[int]:  # noqa: ANN401  fields by name
        page = lines(caller, account_id=account_id, where=LineFilter(**where))
        return [each.signed_minor for each in page.rows]

    assert found() == [-125, 2550, -1000]
    assert found(text="inv-2038 marlowe") == [2550]
    assert found(text="nothing") == []
    assert found(least_minor=-1000, most_minor=-1000) == [-1000]
    assert found(least_minor=-200) == [-125, 2550]
    assert found(most_minor=-125) == [-125, -1000]
    assert found(first_on=date(2026, 9, 7)) == [-125, 2550]
    assert found(last_on=date(2026, 9, 7)) == [2550, -1000]
    assert found(status="pending") == []


def test_a_search_looks_through_some_lines_a_page_and_finds_each_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(banking, "SEARCHED_LINES", 2)
    monkeypatch.setattr(paging, "FURTHER", 3)
    caller = organisation()
    days = [f"2026-09-{day:02}" for day in range(1, 21)] + ["never"] * 9
    rows = "".join(f"{day},Fee {at % 7},-1.00,EUR\n" for at, day in enumerate(days))
    bring(caller, CSV + rows.encode(), "bank.csv", "77")
    account_id = an_account(caller)

    def ask(cursor: str | None, text: str = "fee 6") -> Page[LineView]:
        where = LineFilter(text=text)
        return lines(caller, account_id=account_id, where=where, cursor=cursor, limit=2)

    first = ask(None)
    assert (first.rows, first.is_partial) == ((), True)
    assert ask(first.next_cursor).rows
    found = [each.narrative for each in walk(ask)]
    assert found == ["Fee 6"] * 4
    assert len({each.line_id for each in walk(ask)}) == 4
    assert walk(lambda cursor: ask(cursor, "nothing like it")) == []
    full = ask(None, "fee")
    assert (len(full.rows), full.is_partial) == (2, False)


def test_a_search_of_groups_goes_on_behind_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_groups, "SEARCHED_GROUPS", 1)
    monkeypatch.setattr(paging, "FURTHER", 1)
    desk = Desk()
    desk.run()
    every = groups(desk.owner, run_id=desk.run_id).rows
    assert len(every) > 1
    last = GroupFilter(least_minor=every[-1].left_minor, most_minor=every[-1].left_minor)

    def ask(cursor: str | None) -> Page[GroupView]:
        return groups(desk.owner, run_id=desk.run_id, where=last, cursor=cursor)

    first = ask(None)
    assert (first.rows, first.is_partial) == ((), True)
    assert [each.group_id for each in walk(ask)] == [every[-1].group_id]


def test_files_show_what_was_read_and_held() -> None:
    caller = organisation()
    answer = bring(caller, CSV + b"2026-09-02,Odd,twelve,EUR\n", "bank.csv", "77")
    [file] = received_files(caller, text="BANK").rows
    assert file.reading
    assert (file.reading.reading_id, file.reading.line_count) == (answer.reading_id, 2)
    [held] = problems(caller, file_id=file.file_id, severity="held").rows
    assert "twelve" in held.raw
    again, told = received_file(caller, file_id=file.file_id)
    assert again == file
    [sentence] = told
    assert sentence == (
        "Statement of 77, 2026-09-01 to 2026-09-01: -1224.96 EUR in 2 lines; it gives no "
        "balances to prove them by."
    )


def test_a_run_shows_its_stored_figures_and_a_bridge_that_arrives() -> None:
    desk = Desk()
    counts = desk.run()
    [view] = reconciliations(desk.owner)
    assert view.newest
    assert view == reconciliation(desk.owner, reconciliation_id=desk.reconciliation_id)
    assert view.newest == run(desk.owner, run_id=desk.run_id)
    assert view.newest.confirmed_count == counts["confirmed"]
    assert (view.newest.unmatched_left, view.newest.unmatched_right) == ((1, -125), (0, 0))
    steps = view.newest.bridge.steps
    assert view.newest.left_minor + sum(each.amount_minor for each in steps) == 1550
    assert not view.newest.agrees
    desk.run()
    shown = walk(
        lambda at: runs(desk.owner, reconciliation_id=desk.reconciliation_id, cursor=at, limit=1)
    )
    assert [each.run_id for each in shown] == [desk.run_id, view.newest.run_id]


def test_the_queue_shows_what_nobody_has_decided_and_a_group_says_why() -> None:
    desk = Desk()
    desk.run()
    first, second = groups(desk.owner, run_id=desk.run_id).rows
    assert first.score >= second.score
    confirm_group(desk.owner, group_id=first.group_id, now=NOW)
    undecided = GroupFilter(undecided=True)
    assert [
        each.group_id for each in groups(desk.owner, run_id=desk.run_id, where=undecided).rows
    ] == [second.group_id]
    detail = group(desk.owner, group_id=first.group_id)
    assert detail.group.verdict == "confirm"
    assert [each.amount_minor for each in (*detail.left, *detail.right)] == [2550, 2550]
    assert detail.right[0].text == "Marlowe INV-2038"
    assert sum(each.hundredths for each in detail.reasons) == detail.group.score
    assert detail.reasons[0].speaks == "for"


def test_groups_are_found_by_text_amount_and_status() -> None:
    desk = Desk()
    desk.run()

    def found(**where: Any) -> list[int]:  # noqa: ANN401  fields by name
        page = groups(desk.owner, run_id=desk.run_id, where=GroupFilter(**where))
        return [each.left_minor for each in page.rows]

    assert found(text="marlowe") == [2550]
    assert found(text="rent") == [-1000]
    assert found(least_minor=0) == [2550]
    assert found(most_minor=0) == [-1000]
    assert sorted(found(status="confirmed") + found(status="suggested")) == [-1000, 2550]
    assert found(with_residual=True) == []
    assert found(made_by="decision") == []


def test_an_unmatched_record_shows_its_reason_and_its_age() -> None:
    desk = Desk()
    desk.run()
    day = TODAY + timedelta(days=40)
    [one] = unmatched(desk.owner, run_id=desk.run_id, on=day).rows
    assert (one.record.side, one.record.amount_minor, one.age_days) == ("left", -125, 40)
    assert one.detail
    assert unmatched(desk.owner, run_id=desk.run_id, on=day, side="right").rows == ()
    assert unmatched(desk.owner, run_id=desk.run_id, on=day, reason=one.reason).rows == (one,)
    reject_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    desk.run()
    several = walk(lambda at: unmatched(desk.owner, run_id=desk.run_id, on=day, cursor=at, limit=1))
    assert [each.run_record_id for each in several] == open_records(desk)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_open_records_of_a_side_come_page_by_page_and_none_of_another_run(limit: int) -> None:
    desk = Desk()
    desk.run()
    reject_group(desk.owner, group_id=desk.groups()[0].pk, now=NOW)
    desk.run()
    desk.run()  # an earlier run has the same records open

    def shown(side: Literal["left", "right"]) -> list[int]:
        rows = walk(
            lambda at: unmatched(
                desk.owner, run_id=desk.run_id, on=TODAY, side=side, cursor=at, limit=limit
            )
        )
        assert {each.record.side for each in rows} == {side}
        return [each.run_record_id for each in rows]

    assert (len(shown("left")), len(shown("right"))) == (2, 1)
    assert sorted(shown("left") + shown("right")) == open_records(desk)


def open_records(desk: Desk) -> list[int]:
    """Those of the newest run, in the order in which they came."""
    with tenant(desk.owner.organisation_id):
        found = RunRecord.objects.filter(run_id=desk.run_id, group__isnull=True)
        return list(found.order_by("id").values_list("id", flat=True))


def test_nothing_of_another_organisation_is_shown_to_anybody() -> None:
    desk, stranger = Desk(), firm("Timberline")
    desk.run()
    group_id = desk.groups()[0].pk
    account_id = an_account(desk.owner)
    with tenant(desk.owner.organisation_id):
        file_id = BankLine.objects.order_by("id")[0].statement.reading.file_id
    for asked in (
        lambda: run(stranger, run_id=desk.run_id),
        lambda: groups(stranger, run_id=desk.run_id),
        lambda: group(stranger, group_id=group_id),
        lambda: unmatched(stranger, run_id=desk.run_id, on=TODAY),
        lambda: lines(stranger, account_id=account_id),
        lambda: statements(stranger, account_id=account_id),
        lambda: gaps(stranger, account_id=account_id),
        lambda: received_file(stranger, file_id=file_id),
        lambda: problems(stranger, file_id=file_id),
        lambda: reconciliation(stranger, reconciliation_id=desk.reconciliation_id),
    ):
        with pytest.raises(NotFound):
            asked()
    assert runs(stranger, reconciliation_id=desk.reconciliation_id).rows == ()


def test_a_client_sees_its_files_and_nothing_else() -> None:
    desk = Desk()
    desk.run()
    client = add_member(desk.owner, email="c@example.org", role=Role.CLIENT, now=NOW)
    for asked in (
        lambda: bank_accounts(client),
        lambda: reconciliations(client),
        lambda: run(client, run_id=desk.run_id),
        lambda: groups(client, run_id=desk.run_id),
        lambda: unmatched(client, run_id=desk.run_id, on=TODAY),
        lambda: sign_offs(client),
        lambda: decisions(client),
        lambda: members(client),
        lambda: audit_events(client),
    ):
        with pytest.raises(AccessDenied):
            asked()
    assert received_files(client).rows == ()


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "WzFd", "W3RydWUsMV0", "WyJ4IiwxXQ", "é", "W251bGwsInh4Il0"]
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    caller = firm()
    with pytest.raises(InvalidInput) as raised:
        lines(caller, account_id=an_account(caller), cursor=cursor)
    assert raised.value.code == "page.invalid"


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_size(limit: int) -> None:
    caller = firm()
    with pytest.raises(InvalidInput):
        lines(caller, account_id=an_account(caller), limit=limit)
