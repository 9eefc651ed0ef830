"""Corrections by hand: tried on a copy, ticked, drafted as a file, proved."""

from itertools import count

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

import tieout
from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput
from tieout.store.tenancy.models import Person
from tieout.web.pages import corrections as pages
from tieout.workflows.add_member import add_member
from tieout.workflows.ask_tries import ask_tries, kept_preview
from tieout.workflows.views import ledger_reports as views
from tieout.workflows.views.investigation import Tries, drafts, preview

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)


def working() -> tuple[Closing, Client, list[object]]:
    """Books, an accountant at them, and what names them in an address."""
    desk = Closing(files_of(DEMO))
    email = f"corrects{next(NUMBERS)}@example.org"
    person = Person.objects.create(email=email, joined_at=NOW)
    add_member(desk.owner, email=email, role=Role.ACCOUNTANT, person_id=person.pk, now=NOW)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return desk, client, [desk.owner.organisation_id, desk.books_id]


@pytest.mark.req("R271", "R283", "R285")
def test_what_is_ticked_is_drafted_and_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    desk, client, ids = working()
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


@pytest.mark.req("R271", "R283", "R285")
def test_of_large_books_a_worker_tries_drafts_and_proves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is refused for its size; what comes of it is what small books are told at once."""
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)
    desk, client, ids = working()
    work_off(store, desk.owner)
    tries = Tries(("update-waiting",), ("all",))
    expected = preview(desk.owner, books_id=desk.books_id, tries=tries)
    monkeypatch.setattr(pages, "WAITED_BYTES_MAX", 0)
    monkeypatch.setattr(views, "READ_BYTES_MAX", 0)
    place = reverse("corrections", args=ids)
    assert b"These books are large" in client.get(place).content
    asked = {"try": "1", "accept": "all", "what_if": ["update-waiting"], "into": "original"}
    waiting = client.post(reverse("ask_tries", args=ids), asked, follow=True)
    assert b"waiting for a worker" in waiting.content
    work_off(store, desk.owner)
    assert kept_preview(desk.owner, books_id=desk.books_id, tries=tries) == expected
    shown = client.get(place, asked).content.decode()
    name = f"{expected.corrections[0].name}={expected.corrections[0].way}"
    assert f'value="{escape(name)}"' in shown
    other = client.get(place, asked | {"what_if": []}).content.decode()
    assert "Every difference before and after" not in other  # of that nobody asked yet
    body = {"accept": ["all"], "into": "original", "form": "json"}
    client.post(reverse("draft_corrections", args=ids), body)
    work_off(store, desk.owner)
    (draft,) = drafts(desk.owner, books_id=desk.books_id)
    client.post(reverse("prove_corrections", args=[*ids, draft.file_id]))
    work_off(store, desk.owner)
    assert "Not posted yet" in client.get(place).content.decode()


def test_who_may_only_look_has_nothing_drafted_by_a_worker() -> None:
    desk, _, _ = working()
    auditor = add_member(desk.owner, email="a@example.org", role=Role.AUDITOR, now=NOW)
    with pytest.raises(AccessDenied):
        ask_tries(
            auditor, books_id=desk.books_id, tries=Tries(accept=("all",)), form="csv", now=NOW
        )
    with pytest.raises(InvalidInput):
        ask_tries(
            desk.owner, books_id=desk.books_id, tries=Tries(accept=("all",)), form="exe", now=NOW
        )
