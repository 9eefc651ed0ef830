"""Control accounts in the browser: from files to the largest item, certified, suspended."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.site import Site, check_accessible, follow, picture
from tests.explain.test_guessing import sheeted
from tests.jobs.at_hand import work_off
from tests.store.firms import NOW, organisation
from tests.store.ledgers import DEMO, files_of, zipped
from tests.web.test_control_accounts import changed
from tieout.core.access import Role
from tieout.testing.books import Shape, planted_books, write_books
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.set_books import set_books


def drop(site: Site, caller: Caller, page: Page, files: dict[str, bytes]) -> None:
    """One zip of the books, dropped on their page; a worker explains it, and the page follows."""
    sent = FilePayload(name="books.zip", mimeType="application/zip", buffer=zipped(files))
    with page.expect_navigation():
        page.locator("#files").set_input_files(sent)
    expect(page.get_by_role("main")).to_contain_text("waiting for a worker")
    work_off(site.store, caller)
    follow(page.get_by_role("link", name="See what came of it"))


@pytest.mark.req("R205")
def test_a_workbook_of_another_system_is_mapped_as_proposed(
    site: Site, context: BrowserContext, tmp_path: Path
) -> None:
    owner = organisation("Larkfield")
    person, email = site.person("Olga")
    add_member(owner, email=email, role=Role.OWNER, name="Olga", person_id=person, now=NOW)
    folder = write_books(planted_books(4, Shape(documents=25)).books(), tmp_path / "books")
    sheeted(folder, folder / "export.xlsx", 3)
    (folder / "phones.csv").write_text("who,number\nAnn,12\n", encoding="utf-8")
    books = set_books(owner, name="Larkfield Joinery", now=NOW)
    page = site.enter(context, person)
    page.goto(f"{site.address}{reverse('books', args=[owner.organisation_id, books])}")
    with page.expect_navigation():
        page.locator("#files").set_input_files(sorted(folder.iterdir()))
    follow(page.get_by_role("link", name="Propose a mapping"))
    expect(page.get_by_text("Nothing is missing and nothing ambiguous.")).to_be_visible()
    check_accessible(page)
    text = page.get_by_label("The mapping")
    text.fill(text.input_value().replace('"Document No."', '"Document"'))
    follow(page.get_by_role("button", name="Check again"))
    expect(page.get_by_role("heading", name="Missing")).to_be_visible()
    check_accessible(page)
    text.fill(text.input_value().replace('"Document"', '"Document No."'))
    follow(page.get_by_role("button", name="Use it"))
    work_off(site.store, owner)
    follow(page.get_by_role("link", name="See what came of it"))
    expect(page.get_by_role("heading", name="Ledgers by periods")).to_be_visible()


@pytest.mark.req("R295")
def test_from_files_to_a_certified_period_and_its_suspension(
    site: Site, context: BrowserContext
) -> None:
    owner = organisation("Harbour")
    person, email = site.person("Olga")
    add_member(owner, email=email, role=Role.OWNER, name="Olga", person_id=person, now=NOW)
    reviewer, reviewer_email = site.person("Rudi")
    add_member(
        owner, email=reviewer_email, role=Role.REVIEWER, name="Rudi", person_id=reviewer, now=NOW
    )
    page = site.enter(context, person)
    page.goto(site.address)
    follow(page.get_by_role("link", name="Control accounts", exact=True))
    expect(page.get_by_role("heading", name="No books yet")).to_be_visible()
    check_accessible(page)
    page.get_by_label("Name").fill("Harbour Supplies")
    follow(page.get_by_role("button", name="Make the books"))
    expect(page.get_by_role("heading", name="No files yet")).to_be_visible()
    check_accessible(page)
    files = files_of(DEMO)
    drop(site, owner, page, files)
    expect(page.get_by_role("heading", name="Ledgers by periods")).to_be_visible()
    for each in page.locator("main details").all():
        each.evaluate("each => { each.open = true }")
    check_accessible(page)
    picture(page, "control-accounts-books")
    follow(page.get_by_role("link", name="The procedure, step by step"))
    expect(page.get_by_text("10 findings to look at")).to_be_visible()
    check_accessible(page)
    picture(page, "control-accounts-procedure")
    follow(page.get_by_role("link", name="Control accounts", exact=True))
    check_accessible(page)
    four_keys(page)
    by_keys(page)
    policy(page)
    sign_by_two(site, context, page, reviewer)
    suspended(site, owner, page, files)


def four_keys(page: Page) -> None:
    """From home to the sentence that explains the largest item: three keys, where four may be."""
    follow(page.get_by_role("link", name="Home", exact=True))
    check_accessible(page)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    largest = page.locator("[data-start] a")
    expect(largest).to_be_focused()
    said = largest.inner_text()
    picture(page, "control-accounts-period")
    expect(page.locator(".headline")).to_contain_text("below its control accounts at October 2024")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[data-sentence]")).to_have_text(said)
    expect(page.locator(".differs")).to_have_count(2)
    expect(page.get_by_role("link", name="Try it on a copy")).to_be_visible()
    check_accessible(page)
    picture(page, "control-accounts-item")


def by_keys(page: Page) -> None:
    """Back, along the bars, into a cause, into an item, and to the period before."""
    with page.expect_navigation():
        page.keyboard.press("b")
    expect(page.locator("[id^=item-]").first).to_be_focused()  # where one came from
    check_accessible(page)
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator("[id^=item-]").first).to_be_focused()
    bar = page.locator(".waterfall a").first
    bar.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?cause=\w+#items"))
    expect(page.locator("#items [data-open]").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_contain_text("September 2024")
    with page.expect_navigation():
        page.keyboard.press("l")
    with page.expect_navigation():
        page.keyboard.press("b")
    expect(page.locator("#row-22")).to_be_focused()


def policy(page: Page) -> None:
    """Items above fourteen thousand need evidence from now on."""
    page.locator("#policies summary").first.click()
    page.locator("#evidence-AR").fill("14000")
    page.locator("#reason-AR").fill("as the auditors asked")
    follow(page.get_by_role("button", name="Set the policy").first)
    expect(page.get_by_role("main")).to_contain_text("as the auditors asked")


def sign_by_two(site: Site, context: BrowserContext, page: Page, reviewer: int) -> None:
    """Evidence first, then the preparer; reviewed and certified by somebody else."""
    follow(page.locator("#row-22"))
    expect(page.get_by_text("Evidence is needed first")).to_be_visible()
    place = page.url
    follow(page.locator("#certification li a").first)
    page.get_by_label("A file that proves it").set_input_files(
        FilePayload(name="invoice.pdf", mimeType="application/pdf", buffer=b"the invoice")
    )
    follow(page.get_by_role("button", name="Attach"))
    expect(page.get_by_role("main")).to_contain_text("invoice.pdf is attached")
    page.goto(place)
    page.get_by_label("Note").fill("All causes are known.")
    follow(page.get_by_role("button", name="Sign as preparer"))
    expect(page.locator("#certification")).to_contain_text("prepared")
    check_accessible(page)
    follow(page.get_by_role("button", name="Sign as reviewer"))
    expect(page.get_by_role("main")).to_contain_text("access.four-eyes")
    browser = context.browser
    assert browser is not None
    other = browser.new_context()
    second = site.enter(other, reviewer)
    second.goto(place)
    follow(second.get_by_role("button", name="Sign as reviewer"))
    follow(second.get_by_role("button", name="Certify"))
    expect(second.locator("#certification strong")).to_contain_text("certified")
    other.close()


def suspended(site: Site, owner: Caller, page: Page, files: dict[str, bytes]) -> None:
    """A posting changed by a penny suspends it: old and new stand beside each other."""
    follow(page.get_by_role("link", name="Control accounts", exact=True))
    follow(page.get_by_role("link", name=re.compile("All periods")))
    drop(site, owner, page, changed(files))
    follow(page.get_by_role("link", name="Home", exact=True))
    follow(page.get_by_role("link", name="See what changed").first)
    signed = page.locator("#changed")
    expect(signed).to_contain_text("Suspended")
    expect(signed).to_contain_text("+0.01")
    check_accessible(page)
    picture(page, "control-accounts-suspended")
    follow(page.get_by_role("link", name="Control accounts", exact=True))
    follow(page.get_by_role("link", name="Compliance"))
    expect(page.get_by_role("main")).to_contain_text("Rudi")
    check_accessible(page)
