"""What a person sees when no page can answer: a sentence, the next step, never a bare word."""

from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import close_old_connections, connections
from django.test import Client
from django.urls import reverse

from tests.store.databases import Store, copied_home
from tests.store.firms import NOW, firm
from tieout.config import database
from tieout.core.access import Role
from tieout.core.errors import CODES
from tieout.store.postgres.server import APPLICATION, EmbeddedServer
from tieout.store.tenancy.models import Person
from tieout.web.pages import home
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member

NUMBERS = count(1)


def signed_in(own: Caller) -> Client:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    person = Person.objects.create(email=f"fails{next(NUMBERS)}@example.org", joined_at=NOW)
    add_member(own, email=person.email, role=Role.OWNER, person_id=person.pk, now=NOW)
    client.force_login(person)
    return client


@pytest.mark.usefixtures("store")
def test_an_unknown_address_and_anothers_page_are_the_same_page() -> None:
    client, other = signed_in(firm("Marlowe")), firm("Elsewhere")
    unknown = client.get("/o/no-such-page")
    theirs = client.get(reverse("home", args=[other.organisation_id]))
    nobodys = client.get(reverse("home", args=[uuid4()]))
    assert unknown.status_code == theirs.status_code == nobodys.status_code == 404
    assert unknown.content == theirs.content == nobodys.content
    assert CODES["page.unknown"].next_step in unknown.content.decode()


@pytest.mark.usefixtures("store")
def test_a_fault_is_a_page_that_names_where_the_log_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("what is secret")

    own = firm("Marlowe")
    client = signed_in(own)
    monkeypatch.setattr(home, "_suspended", fails)
    answer = client.get(reverse("home", args=[own.organisation_id]))
    assert answer.status_code == 500
    shown = answer.content.decode()
    assert answer.headers["X-Request-ID"] in shown
    assert "secret" not in shown


@pytest.mark.req("R102")
@pytest.mark.usefixtures("store")
def test_pages_say_that_the_database_is_away_and_come_back_with_it(
    served: Store, template: Path
) -> None:
    with copied_home(template, is_safe=True) as place:
        server = EmbeddedServer(place)
        server.start()
        try:
            connections.close_all()
            database.connect(server.address(APPLICATION))
            own = firm("Marlowe")
            client = signed_in(own)
            page = reverse("home", args=[own.organisation_id])
            assert client.get(page).status_code == 200
            server.stop()
            away = client.get(page)
            part = client.get(page, headers={"HX-Request": "true"})
            signing_in = Client(SERVER_NAME="localhost", raise_request_exception=False).post(
                "/account/login/", {"login": "a@example.org", "password": "four unusual words"}
            )
            for answer in (away, part, signing_in):
                assert answer.status_code == 503
                assert answer.headers["Retry-After"] == "5"
                assert CODES["store.busy"].next_step in answer.content.decode()
            assert b"<html" in away.content
            assert b"<html" not in part.content
            server.start()
            close_old_connections()  # as before each request of a server; not of this client
            assert client.get(page).status_code == 200
        finally:
            connections.close_all()
            database.connect(served.address(APPLICATION))
            server.stop()
