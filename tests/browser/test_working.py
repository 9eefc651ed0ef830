"""A day's work in the browser: import, match, the queue by keys, sign-off by two, and the trail."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import tieout
from tests.browser.site import Site, check_accessible, picture
from tests.store.firms import NOW
from tieout.core.access import Role
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation

pytestmark = pytest.mark.soak
"""Not steady within the suite's time yet: `make soak` runs them."""

DEMO = Path(tieout.__file__).parent / "cli" / "demo_files"


def firm(site: Site, name: str) -> tuple[Caller, str]:
    """An organisation and its owner's address."""
    person, email = site.person("Olga")
    made = create_organisation(
        name=name, owner_email=email, owner_name="Olga", person_id=person, origin="test", now=NOW
    )
    return made, email


def drop(page: Page, *names: str) -> None:
    """Files chosen on the page of imports; waits until each is read."""
    page.get_by_role("link", name="Import").first.click()
    page.locator("#files").set_input_files([str(DEMO / name) for name in names])
    page.wait_for_url(re.compile("fresh="))
    expect(page.get_by_text("being read")).to_have_count(0)


@pytest.mark.req("R099")
def test_from_files_to_a_signed_reconciliation(site: Site, context: BrowserContext) -> None:
    owner, email = firm(site, "Larkfield Joinery")
    reviewer, reviewer_email = site.person("Rudi")
    add_member(
        owner, email=reviewer_email, role=Role.REVIEWER, name="Rudi", person_id=reviewer, now=NOW
    )
    page = context.new_page()
    site.sign_in(page, email)
    expect(page.get_by_role("heading", name="Begin with two files")).to_be_visible()
    check_accessible(page)
    drop(page, "current-2026-09.ofx", "books-2026.beancount", "card-8841.csv")
    expect(page.get_by_text("Read as")).to_have_count(2)
    check_accessible(page)
    page.get_by_label("The file does not say which account it is of").fill("card 8841")
    page.get_by_role("button", name="Read it into this account").click()
    expect(page.get_by_text("Read as")).to_have_count(3)
    picture(page, "import")
    page.get_by_role("link", name="current-2026-09.ofx").click()
    check_accessible(page)

    page.get_by_role("link", name="Accounts").click()
    check_accessible(page)
    page.get_by_role("cell").get_by_role("link").first.click()
    check_accessible(page)
    picture(page, "account")
    page.get_by_role("link", name=re.compile("^All .* lines")).click()
    check_accessible(page)

    page.get_by_role("link", name="Reconciliations").click()
    page.get_by_label("Account of the books").select_option("Assets:Bank:Current")
    page.get_by_label("Name").fill("Current account")
    page.get_by_role("button", name="Compare them").click()
    check_accessible(page)
    page.get_by_role("button", name="Match").click()
    expect(page.get_by_role("heading", name="From the bank to the books")).to_be_visible()
    check_accessible(page)
    picture(page, "reconciliation")

    page.get_by_role("link", name="Why not matched").click()
    check_accessible(page)
    picture(page, "open-records")
    page.get_by_role("link", name="Open items").click()
    check_accessible(page)
    page.get_by_role("link", name="Runs").click()
    check_accessible(page)
    said(page)
    watched(page)
    by_keys(page)
    sign_by_two(site, context, page, reviewer_email)
    suspended_by_a_change(page)
    prove(page)


def said(page: Page) -> None:
    """A comment and its proof, under the reconciliation."""
    page.get_by_role("link", name="Reconciliations").click()
    page.get_by_role("link", name="Current account").click()
    page.get_by_label("Say something").fill("Which van is this, Olga?")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("Which van is this, Olga?")).to_be_visible()
    page.get_by_label("A file that proves it").set_input_files(str(DEMO / "card-8841.csv"))
    page.get_by_role("button", name="Attach").click()
    expect(page.get_by_role("main")).to_contain_text("card-8841.csv is attached")
    check_accessible(page)


def watched(page: Page) -> None:
    """How things stand and have gone, and who is told."""
    page.get_by_role("link", name="Status").click()
    check_accessible(page)
    picture(page, "status")
    page.get_by_role("link", name="How it has gone").click()
    check_accessible(page)
    picture(page, "analytics")
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Name", exact=True).fill("Owners")
    page.get_by_label("owner", exact=True).check()
    page.get_by_role("button", name="Add the channel").click()
    expect(page.get_by_role("main")).to_contain_text("Alerts go there from now on")
    page.get_by_role("button", name="Set the schedule").click()
    expect(page.get_by_role("main")).to_contain_text("The schedule is set")
    check_accessible(page)
    picture(page, "settings")


def by_keys(page: Page) -> None:
    """The queue without a mouse: open, approve, undo, tick, search."""
    page.get_by_role("link", name="Reconciliations").click()
    page.get_by_role("link", name="Current account").click()
    page.get_by_role("link", name="Open the queue").click()
    rows = page.locator("[data-group]")
    waiting = rows.count()
    assert waiting > 3
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("div[data-detail]")).to_contain_text("Why")
    check_accessible(page)
    picture(page, "queue")
    page.keyboard.press("a")
    expect(rows.first).to_contain_text("confirmed by a person")
    page.keyboard.press("u")
    expect(rows.first).not_to_contain_text("by a person")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("Harbour")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=Harbour"))
    assert 0 < page.locator("[data-group]").count() < waiting


def sign_by_two(site: Site, context: BrowserContext, page: Page, reviewer: str) -> None:
    """Who prepared does not review; somebody else does."""
    page.get_by_role("link", name="Reconciliations").click()
    page.get_by_role("link", name="Current account").click()
    page.get_by_role("button", name="Match again").click()
    page.get_by_label("Up to and including").fill("2026-09-30")
    page.get_by_role("button", name="Sign as preparer").click()
    expect(page.get_by_role("main")).to_contain_text("Signed off as prepared")
    page.get_by_label("Up to and including").fill("2026-09-30")
    page.get_by_role("button", name="Sign as reviewer").click()
    expect(page.get_by_role("main")).to_contain_text("access.four-eyes")
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    second = other.new_page()
    site.sign_in(second, reviewer)
    second.get_by_role("link", name="Reconciliations").click()
    second.get_by_role("link", name="Current account").click()
    second.get_by_label("Up to and including").fill("2026-09-30")
    second.get_by_role("button", name="Sign as reviewer").click()
    expect(second.get_by_role("main")).to_contain_text("Signed off as reviewed")
    other.close()


def suspended_by_a_change(page: Page) -> None:
    """A file that changes what was signed suspends the sign-off, and home says so."""
    more = (
        b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260930<TRNAMT>-9.99<FITID>0930-777<NAME>LATE</STMTTRN>"
    )
    data = (DEMO / "current-2026-09.ofx").read_bytes()
    changed = data.replace(b"</BANKTRANLIST>", more + b"</BANKTRANLIST>")
    page.get_by_role("link", name="Import").first.click()
    page.locator("#files").set_input_files(
        [{"name": "late.ofx", "mimeType": "application/x-ofx", "buffer": changed}]
    )
    page.wait_for_url(re.compile("fresh="))
    expect(page.get_by_text("being read")).to_have_count(0)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("main")).to_contain_text("The sign-off up to 30 Sep 2026 is suspended")
    check_accessible(page)
    picture(page, "home")


def prove(page: Page) -> None:
    """The trail, and its verification."""
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("button", name="Verify the whole chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    check_accessible(page)
    picture(page, "audit")
