"""Reports of ledgers in the browser, looked at on a desk and on a phone, kept; and corrections."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.site import Site, check_accessible, follow, picture
from tests.store.firms import NOW, organisation
from tests.store.ledgers import DEMO, files_of
from tieout.core.access import Role
from tieout.formats.common.source import Source
from tieout.workflows.add_member import add_member
from tieout.workflows.explain_books import explain_books
from tieout.workflows.receive_file import receive_file
from tieout.workflows.set_books import set_books
from tieout.workflows.take_snapshot import take_snapshot


@pytest.mark.req("R115", "R291")
def test_a_report_is_chosen_looked_at_and_kept(site: Site, context: BrowserContext) -> None:
    owner = organisation("Marlowe Timber")
    person, email = site.person("Olga")
    add_member(owner, email=email, role=Role.OWNER, name="Olga", person_id=person, now=NOW)
    books_id = set_books(owner, name="Main books", now=NOW)
    received = {
        name: receive_file(owner, source=Source(name, content), now=NOW).file_id
        for name, content in files_of(DEMO).items()
    }
    take_snapshot(owner, books_id=books_id, files=received, now=NOW)
    explain_books(owner, books_id=books_id, now=NOW)
    page = site.enter(context, person)
    page.goto(site.address)
    follow(page.get_by_role("link", name="Reports", exact=True))
    check_accessible(page)
    follow(page.get_by_role("link", name="Aged report"))
    check_accessible(page)
    page.get_by_label("At the end of").select_option("20")
    page.get_by_label("by due date").check()
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_role("heading", name="Aged debtors as at")).to_be_visible()
    expect(page.get_by_label("by due date")).to_be_checked()
    check_accessible(page)
    picture(page, "aged-report")
    with page.expect_download() as kept:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert kept.value.suggested_filename == "aged AR Main books.pdf"
    for name in ("Reconciliation enquiry", "Closed period balances", "Statements of account"):
        follow(page.get_by_role("link", name=name))
        follow(page.get_by_role("button", name="Show"))
        expect(page.get_by_role("heading", name="About this report")).to_be_visible()
        check_accessible(page)
    follow(page.get_by_role("link", name="Compare a figure"))
    page.get_by_label("Figure").fill("73,519.74")
    page.get_by_label("At the end of").select_option("20")
    follow(page.get_by_role("button", name="Show"))
    expect(page.get_by_role("heading", name="What gives exactly that figure")).to_be_visible()
    check_accessible(page)
    follow(page.get_by_role("link", name="Reports", exact=True))
    follow(page.get_by_role("link", name="What-ifs and corrections"))
    page.get_by_label("update what waits").check()
    follow(page.get_by_role("button", name="Try it"))
    expect(page.get_by_role("heading", name="Every difference before and after")).to_be_visible()
    check_accessible(page)
    picture(page, "corrections")
    follow(page.get_by_role("button", name="Draft the posting file"))
    follow(page.get_by_role("button", name="Prove by the newest snapshot"))
    expect(page.get_by_role("main")).to_contain_text("Not posted yet")
    check_accessible(page)
