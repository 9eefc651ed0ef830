"""The history of an account, a pairing, books, a member: who changed what, from what to what."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.store.databases import Store
from tests.store.firms import NOW, imported, organisation
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_decide_many import everything
from tests.store.test_sign_offs import LATE_LINE, Signed
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput, NotFound
from tieout.store.audit.models import Concern
from tieout.store.banking.models import BankAccount
from tieout.store.ledger.models import Account
from tieout.store.postgres.files import BACK, sql_text
from tieout.store.postgres.server import OWNER
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.change_role import change_role
from tieout.workflows.set_books import end_books, set_books
from tieout.workflows.views.history import HistoryFilter, HistoryRow, history

pytestmark = pytest.mark.usefixtures("store")


def rows_of(caller: Caller, subject: str, **where: Any) -> list[HistoryRow]:  # noqa: ANN401  filters by name
    """All of it, oldest first."""
    chosen = HistoryFilter(**where)
    return list(history(caller, subject=subject, where=chosen, limit=500).page.rows)[::-1]


def in_event_order(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    """The oldest event first, the rows of each as they are shown."""
    return sorted(rows, key=lambda each: each.sequence)


def accounts_of(caller: Caller) -> tuple[str, str]:
    """The bank account, and the account of the books that it is compared with."""
    with tenant(caller.organisation_id):
        bank, account = BankAccount.objects.get(), Account.objects.get(code="bank")
    return f"bank_account:{bank.pk}", f"ledger_account:{account.pk}"


@pytest.mark.req("R021")
def test_a_bank_account_shows_who_changed_what_when_from_what_to_what() -> None:
    desk = Signed()
    bank, account = accounts_of(desk.owner)
    imported(desk.owner, LATE_LINE, "late.sta")
    rows = in_event_order(history(desk.owner, subject=bank, limit=500).page.rows)
    told = [(each.act, each.called, each.from_text, each.to_text) for each in rows]
    assert told[:3] == [
        ("import statement", "currency", "", "EUR"),
        ("import statement", "decimals", "", "2"),
        ("import statement", "number", "", "NL55BANK0123456789"),
    ]
    acts = [(each.act, each.called) for each in rows[3:]]
    assert acts == [
        ("import statement", "bank statement"),
        ("set reconciliation", "reconciliation"),
        ("reconcile", "match run"),
        ("sign off", "sign-off"),
        ("sign off", "sign-off"),
        ("import statement", "bank statement"),
        ("import statement", "suspension"),
        ("import statement", "suspension"),
    ]
    opening = next(each for each in rows if each.called == "bank statement")
    assert opening.to_text.endswith("opening 100.00 EUR; closing 114.25 EUR; line count 3")
    assert (opening.who, opening.origin, opening.at) == ("owner@example.org", "test", NOW)
    reviewed = [each for each in rows if each.field == "sign_off"][1]
    assert reviewed.who == "r@example.org"
    assert "step reviewed; cut off on 2026-09-30; bank 14.25 EUR" in reviewed.to_text
    linked = {piece.name for each in rows for piece in each.after if piece.name}
    assert {bank, account} <= linked


def test_an_account_of_the_books_shows_what_was_posted_to_it_as_counts_and_totals() -> None:
    desk = Signed()
    _, account = accounts_of(desk.owner)
    rows = rows_of(desk.owner, account)
    (posted,) = (each for each in rows if each.field == "entries")
    assert posted.to_text == "postings 2; debit 25.50 EUR; credit 10.00 EUR"
    assert ("code", "", "bank") in [(each.called, each.from_text, each.to_text) for each in rows]
    assert [each.called for each in rows if each.act == "sign off"] == ["sign-off"] * 2


def test_many_decisions_at_once_are_one_row_of_both_accounts() -> None:
    desk = Signed()
    everything(desk)
    for subject in accounts_of(desk.owner):
        (row,) = (each for each in rows_of(desk.owner, subject) if each.field == "decision")
        assert row.to_text == "added 2; verdict confirm"
        assert row.reason == "month end"


def test_books_show_their_name_their_files_and_who_certified_what() -> None:
    desk = Closing(files_of(DEMO))
    set_books(desk.owner, name="Books of 2026", books_id=desk.books_id, now=NOW)
    end_books(desk.owner, books_id=desk.books_id, reason="sold", now=NOW)
    rows = rows_of(desk.owner, f"books:{desk.books_id}")
    told = [(each.act, each.called, each.from_text, each.to_text, each.reason) for each in rows]
    assert ("set books", "name", "", "Main books", "") in told
    assert ("set books", "name", "Main books", "Books of 2026", "") in told
    assert ("end books", "ended at", "", "2026-11-22 09:30 UTC", "sold") in told
    assert {"snapshot", "explanation"} <= {each.called for each in rows}


def test_a_history_is_filtered_by_field_person_and_days_and_read_page_by_page() -> None:
    desk = Signed()
    bank, _ = accounts_of(desk.owner)
    assert {each.field for each in rows_of(desk.owner, bank, field="sign_off")} == {"sign_off"}
    reviewer = f"member:{desk.reviewer.member_id}"
    assert {each.who for each in rows_of(desk.owner, bank, actor=reviewer)} == {"r@example.org"}
    day = NOW.date()
    everything_there = rows_of(desk.owner, bank)
    assert rows_of(desk.owner, bank, first_on=day, last_on=day) == everything_there
    assert rows_of(desk.owner, bank, first_on=day + timedelta(days=1)) == []
    assert rows_of(desk.owner, bank, last_on=day - timedelta(days=1)) == []
    paged: list[HistoryRow] = []
    cursor: str | None = None
    while cursor is not None or not paged:
        page = history(desk.owner, subject=bank, cursor=cursor, limit=1).page
        paged, cursor = [*paged, *page.rows], page.next_cursor
    assert paged[::-1] == everything_there


def test_other_records_are_shown_to_whoever_may_see_the_trail() -> None:
    owner = organisation()
    member = add_member(owner, email="b@example.org", role=Role.BOOKKEEPER, now=NOW)
    change_role(owner, member_id=member.member_id, role=Role.CLIENT, reason="left us", now=NOW)
    subject = f"member:{member.member_id}"
    last = rows_of(owner, subject)[-1]
    assert (last.called, last.from_text, last.to_text) == ("role", "bookkeeper", "client")
    assert (last.reason, last.who) == ("left us", "owner@example.org")
    reader = add_member(owner, email="c@example.org", role=Role.BOOKKEEPER, now=NOW)
    with pytest.raises(AccessDenied):
        history(reader, subject=subject)


def test_who_may_not_see_the_trail_sees_the_door_and_not_the_address() -> None:
    desk = Signed()
    bank, _ = accounts_of(desk.owner)
    reader = add_member(desk.owner, email="c@example.org", role=Role.BOOKKEEPER, now=NOW)
    far = Caller(reader.organisation_id, desk.owner.member_id, "web 203.0.113.7")
    imported(far, LATE_LINE, "late.sta")
    assert "web 203.0.113.7" in {each.origin for each in rows_of(desk.owner, bank)}
    assert "web" in {each.origin for each in rows_of(reader, bank)}
    assert not [each for each in rows_of(reader, bank) if "203.0.113.7" in each.origin]


def test_what_is_not_there_or_belongs_to_others_is_not_found() -> None:
    desk, other = Signed(), organisation("Beside")
    bank, _ = accounts_of(desk.owner)
    for subject in (bank, "bank_account:900000000"):
        with pytest.raises(NotFound):
            history(other, subject=subject)
    for subject in ("bank_account:x", "person:1", "", "bank_account:" + "9" * 30):
        with pytest.raises(InvalidInput):
            history(other, subject=subject)


def test_events_from_before_are_found_from_the_accounts_that_they_name(store: Store) -> None:
    desk = Signed()
    bank, _ = accounts_of(desk.owner)
    with store.superuser() as plain, plain.transaction():
        plain.execute("alter table audit_concern disable trigger all")
        plain.execute("delete from audit_concern")
        plain.execute("alter table audit_concern enable trigger all")
        plain.execute("alter table audit_concern enable always trigger audit_concern_appended")
    assert rows_of(desk.owner, bank) == []
    forward, _, _ = sql_text("audit/concerns_found").partition(BACK)
    with psycopg.connect(store.address(OWNER).conninfo) as owner:
        owner.execute(forward.encode())
    acts = {each.act for each in rows_of(desk.owner, bank)}
    assert acts >= {"import statement", "set reconciliation", "sign off"}
    with store.application() as plain:
        assert plain.execute("select count(*) from audit_concern").fetchone() == (0,)


def test_no_way_leads_to_an_event_but_through_the_record_it_concerns() -> None:
    desk = Signed()
    with tenant(desk.owner.organisation_id):
        found = set(Concern.objects.values_list("subject", flat=True))
    assert set(accounts_of(desk.owner)) <= found
    assert f"reconciliation:{desk.reconciliation_id}" in found
