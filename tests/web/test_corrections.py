"""Corrections by hand: tried on a copy, ticked, drafted as a file, proved."""

from itertools import count

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

import tieout
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.store.tenancy.models import Person
from tieout.workflows.add_member import add_member
from tieout.workflows.views.investigation import drafts

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)


@pytest.mark.req("R271", "R283", "R285")
def test_what_is_ticked_is_drafted_and_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    desk = Closing(files_of(DEMO))
    email = f"corrects{next(NUMBERS)}@example.org"
    person = Person.objects.create(email=email, joined_at=NOW)
    add_member(desk.owner, email=email, role=Role.ACCOUNTANT, person_id=person.pk, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    ids = [desk.owner.organisation_id, desk.books_id]
    asked = {"try": "1", "accept": "all", "what_if": ["update-waiting"]}
    page = client.get(reverse("corrections", args=ids), asked)
    same = tieout.explain(DEMO).investigate(what_if=["update-waiting"], accept="all")
    assert same.corrected is not None
    assert page.status_code == 200
    for each in same.corrected.accepted[:20]:
        name = f"{each.correction.case} ({each.correction.cause})={each.way.name}"
        assert f'value="{name}"' in page.content.decode()
    taken = next(each for each in same.corrected.accepted if each.way.kind.is_journal)
    name = f"{taken.correction.case} ({taken.correction.cause})={taken.way.name}"
    body = {"accept": [name], "what_if": ["update-waiting"], "into": "original", "form": "json"}
    done = client.post(reverse("draft_corrections", args=ids), body, follow=True)
    assert "are drafted" in done.content.decode()
    (draft,) = drafts(desk.owner, books_id=desk.books_id)
    kept = client.get(reverse("file_content", args=[ids[0], draft.file_id]))
    assert taken.correction.case in b"".join(kept).decode()
    proved = client.post(reverse("prove_corrections", args=[*ids, draft.file_id]), follow=True)
    assert "Not posted yet" in proved.content.decode()
