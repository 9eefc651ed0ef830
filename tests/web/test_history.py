"""The history of an account as a page and as CSV; the log replayed by a button."""

import csv
import io
from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse

from tests.store.firms import imported, organisation
from tests.store.test_history import accounts_of
from tests.store.test_sign_offs import LATE_LINE, Signed
from tests.web.test_probe import client_of
from tieout.core.access import Role

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.req("R021")
def test_the_page_of_an_account_leads_to_who_changed_what_of_it() -> None:
    desk = Signed()
    imported(desk.owner, LATE_LINE, "late.sta")
    bank, account = accounts_of(desk.owner)
    client = client_of(desk.owner, Role.AUDITOR)
    inside, number = desk.owner.organisation_id, int(bank.partition(":")[2])
    place = reverse("history", args=[inside, "bank_account", number])
    assert place in client.get(reverse("account", args=[inside, number])).content.decode()
    page = client.get(place).content.decode()
    assert "History of NL55BANK0123456789" in page
    assert "opening 100.00 EUR; closing 114.25 EUR" in page
    assert "signed for 3 and 2 records up to 2026-09-30, there are 4 and 2 now" in page
    assert reverse("history", args=[inside, *account.split(":")]) in page
    only = client.get(place, {"field": "sign_off"}).content.decode()
    assert "step reviewed" in only
    assert "opening 100.00 EUR" not in only
    nothing = client.get(place, {"to": "2020-01-01"}).content.decode()
    assert "Show every change" in nothing


def test_the_whole_history_is_kept_as_a_table() -> None:
    desk = Signed()
    bank, _ = accounts_of(desk.owner)
    client = client_of(desk.owner, Role.AUDITOR)
    place = reverse("history", args=[desk.owner.organisation_id, *bank.split(":")])
    answer = cast("StreamingHttpResponse", client.get(place, {"format": "csv"}))
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    (opened,) = (each for each in rows if each["field"] == "number")
    assert (opened["to"], opened["from"]) == ("NL55BANK0123456789", "")
    assert (opened["who"], opened["act"]) == ("owner@example.org", "import statement")
    assert opened["when (UTC)"] == "2026-11-22 09:30:00"
    assert {"sign-off", "match run", "reconciliation"} <= {each["field"] for each in rows}


def test_a_clerk_follows_accounts_and_is_led_to_no_history_that_needs_the_trail() -> None:
    desk = Signed()
    imported(desk.owner, LATE_LINE, "late.sta")
    bank, account = accounts_of(desk.owner)
    client = client_of(desk.owner, Role.BOOKKEEPER)
    inside = desk.owner.organisation_id
    page = client.get(reverse("history", args=[inside, *bank.split(":")])).content.decode()
    assert reverse("history", args=[inside, *account.split(":")]) in page
    assert "/history/sign_off/" not in page
    assert client.get(reverse("history", args=[inside, "member", "1"])).status_code == 403


@pytest.mark.req("R087")
def test_the_log_is_replayed_by_a_button() -> None:
    owner = organisation()
    client = client_of(owner, Role.AUDITOR)
    page = client.get(reverse("audit", args=[owner.organisation_id])).content.decode()
    assert "Replay the log" in page
    told = client.post(reverse("replayed", args=[owner.organisation_id])).content.decode()
    assert "The log gives what there is" in told
    assert "exactly the 3 records" in told
