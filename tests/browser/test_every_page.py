"""Axe finds nothing on any page, on a desk by day and on a phone by night.

The pages are those of the probe of roles and of the addresses themselves: a new one is looked at
here without being named.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext

from tests.browser.site import Site, check_accessible
from tests.store.firms import NOW
from tests.web.test_probe import GET, PAGES, firm_of, ids_of, simple_addresses
from tieout.core.access import Role
from tieout.web.urls import urlpatterns
from tieout.workflows.add_member import add_member

OF_A_FIRM = [name for name, asked in PAGES.items() if asked.method == GET]
OF_FILES = {"books_guide", "ledger_reports", "explanation_file", "corrections"}
"""What reads the files of books, which that firm has not: looked at where books are real."""
NO_PAGE = {"file_content", "account/2fa/recovery-codes/download/", "job"}
"""Downloads, and the part of a page that shows a run going on."""


@pytest.mark.parametrize("name", [each for each in OF_A_FIRM if each not in NO_PAGE | OF_FILES])
def test_a_page_of_an_organisation(site: Site, context: BrowserContext, name: str) -> None:
    firm = firm_of("Larkfield Joinery")
    person, email = site.person("Olga")
    add_member(firm, email=email, role=Role.OWNER, name="Olga", person_id=person, now=NOW)
    known = ids_of(firm)
    page = site.enter(context, person)
    ids = [known[each] for each in PAGES[name].ids]
    answer = page.goto(site.address + reverse(name, args=[firm.organisation_id, *ids]))
    assert answer is not None
    assert answer.status == 200
    check_accessible(page)


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_the_pages_around_it(site: Site, context: BrowserContext, *, is_signed_in: bool) -> None:
    page = context.new_page()
    if is_signed_in:
        site.sign_in(page, site.person("Olga")[1])
    seen = set()
    for place in simple_addresses(urlpatterns):
        answer = page.goto(f"{site.address}/{place}") if place not in NO_PAGE else None
        shown = page.url.removeprefix(site.address).partition("?")[0]
        if answer and answer.status == 200 and shown not in seen:
            check_accessible(page)
            seen.add(shown)
    ours = {"/account/password/change/", "/account/reauthenticate/", "/account/sessions/"}
    assert seen >= (ours if is_signed_in else {"/account/login/", "/account/password/reset/"})
