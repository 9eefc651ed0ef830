"""The page of settings: versions, and what waits for another person."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.store.firms import NOW
from tests.store.test_settings import DOCUMENT, SLOWER, WHY, desk, put
from tests.web.test_probe import client_of
from tieout.core.access import Role
from tieout.core.jobs import Task
from tieout.store.tenancy.models import Person
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.set_books import set_books
from tieout.workflows.set_schedule import schedules_of
from tieout.workflows.views.settings import export_settings

pytestmark = pytest.mark.usefixtures("store")


def shown(client: Client, caller: Caller) -> str:
    return client.get(reverse("settings", args=[caller.organisation_id])).content.decode()


@pytest.mark.req("R089", "R090")
def test_what_another_person_proposes_is_shown_and_approved_on_the_page() -> None:
    caller = desk()
    person = Person.objects.create(email="author@settings.example.org", joined_at=NOW)
    author = add_member(
        caller, email=person.email, role=Role.ACCOUNTANT, person_id=person.pk, now=NOW
    )
    asked = put(author, SLOWER)
    own = Client(SERVER_NAME="localhost")
    own.force_login(person)
    assert "It waits for another person" in shown(own, caller)
    other = client_of(caller, Role.ADMINISTRATOR)
    page = shown(other, caller)
    assert "allowed 500 → 700" in page
    assert "Approve it" in page
    place = reverse("approve_settings", args=[caller.organisation_id, asked.proposal_id])
    assert own.post(place).status_code == 403
    assert export_settings(caller) == DOCUMENT
    assert other.post(place).status_code == 302
    assert export_settings(caller) == SLOWER
    page = shown(other, caller)
    assert "Approve it" not in page
    assert WHY in page


def test_a_channel_without_an_address_is_shown_as_off() -> None:
    caller = desk("Elsewhere")
    put(caller, DOCUMENT.replace('"hook"', '"another hook"'))
    page = shown(client_of(caller, Role.OWNER), caller)
    assert "off: add it once more, with its address" in page


def test_books_are_explained_when_the_page_says() -> None:
    caller = desk("Scheduled")
    books_id = set_books(caller, name="Main books", now=NOW)
    client = client_of(caller, Role.ADMINISTRATOR)
    assert f'value="books:{books_id}">explain Main books' in shown(client, caller)
    place = reverse("schedule", args=[caller.organisation_id])
    given = {"subject": f"books:{books_id}", "every": "daily", "at": "05:30"}
    assert client.post(place, given).status_code == 302
    (made,) = [each for each in schedules_of(caller) if each.subject == f"books:{books_id}"]
    assert (made.task, made.cron) == (Task.EXPLAIN_BOOKS, "30 5 * * *")
    assert "explain books" in shown(client, caller)
