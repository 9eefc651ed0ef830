"""A day's work in the browser: import, match, the queue by keys, sign-off by two, and the trail."""

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.demo import DEMO, brought_in, joinery, matched
from tests.browser.site import Site, check_accessible, follow, picture


def drop(page: Page, *files: str | FilePayload) -> None:
    """Files chosen on the page of imports; waits until each is read."""
    follow(page.get_by_role("link", name="Import").first)
    chosen = page.locator("#files")
    named = [str(DEMO / each) for each in files if isinstance(each, str)]
    payloads = [each for each in files if not isinstance(each, str)]
    if named:
        chosen.set_input_files(named)
    else:
        chosen.set_input_files(payloads)
    page.wait_for_url(re.compile("fresh="))
    expect(page.get_by_text("being read")).to_have_count(0)


@pytest.mark.req("R099")
def test_files_come_in_and_are_told_about(site: Site, context: BrowserContext) -> None:
    firm = joinery(site)
    page = site.enter(context, firm.olga)
    page.goto(firm.home)
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
    follow(page.get_by_role("link", name="Accounts", exact=True))
    follow(page.get_by_role("cell").get_by_role("link").first)
    check_accessible(page)
    picture(page, "account")
    follow(page.get_by_role("link", name=re.compile("^All .* lines")))
    check_accessible(page)


@pytest.mark.req("R051")
def test_what_a_file_would_change_is_seen_first_and_then_imported_exactly_so(
    site: Site, context: BrowserContext
) -> None:
    firm = joinery(site)
    page = site.enter(context, firm.olga)
    page.goto(firm.home)
    follow(page.get_by_role("link", name="Import").first)
    page.get_by_label("Do not read them yet").check()
    page.locator("#files").set_input_files(str(DEMO / "card-8841.csv"))
    expect(page.get_by_text("not read yet")).to_be_visible()
    follow(page.get_by_role("link", name="See what this would change"))
    page.get_by_role("button", name="See what this would change").click()
    page.locator("#tried").get_by_label("The file does not say").fill("card 8841")
    page.locator("#tried").get_by_role("button", name="See what this would change").click()
    tried = page.get_by_role("heading", name="What importing it would change")
    expect(tried).to_be_visible()
    expect(page.locator("#tried")).to_contain_text("add line")
    check_accessible(page)
    page.get_by_role("button", name="Import exactly this").click()
    expect(tried).to_have_count(0)
    expect(page.locator("#tried")).to_contain_text("Read as")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("of them 0 known before")
    check_accessible(page)


@pytest.mark.req("R099")
def test_two_accounts_are_compared_and_what_is_left_has_a_reason(
    site: Site, context: BrowserContext
) -> None:
    firm = brought_in(site)
    page = site.enter(context, firm.olga)
    page.goto(f"{firm.home}reconciliations/")
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


def test_a_comment_and_its_proof_stand_under_the_reconciliation(
    site: Site, context: BrowserContext
) -> None:
    firm = matched(site)
    page = site.enter(context, firm.olga)
    page.goto(firm.home + firm.reconciliation)
    page.get_by_label("Say something").fill("Which van is this, Olga?")
    follow(page.get_by_role("button", name="Comment"))
    expect(page.get_by_text("Which van is this, Olga?")).to_be_visible()
    page.get_by_label("A file that proves it").set_input_files(str(DEMO / "card-8841.csv"))
    follow(page.get_by_role("button", name="Attach"))
    expect(page.get_by_role("main")).to_contain_text("card-8841.csv is attached")
    check_accessible(page)


def test_how_things_stand_and_who_is_told(site: Site, context: BrowserContext) -> None:
    firm = matched(site)
    page = site.enter(context, firm.olga)
    page.goto(f"{firm.home}status/")
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


def test_the_queue_is_worked_without_a_mouse(site: Site, context: BrowserContext) -> None:
    firm = matched(site)
    page = site.enter(context, firm.olga)
    page.goto(f"{firm.home}{firm.reconciliation}queue")
    rows = page.locator("[data-group]")
    waiting = rows.count()
    assert waiting > 3
    press(page, "j", "k", "Enter")
    expect(page.locator("div[data-detail]")).to_contain_text("Why")
    check_accessible(page)
    picture(page, "queue")
    press(page, "a")
    expect(rows.first).to_contain_text("confirmed by a person")
    press(page, "u")
    expect(rows.first).not_to_contain_text("by a person")
    press(page, "r")
    expect(rows.first).to_contain_text("rejected")
    press(page, "u")
    expect(rows.first).not_to_contain_text("rejected")
    press(page, "?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    check_accessible(page)
    press(page, "Escape", "/")
    page.keyboard.type("Harbour")
    press(page, "Enter")
    page.wait_for_url(re.compile("q=Harbour"))
    assert 0 < rows.count() < waiting


def test_many_are_confirmed_at_once_without_a_mouse(site: Site, context: BrowserContext) -> None:
    firm = matched(site)
    page = site.enter(context, firm.olga)
    page.goto(f"{firm.home}{firm.reconciliation}queue")
    rows = page.locator("[data-group]")
    waiting = rows.count()
    press(page, "x", "j", "x")
    ticked = page.locator("[data-bulk]")
    expect(ticked).to_contain_text("2 ticked, together")
    check_accessible(page)
    page.get_by_role("button", name="Confirm them").focus()
    with page.expect_navigation():
        press(page, "Enter")
    expect(rows).to_have_count(waiting - 2)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def sign(page: Page, step: str, *, until: str = "2026-09-30") -> None:
    page.get_by_label("Up to and including").fill(until)
    follow(page.get_by_role("button", name=f"Sign as {step}"))


LATE = b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260930<TRNAMT>-9.99<FITID>0930-777<NAME>LATE</STMTTRN>"


@pytest.mark.req("R099")
def test_two_sign_off_a_change_suspends_it_and_the_chain_is_whole(
    site: Site, context: BrowserContext
) -> None:
    firm = matched(site)
    page = site.enter(context, firm.olga)
    page.goto(firm.home + firm.reconciliation)
    sign(page, "preparer")
    expect(page.get_by_role("main")).to_contain_text("Signed off as prepared")
    sign(page, "reviewer")  # who prepared does not review
    expect(page.get_by_role("main")).to_contain_text("access.four-eyes")
    check_accessible(page)
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    second = site.enter(other, firm.rudi)
    second.goto(firm.home + firm.reconciliation)
    sign(second, "reviewer")
    expect(second.get_by_role("main")).to_contain_text("Signed off as reviewed")
    other.close()
    data = (DEMO / "current-2026-09.ofx").read_bytes()
    changed = data.replace(b"</BANKTRANLIST>", LATE + b"</BANKTRANLIST>")
    drop(page, FilePayload(name="late.ofx", mimeType="application/x-ofx", buffer=changed))
    follow(page.get_by_role("link", name="Home"))
    expect(page.get_by_role("main")).to_contain_text("The sign-off up to 30 Sep 2026 is suspended")
    check_accessible(page)
    picture(page, "home")
    follow(page.get_by_role("link", name="Audit"))
    page.get_by_role("button", name="Verify the whole chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    check_accessible(page)
    picture(page, "audit")
