"""The guided procedure as a page: the command's steps, findings to look at in words."""

from itertools import count

import pytest
from django.test import Client
from django.urls import reverse

from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout import explain
from tieout.core.access import Role
from tieout.core.errors import NotFound
from tieout.files import explaining
from tieout.store.tenancy.models import Person
from tieout.workflows.add_member import add_member
from tieout.workflows.set_books import set_books
from tieout.workflows.views.closing_guide import guide

pytestmark = pytest.mark.usefixtures("store")
NUMBERS = count(1)


@pytest.fixture
def books() -> Closing:
    return Closing(files_of(DEMO))


def page(books: Closing) -> str:
    """What an auditor is shown, who may only look."""
    person = Person.objects.create(email=f"guide{next(NUMBERS)}@example.org", joined_at=NOW)
    add_member(
        books.owner, email=person.email, role=Role.AUDITOR, person_id=person.pk, now=NOW
    )  # fmt: skip
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    address = reverse("books_guide", args=[books.owner.organisation_id, books.books_id])
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("R095")
def test_the_page_has_the_steps_of_the_command(books: Closing) -> None:
    """The worked example: fourteen steps, the same sentences, as many to look at."""
    told = explain(DEMO).guide()
    found = guide(books.owner, books_id=books.books_id)
    assert found.steps == told
    shown = page(books)
    for step in told:
        assert f"{step.number}. {step.title}</h2>" in shown
    assert "10 findings to look at" in shown
    assert "After every correction 0.00 GBP is left" in shown
    assert shown.count("! To look at:") == found.to_look_at == 10


def test_books_that_were_never_explained_have_no_guide(books: Closing) -> None:
    other = set_books(books.owner, name="Empty books", now=NOW)
    with pytest.raises(NotFound) as refused:
        guide(books.owner, books_id=other)
    assert "Empty books" in refused.value.found


def test_of_large_books_the_page_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is explained by parts is not read whole for a page."""
    monkeypatch.setattr(explaining, "LARGE_BYTES", 0)
    books = Closing(files_of(DEMO))
    assert guide(books.owner, books_id=books.books_id).is_too_large
    assert "tieout explain FOLDER --guide" in page(books)
