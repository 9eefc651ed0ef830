"""A day's work in the browser: import, match, the queue by keys, sign-off by two, and the trail."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

import tieout
from tests.browser.site import Site, check_accessible, follow, picture
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
    follow(page.get_by_role("link", name="Import").first)
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
    follow(page.get_by_role("link", name="current-2026-09.ofx"))
    check_accessible(page)

    follow(page.get_by_role("link", name="Accounts"))
    check_accessible(page)
    follow(page.get_by_role("cell").get_by_role("link").first)
    check_accessible(page)
    picture(page, "account")
    follow(page.get_by_role("link", name=re.compile("^All .* lines")))
    check_accessible(page)

    follow(page.get_by_role("link", name="Reconciliations"))
    page.get_by_label("Account of the books").select_option("Assets:Bank:Current")
    page.get_by_label("Name").fill("Current account")
    follow(page.get_by_role("button", name="Compare them"))
    check_accessible(page)
    follow(page.get_by_role("button", name="Match"))
    expect(page.get_by_role("heading", name="From the bank to the books")).to_be_visible()
    check_accessible(page)
    picture(page, "reconciliation")

    follow(page.get_by_role("link", name="Why not matched"))
    check_accessible(page)
    picture(page, "open-records")
    follow(page.get_by_role("link", name="Open items"))
    check_accessible(page)
    follow(page.get_by_role("link", name="Runs"))
    check_accessible(page)
    said(page)
    watched(page)
    by_keys(page)
    sign_by_two(site, context, page, reviewer_email)
    suspended_by_a_change(page)
    prove(page)


def said(page: Page) -> None:
    """A comment and its proof, under the reconciliation."""
    follow(page.get_by_role("link", name="Reconciliations"))
    follow(page.get_by_role("link", name="Current account"))
    page.get_by_label("Say something").fill("Which van is this, Olga?")
    follow(page.get_by_role("button", name="Comment"))
    expect(page.get_by_text("Which van is this, Olga?")).to_be_visible()
    page.get_by_label("A file that proves it").set_input_files(str(DEMO / "card-8841.csv"))
    follow(page.get_by_role("button", name="Attach"))
    expect(page.get_by_role("main")).to_contain_text("card-8841.csv is attached")
    check_accessible(page)


def watched(page: Page) -> None:
    """How things stand and have gone, and who is told."""
    follow(page.get_by_role("link", name="Status"))
    check_accessible(page)
    picture(page, "status")
    follow(page.get_by_role("link", name="How it has gone"))
    check_accessible(page)
    picture(page, "analytics")
    follow(page.get_by_role("link", name="Settings"))
    page.get_by_label("Name", exact=True).fill("Owners")
    page.get_by_label("owner", exact=True).check()
    follow(page.get_by_role("button", name="Add the channel"))
    expect(page.get_by_role("main")).to_contain_text("Alerts go there from now on")
    follow(page.get_by_role("button", name="Set the schedule"))
    expect(page.get_by_role("main")).to_contain_text("The schedule is set")
    check_accessible(page)
    picture(page, "settings")


def by_keys(page: Page) -> None:
    """The queue without a mouse: open, approve, undo, tick, search."""
    follow(page.get_by_role("link", name="Reconciliations"))
    follow(page.get_by_role("link", name="Current account"))
    follow(page.get_by_role("link", name="Open the queue"))
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
    follow(page.get_by_role("link", name="Reconciliations"))
    follow(page.get_by_role("link", name="Current account"))
    follow(page.get_by_role("button", name="Match again"))
    page.get_by_label("Up to and including").fill("2026-09-30")
    follow(page.get_by_role("button", name="Sign as preparer"))
    expect(page.get_by_role("main")).to_contain_text("Signed off as prepared")
    page.get_by_label("Up to and including").fill("2026-09-30")
    follow(page.get_by_role("button", name="Sign as reviewer"))
    expect(page.get_by_role("main")).to_contain_text("access.four-eyes")
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    second = other.new_page()
    site.sign_in(second, reviewer)
    follow(second.get_by_role("link", name="Reconciliations"))
    follow(second.get_by_role("link", name="Current account"))
    second.get_by_label("Up to and including").fill("2026-09-30")
    follow(second.get_by_role("button", name="Sign as reviewer"))
    expect(second.get_by_role("main")).to_contain_text("Signed off as reviewed")
    other.close()


def suspended_by_a_change(page: Page) -> None:
    """A file that changes what was signed suspends the sign-off, and home says so."""
    more = (
        b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260930<TRNAMT>-9.99<FITID>0930-777<NAME>LATE</STMTTRN>"
    )
    data = (DEMO / "current-2026-09.ofx").read_bytes()
    changed = data.replace(b"</BANKTRANLIST>", more + b"</BANKTRANLIST>")
    follow(page.get_by_role("link", name="Import").first)
    late = FilePayload(name="late.ofx", mimeType="application/x-ofx", buffer=changed)
    page.locator("#files").set_input_files(late)
    page.wait_for_url(re.compile("fresh="))
    expect(page.get_by_text("being read")).to_have_count(0)
    follow(page.get_by_role("link", name="Home"))
    expect(page.get_by_role("main")).to_contain_text("The sign-off up to 30 Sep 2026 is suspended")
    check_accessible(page)
    picture(page, "home")


def prove(page: Page) -> None:
    """The trail, and its verification."""
    follow(page.get_by_role("link", name="Audit"))
    page.get_by_role("button", name="Verify the whole chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    check_accessible(page)
    picture(page, "audit")
