"""What browser tests do again and again: a person, signing in, axe, a picture."""

import os
import shutil
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize

from tests.store.databases import Store

PASSWORD = "plum-kettle-orbit-74-fern"  # noqa: S105  of invented persons
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
COLOURS = 64
"""Pages have few: a picture is a third of its size, and looks the same."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SQUEEZED = """() => [...document.querySelectorAll('.table-stack')].flatMap(table => [
  ...(table.parentElement.scrollWidth > table.parentElement.clientWidth + 1 && innerWidth < 700
    ? [`a stacked table is cut: ${table.innerText.slice(0, 60)}`] : []),
  ...[...table.querySelectorAll('td *')]
    .filter(each => each.getClientRects().length > 4 && each.offsetWidth < 60)
    .map(each => `words in a column of letters: ${each.textContent.slice(0, 60)}`)])"""
"""What of the tables that stand as cards on a phone cannot be read there."""
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

    def enter(self, context: BrowserContext, person_id: int) -> Page:
        """A page of somebody who is signed in already: the form is tried by tests of its own."""
        from tieout.store.tenancy.models import Person  # noqa: PLC0415  only once Django is set up

        client = Client(SERVER_NAME="localhost")
        client.force_login(Person.objects.get(pk=person_id))
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": self.address}])
        return context.new_page()


def chromium() -> str:
    """The program of the browser, or nothing."""
    return os.environ.get("TIEOUT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")


def follow(target: Locator) -> None:
    """Click what leads to another page, and be there: a click alone does not wait for it."""
    with target.page.expect_navigation():
        target.click()


def dressed(page: Page, width: str, theme: str) -> None:
    """The page as wide as that and in that theme, once nothing moves any more."""
    page.set_viewport_size(WIDTHS[width])
    page.evaluate(
        """theme => {
          document.documentElement.dataset.bsTheme = theme;
          const still = () => document.getAnimations()
            .filter(each => Number.isFinite(each.effect.getComputedTiming().endTime))
            .map(each => each.finished.catch(() => null));
          return new Promise(requestAnimationFrame)
            .then(() => new Promise(requestAnimationFrame))
            .then(() => Promise.all(still())).then(() => null);
        }""",
        theme,
    )


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands, in the theme and width it has."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]} "
        f"{each['nodes'][0].get('failureSummary', '')}"
        for each in found["violations"]
    ]


def check_accessible(page: Page) -> None:
    """Axe finds nothing, on a desk by day and on a phone by night; nothing scrolls sideways.

    What is found is told when the test ends: all its pages are looked at first.
    """
    for width, theme in (("phone", "dark"), ("desk", "light")):
        dressed(page, width, theme)
        FAULTS.extend(f"{page.url} {width} {theme}: {each}" for each in violations(page))
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            FAULTS.append(f"{page.url} {width} scrolls sideways by {wide} pixels")
        FAULTS.extend(f"{page.url} {width}: {each}" for each in page.evaluate(SQUEEZED))


def picture(page: Page, name: str) -> None:
    """What a person sees, for the docs; written only when asked for (TIEOUT_PICTURES=folder)."""
    folder = os.environ.get("TIEOUT_PICTURES")
    if folder:
        dressed(page, "desk", "light")
        seen = Image.open(BytesIO(page.screenshot(animations="disabled")))
        Path(folder).mkdir(parents=True, exist_ok=True)
        few = seen.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(Path(folder) / f"{name}.png", optimize=True)
