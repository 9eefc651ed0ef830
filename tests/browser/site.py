"""What browser tests do again and again: a person, signing in, axe, a picture."""

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Locator, Page, ViewportSize

from tests.store.databases import Store

PASSWORD = "plum-kettle-orbit-74-fern"  # noqa: S105  of invented persons
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
_NUMBERS = count(1)
FAULTS: list[str] = []
"""What `check_accessible` has found in this test."""


@dataclass(frozen=True)
class Site:
    """The application as a browser reaches it."""

    address: str
    store: Store

    def person(self, name: str = "Anna") -> tuple[int, str]:
        """Somebody who can sign in: id and e-mail address."""
        from tests.store.firms import NOW  # noqa: PLC0415  only once Django is set up
        from tieout.workflows.create_person import create_person  # noqa: PLC0415  as above

        email = f"{name.lower()}{next(_NUMBERS)}@example.org"
        return create_person(email=email, password=PASSWORD, name=name, now=NOW), email

    def sign_in(self, page: Page, email: str) -> None:
        """Through the form, as a person does."""
        page.goto(f"{self.address}/account/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/account/login" not in url)


def follow(target: Locator) -> None:
    """Click what leads to another page, and be there: a click alone does not wait for it."""
    with target.page.expect_navigation():
        target.click()


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in the theme and width it has."""
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]} "
        f"{each['nodes'][0].get('failureSummary', '')}"
        for each in found["violations"]
    ]


def check_accessible(page: Page) -> None:
    """Axe finds nothing, on a desk by day and on a phone by night; nothing scrolls sideways.

    What is found is told when the test ends: all its pages are looked at first.
    """
    for name, theme in (("desk", "light"), ("phone", "dark")):
        page.set_viewport_size(WIDTHS[name])
        page.evaluate("name => { document.documentElement.dataset.bsTheme = name }", theme)
        page.wait_for_timeout(250)
        FAULTS.extend(f"{page.url} {name} {theme}: {each}" for each in violations(page))
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            FAULTS.append(f"{page.url} {name} scrolls sideways by {wide} pixels")
    page.set_viewport_size(WIDTHS["desk"])


def picture(page: Page, name: str) -> None:
    """A screenshot for the docs, written only when asked for (TIEOUT_PICTURES=folder)."""
    folder = os.environ.get("TIEOUT_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
