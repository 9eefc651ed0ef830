"""Profiles are compared, and the sample of a period is walked by keys, in the browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from tests.browser.site import Site, check_accessible
from tests.store.firms import NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tieout.core.access import Role
from tieout.workflows.add_member import add_member


@pytest.mark.req("R116")
def test_a_reviewer_walks_the_sample_by_keys(site: Site, context: BrowserContext) -> None:
    desk = Closing(files_of(DEMO))
    desk.allow(sample_percent=4)
    desk.prepare(22)
    person, email = site.person("Rudi")
    add_member(desk.owner, email=email, role=Role.OWNER, name="Rudi", person_id=person, now=NOW)
    page = site.enter(context, person)
    organisation_id = desk.owner.organisation_id
    page.goto(f"{site.address}{reverse('profiles', args=[organisation_id])}")
    expect(page.get_by_role("heading", name="Profiles")).to_be_visible()
    check_accessible(page)
    place = reverse("sample", args=[organisation_id, desk.books_id, "AR", 22])
    page.goto(f"{site.address}{place}")
    expect(page.get_by_text("cases to look at before")).to_be_visible()
    check_accessible(page)
    left = page.locator("[data-right]").count()
    for _ in range(left):
        with page.expect_navigation():
            page.keyboard.press("r")
    expect(page.get_by_text("Every case of the sample was looked at")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("w")
    page.keyboard.type("no such delivery")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("The period is suspended, with your comment")).to_be_visible()
