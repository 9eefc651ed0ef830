"""Books and what is asked of their periods, in the settings as text: out, elsewhere, and back."""

import pytest

from tests.store.firms import NOW, organisation
from tieout.core.errors import Conflict, InvalidInput
from tieout.core.explain.certifying import AutomaticRule, ClosingPolicy, Risk
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.store.closing.models import Books
from tieout.store.closing.runs import policies_of
from tieout.store.operations.models import Schedule
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.closing_policy import set_closing_policy
from tieout.workflows.propose_settings import import_settings, roll_back_settings
from tieout.workflows.set_books import end_books, set_books
from tieout.workflows.set_schedule import set_schedule
from tieout.workflows.views.settings import export_settings, settings_history

pytestmark = pytest.mark.usefixtures("store")

MAPPING = """[nominal]
file = "gl.csv"
"""
STRICT = ClosingPolicy(Risk.LOW, 5, 0, 50_000, AutomaticRule.AGREES)
DOCUMENT = r"""schema = 1

[[books]]
name = "Main books"
mapping = "[nominal]\nfile = \"gl.csv\"\n"

[[closing_policies]]
books = "Main books"
ledger = "AR"
risk = "low"
due_days = 5
evidence = 50000
automatic = "agrees"

[[schedules]]
task = "explain_books"
subject = "Main books"
every = "daily"
cron = "0 6 * * *"
"""


def desk(name: str) -> tuple[Caller, int]:
    """Somebody who has set books, a policy and a schedule by hand; and what books they are."""
    caller = organisation(name)
    books_id = set_books(caller, name="Main books", mapping=MAPPING, now=NOW)
    set_closing_policy(
        caller, books_id=books_id, ledger="AR", policy=STRICT, reason="as agreed", now=NOW
    )
    set_schedule(
        caller, task=Task.EXPLAIN_BOOKS, arguments={"books_id": books_id}, every=Every.DAILY,
        now=NOW,
    )  # fmt: skip
    return caller, books_id


def put(caller: Caller, document: str) -> None:
    import_settings(caller, document=document, reason="as agreed", now=NOW)


@pytest.mark.req("R093")
def test_what_was_set_by_hand_is_the_text_and_each_change_a_version() -> None:
    caller, books_id = desk("Marlowe")
    assert export_settings(caller) == DOCUMENT
    said = [each.verb for each in reversed(settings_history(caller).rows)]
    assert said == ["found", "set_books", "set_closing_policy", "set_schedule"]
    end_books(caller, books_id=books_id, reason="sold", now=NOW)
    assert export_settings(caller) == "schema = 1\n"


@pytest.mark.req("R093")
def test_imported_elsewhere_the_text_means_the_same() -> None:
    other = organisation("Timberline")
    put(other, DOCUMENT)
    assert export_settings(other) == DOCUMENT
    with tenant(other.organisation_id):
        books = Books.objects.get()
        assert (books.name, books.mapping) == ("Main books", MAPPING)
        assert policies_of(books.pk) == {"AR": STRICT}
        assert Schedule.objects.get().arguments == {"books_id": books.pk}


@pytest.mark.req("R094")
def test_what_a_text_leaves_out_ends_and_comes_back_with_it() -> None:
    caller, books_id = desk("Marlowe")
    was = settings_history(caller).rows[0].version_id
    put(caller, "schema = 1\n")
    with tenant(caller.organisation_id):
        assert Books.objects.get().ended_at == NOW
        assert policies_of(books_id) == {"AR": ClosingPolicy()}
        assert Schedule.objects.get().every == Every.REAL_TIME
    with pytest.raises(Conflict, match="books in use"):
        end_books(caller, books_id=books_id, reason="once more", now=NOW)
    roll_back_settings(caller, version_id=was, reason="too early", now=NOW)
    assert export_settings(caller) == DOCUMENT
    with tenant(caller.organisation_id):
        assert Books.objects.get().pk == books_id


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('books = "Main books"', 'books = "Others"', "closing_policies Others AR, books"),
        ('subject = "Main books"', 'subject = "Others"', "schedules explain_books Others, subject"),
        ('ledger = "AR"', 'ledger = "XX"', "closing_policies 1, ledger"),
        ("due_days = 5", "due_days = 900", "closing_policies 1, due_days"),
        ("evidence = 50000", "evidence = -1", "closing_policies 1, evidence"),
        (r"[nominal]\n", r"[nonsense]\n", "books Main books, mapping"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(was: str, now: str, said: str) -> None:
    caller = organisation("Marlowe")
    with pytest.raises(InvalidInput) as refused:
        put(caller, DOCUMENT.replace(was, now, 1))
    assert refused.value.code == "settings.invalid"
    assert said in str(refused.value)
    assert export_settings(caller) == "schema = 1\n"
