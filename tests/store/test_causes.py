"""Causes by count and value per period: they add up to every difference."""

from itertools import groupby

import pytest

from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.store.closing.models import CauseItem, Difference
from tieout.store.postgres.tenant import tenant
from tieout.workflows.set_books import set_books
from tieout.workflows.views.causes import causes_by_period

pytestmark = [pytest.mark.usefixtures("store"), pytest.mark.req("R096")]


def test_the_causes_of_every_period_add_up_to_its_difference() -> None:
    firm = Closing(files_of(DEMO))
    found = causes_by_period(firm.owner, books_id=firm.books_id)
    assert found
    with tenant(firm.owner.organisation_id):
        rows = list(Difference.objects.filter(run_id=firm.run.run_id))
        items = list(CauseItem.objects.filter(run_id=firm.run.run_id))
    told = {
        key: list(several)
        for key, several in groupby(found, key=lambda each: (each.ledger.value, each.period))
    }
    for row in rows:
        own = told.get((row.ledger, row.period), [])
        assert sum(each.standing_minor for each in own) == row.difference_minor, row
        assert sum(each.standing_count for each in own) == row.item_count
        assert sum(each.size_minor for each in own) == row.size_minor
    begun = {(row.ledger, row.period) for row in rows}
    expected = sum((each.ledger, each.begins) in begun for each in items)
    assert sum(each.began_count for each in found) == expected == len(items)
    titles = {each.title for each in found}
    assert len(titles) > 3
    assert all(titles)


def test_books_that_are_not_explained_have_no_causes_yet() -> None:
    firm = Closing(files_of(DEMO))
    other = set_books(firm.owner, name="Other books", now=NOW)
    assert causes_by_period(firm.owner, books_id=other) == ()
